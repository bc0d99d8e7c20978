import { KubernetesObject, matchesSelector } from '../observations';
import {
  groupKind,
  lenderOf,
  SERVICE_WORKLOAD_KINDS,
} from '../model/workloads';
import { objectAt, valueAt } from '../model/json';
import { TargetInput } from './input';
import { digestOf, ImageReference, parseImage, versionOf } from './image';
import { Known, known } from './known';
import {
  Container,
  podSchema,
  Workload,
  workloadSchema,
} from './kubernetesTypes';
import { RolloutUpdate, rolloutUpdate } from './rolloutUpdate';
import { LivePod, Trouble, troubleOf } from './trouble';

/**
 * The service's main workload in one namespace, as it lives.
 */
export interface LiveWorkload {
  readonly object: KubernetesObject;
  /** The object in which its pod template stands: itself, or the workload that a Rollout takes it from. */
  readonly lender: KubernetesObject;
  readonly workload: Workload;
  readonly container: Container;
  /** The image that the workload asks for now. */
  readonly wanted: ImageReference;
  /**
   * Version that the ready pods run; undefined while there is none. Of several it is the wanted one, and with an Argo Rollout the one
   * that is stable, or active: a canary is a trial.
   */
  readonly version?: string;
  /** Digests of the ready pods, each once. */
  readonly digests: readonly string[];
  /** Versions of the ready pods, each once. */
  readonly versions: readonly string[];
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly restarts: number;
  /** Every pod is of the newest generation, ready, and runs the same image. */
  readonly rolledOut: boolean;
  readonly trouble?: Trouble;
  /** Of an Argo Rollout. */
  readonly update?: RolloutUpdate;
  /** The image of the ready pods of a Rollout that requests are answered with. */
  readonly servingImage?: string;
}

/** The main workload is the one named as the service, else the only one, else the one whose template is named so. */
export function liveWorkload(
  target: TargetInput,
  service: string,
  selector: string,
): Known<LiveWorkload> {
  const workloads = target.objects.filter(
    ({ value }) =>
      SERVICE_WORKLOAD_KINDS.includes(kindOf(value)) &&
      matchesSelector(value.metadata.labels, selector),
  );
  // What lends a Rollout its template is there to be read, and has no pods, or will have none soon.
  const lent = new Set(
    target.objects.flatMap(({ value }) => lenderNameOf(value) ?? []),
  );
  const own = workloads.filter(({ value }) => !lent.has(nameOf(value)));
  const found =
    own.find(({ value }) => value.metadata.name === service) ??
    (own.length === 1
      ? own[0]
      : own.find(({ value }) => lenderNameOf(value)?.endsWith(` ${service}`)));
  const hidden = target.clusterFact?.value.unavailable.find(
    ({ kind, status }) =>
      status === 'forbidden' && SERVICE_WORKLOAD_KINDS.includes(kind),
  );
  if (!found && hidden && target.source.status === 'observed') {
    return {
      observation: {
        status: 'forbidden',
        reason: `No workload was seen, and ${hidden.kind} may not be read: ${hidden.reason}`,
      },
    };
  }
  if (!found) {
    return known<LiveWorkload>(target.source, undefined, {
      absent:
        own.length > 1
          ? `Namespace ${target.namespace} of cluster ${target.cluster} has ${own.length} workloads of the service, and none is named '${service}'`
          : `Namespace ${target.namespace} of cluster ${target.cluster} has no workload with ${selector}`,
    });
  }
  const { value: object, observedAt } = found;
  const lenderName = lenderNameOf(object);
  const lender =
    lenderName === undefined
      ? object
      : target.objects.find(({ value }) => nameOf(value) === lenderName)?.value;
  const location = `${target.cluster}/${target.namespace}/${object.kind}/${object.metadata.name}`;
  const workload = workloadSchema.safeParse(
    lender && lender !== object ? withTemplate(object, lender) : object,
  ).data;
  const containers = workload?.spec.template.spec.containers ?? [];
  const container =
    containers.find(({ name }) => name === service) ?? containers[0];
  if (!lender || !workload || !container) {
    const absent = known<LiveWorkload>(target.source, undefined, {
      absent: '',
      observedAt,
      location,
    });
    return absent.observation.status === 'absent'
      ? {
          ...absent,
          observation: {
            status: 'unknown',
            reason: `${object.kind} ${object.metadata.name} ${
              lender
                ? 'has no container'
                : `takes its pod template from ${lenderName}, which is not there or not looked at`
            }`,
          },
        }
      : absent;
  }
  return known(
    target.source,
    describe({ object, lender, workload, container }, podsOf(target, object)),
    { absent: '', observedAt, location },
  );
}

function kindOf({ apiVersion, kind }: KubernetesObject): string {
  return groupKind(apiVersion, kind);
}

/** `apps/Deployment checkout` */
function nameOf(object: KubernetesObject): string {
  return `${kindOf(object)} ${object.metadata.name}`;
}

function lenderNameOf(object: KubernetesObject): string | undefined {
  const lender = lenderOf(kindOf(object), object);
  return lender && `${lender.kind} ${lender.name}`;
}

function withTemplate(object: KubernetesObject, lender: KubernetesObject) {
  return {
    ...object,
    spec: {
      ...objectAt(object, 'spec'),
      template: valueAt(lender, 'spec', 'template'),
    },
  };
}

function podsOf(target: TargetInput, workload: KubernetesObject): LivePod[] {
  const owners = new Set<string>([`${workload.metadata.uid}`]);
  for (const { value } of target.objects) {
    if (
      value.kind === 'ReplicaSet' &&
      value.metadata.ownerReferences?.some(owner => owners.has(owner.uid))
    ) {
      owners.add(`${value.metadata.uid}`);
    }
  }
  return target.objects.flatMap(({ value }) => {
    const isOurs =
      value.kind === 'Pod' &&
      value.metadata.deletionTimestamp === undefined &&
      value.metadata.ownerReferences?.some(owner => owners.has(owner.uid));
    const parsed = isOurs ? podSchema.safeParse(value) : undefined;
    return parsed?.success ? [{ object: value, pod: parsed.data }] : [];
  });
}

function describe(
  parts: Pick<LiveWorkload, 'object' | 'lender' | 'workload' | 'container'>,
  pods: readonly LivePod[],
): LiveWorkload {
  const { object, lender, workload, container } = parts;
  const update = rolloutUpdate(object, lender === object ? undefined : lender);
  const wanted = parseImage(container.image ?? '');
  const ready = pods.filter(({ pod }) =>
    pod.status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ),
  );
  const images = countedPods(ready, update).map(live => ({
    hash: update?.hashOf(live.object),
    ...imageOf(live, container),
  }));
  const versions = unique(images.map(({ version }) => version));
  const digests = unique(images.map(({ digest }) => digest));
  const desiredReplicas = workload.spec.replicas ?? 1;
  const served = images.find(
    ({ hash }) => hash !== undefined && hash === update?.serving,
  );
  return {
    ...parts,
    wanted,
    version:
      served?.version ??
      (versions.length === 1
        ? versions[0]
        : versions.find(version => version === versionOf(wanted)) ??
          versions[0]),
    versions,
    digests,
    desiredReplicas,
    readyReplicas:
      update?.strategy === 'blueGreen' && served
        ? images.filter(({ hash }) => hash === update.serving).length
        : images.length,
    restarts: pods.reduce(
      (sum, { pod }) =>
        sum +
        (pod.status?.containerStatuses ?? []).reduce(
          (part, { restartCount }) => part + restartCount,
          0,
        ),
      0,
    ),
    rolledOut:
      isComplete(object, workload, update) &&
      digests.length <= 1 &&
      versions.length <= 1 &&
      (desiredReplicas === 0 || versions[0] === versionOf(wanted)),
    trouble: troubleOf({
      workload,
      container,
      pods: countedPods(pods, update),
      update,
    }),
    ...(update ? { update } : {}),
    ...(served ? { servingImage: served.image } : {}),
  };
}

/** A Rollout that is through leaves the pods of the release before running for a while, without requests. */
function countedPods(
  pods: readonly LivePod[],
  update: RolloutUpdate | undefined,
): readonly LivePod[] {
  return update?.isPromoted && update.phase === 'Healthy'
    ? pods.filter(({ object }) => update.hashOf(object) === update.current)
    : pods;
}

function imageOf({ pod }: LivePod, container: Container) {
  const status = pod.status?.containerStatuses?.find(
    ({ name }) => name === container.name,
  );
  const spec = pod.spec.containers.find(({ name }) => name === container.name);
  const image = spec?.image ?? status?.image ?? '';
  return {
    image,
    version: versionOf(parseImage(image)),
    digest: digestOf(status?.imageID),
  };
}

/** Whether the controller says that all pods are of the newest template, and that no other one is left. */
function isComplete(
  { metadata }: KubernetesObject,
  { spec, status }: Workload,
  update: RolloutUpdate | undefined,
): boolean {
  const desired = spec.replicas ?? 1;
  const updated = (status?.updatedReplicas ?? 0) === desired;
  const available = status?.availableReplicas ?? 0;
  return update
    ? update.isPromoted &&
        update.phase === 'Healthy' &&
        updated &&
        available >= desired
    : (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
        updated &&
        available === desired &&
        (status?.replicas ?? 0) === desired;
}

/** Why a workload that is there has no version. */
export function whyNoVersion({ value }: Known<LiveWorkload>): string {
  if (value === undefined) {
    return 'Nothing runs there yet';
  }
  return value.desiredReplicas === 0 ? 'Scaled to zero' : 'No pod is ready';
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [
    ...new Set(values.filter((value): value is string => value !== undefined)),
  ];
}
