import { JsonObject, objectAt, stringAt } from './json';

/** What has to be known of a kind that runs pods. */
interface WorkloadKind {
  /** Where its pod template stands; a Pod is its own. */
  readonly template: readonly string[];
  /** It keeps a number of pods running, which `spec.replicas` says. */
  readonly isReplicated?: boolean;
  /** It runs for as long as the service is there: what the matrix looks at as the service itself. */
  readonly isService?: boolean;
  /** Its pods belong to ReplicaSets that its controller makes. */
  readonly makesReplicaSets?: boolean;
}

const TEMPLATE = ['spec', 'template'];

export const DEPLOYMENT = 'apps/Deployment';
export const ROLLOUT = 'argoproj.io/Rollout';

/** The kinds that run pods, as `group/Kind`: whatever asks for a kind of workload asks here. */
const KINDS: Readonly<Record<string, WorkloadKind>> = {
  [DEPLOYMENT]: {
    template: TEMPLATE,
    isReplicated: true,
    isService: true,
    makesReplicaSets: true,
  },
  'apps/StatefulSet': {
    template: TEMPLATE,
    isReplicated: true,
    isService: true,
  },
  'apps/DaemonSet': { template: TEMPLATE, isService: true },
  'apps/ReplicaSet': { template: TEMPLATE },
  [ROLLOUT]: {
    template: TEMPLATE,
    isReplicated: true,
    isService: true,
    makesReplicaSets: true,
  },
  'batch/Job': { template: TEMPLATE },
  'batch/CronJob': { template: ['spec', 'jobTemplate', 'spec', 'template'] },
  Pod: { template: [] },
};

function kindsWhere(
  condition: (kind: WorkloadKind) => boolean | undefined,
): readonly string[] {
  return Object.keys(KINDS).filter(name => condition(KINDS[name]));
}

/** Kinds that run pods, as `group/Kind`. */
export const WORKLOAD_KINDS: readonly string[] = Object.keys(KINDS);

/** Kinds that keep a number of pods running. */
export const REPLICATED_KINDS: readonly string[] = kindsWhere(
  ({ isReplicated }) => isReplicated,
);

/**
 * Kinds of workload that a service is, as `group/Kind`: a source of live state that lacks one of them shows services as absent.
 *
 * @public
 */
export const SERVICE_WORKLOAD_KINDS: readonly string[] = kindsWhere(
  ({ isService }) => isService,
);

/** Kinds whose controller makes ReplicaSets. */
export const REPLICA_SET_MAKERS: readonly string[] = kindsWhere(
  ({ makesReplicaSets }) => makesReplicaSets,
);

/** What KEDA makes a HorizontalPodAutoscaler of. */
export const SCALED_OBJECT = 'keda.sh/ScaledObject';

/** Whether a kind, as `group/Kind`, runs pods. */
export function isWorkload(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

/** The path of the pod template in an object of a kind; undefined where it has none. */
export function templatePath(kind: string): readonly string[] | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind].template : undefined;
}

/** The pod spec of a workload as it was written; empty where the kind runs no pods. */
export function podSpecOf(kind: string, value: JsonObject): JsonObject {
  const path = templatePath(kind);
  return path ? objectAt(value, ...path, 'spec') : {};
}

/** Labels of the pods of a workload. */
export function podLabelsOf(kind: string, value: JsonObject): JsonObject {
  const path = templatePath(kind);
  return path ? objectAt(value, ...path, 'metadata', 'labels') : {};
}

/** `apps/Deployment`; `Service` of the core group. */
export function groupKind(apiVersion: string, kind: string): string {
  const [group] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  return group === '' ? kind : `${group}/${kind}`;
}

/** Another object of the same namespace, by kind and name. */
export interface WorkloadReference {
  /** `apps/Deployment` */
  readonly kind: string;
  readonly name: string;
}

/**
 * The workload that lends a Rollout its pod template (`spec.workloadRef`); undefined where the Rollout has one of its own, and for
 * every other kind. Source: API of Argo Rollouts.
 */
export function lenderOf(
  kind: string,
  value: JsonObject,
): WorkloadReference | undefined {
  const reference =
    kind === ROLLOUT ? objectAt(value, 'spec', 'workloadRef') : {};
  const name = stringAt(reference, 'name');
  return name === undefined
    ? undefined
    : {
        kind: groupKind(
          stringAt(reference, 'apiVersion') ?? 'apps/v1',
          stringAt(reference, 'kind') ?? 'Deployment',
        ),
        name,
      };
}
