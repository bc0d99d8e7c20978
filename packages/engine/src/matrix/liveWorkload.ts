import { KubernetesObject, Observation } from '../observations';
import { objectAt, valueAt } from '../model/json';
import { TargetInput } from './input';
import { ImageReference, parseImage, versionOf } from './image';
import { Known, map } from './known';
import { mainWorkload } from './mainWorkload';
import {
  Container,
  podSchema,
  Workload,
  workloadSchema,
} from './kubernetesTypes';
import { RolloutUpdate, rolloutUpdate } from './rolloutUpdate';
import {
  RunningImage,
  runningImageOf,
  runningImages,
  severalDigests,
} from './runningImages';
import { LivePod, Trouble, troubleOf } from './trouble';
import { whyUnseen } from './whyUnavailable';

/** Their pods are known by the ReplicaSet between them. */
const OWNERS_OF_REPLICA_SETS: ReadonlySet<string> = new Set([
  'Deployment',
  'Rollout',
]);

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
  /** Why the pods cannot be seen, where they cannot: what is said of them is then the workload's own word. */
  readonly podsUnknown?: Observation;
  /** Digests of the ready pods, each once. */
  readonly digests: readonly string[];
  /** Versions of the ready pods, each once. */
  readonly versions: readonly string[];
  /** What the ready pods run, each once. */
  readonly images: readonly RunningImage[];
  /** The rollout is over, and yet one version is several images: which, and in how many pods each. */
  readonly mixture?: string;
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

/** The service's main workload in a namespace, with what its pods say. */
export function liveWorkload(
  target: TargetInput,
  service: string,
  selector: string,
): Known<LiveWorkload> {
  const main = mainWorkload(target, service, selector);
  const { object, lender } = main.value ?? {};
  if (!object || !lender) {
    const { value: _, ...rest } = main;
    return rest;
  }
  const workload = workloadSchema.safeParse(
    lender === object ? object : withTemplate(object, lender),
  ).data;
  const containers = workload?.spec.template.spec.containers ?? [];
  const container =
    containers.find(({ name }) => name === service) ?? containers[0];
  if (!workload || !container) {
    const { value: _, ...rest } = main;
    return main.observation.status === 'observed'
      ? {
          ...rest,
          observation: {
            status: 'unknown',
            reason: `${lender.kind} ${lender.metadata.name} has no container that could be read`,
          },
        }
      : rest;
  }
  const podsUnknown =
    whyUnseen(target, 'Pod') ??
    (OWNERS_OF_REPLICA_SETS.has(object.kind)
      ? whyUnseen(target, 'ReplicaSet')
      : undefined);
  const live = describe(
    { object, lender, workload, container },
    podsUnknown ? [] : podsOf(target, object),
  );
  return map(main, () => (podsUnknown ? withoutPods(live, podsUnknown) : live));
}

/** What the workload itself says of its pods; which image an old one among them runs, it does not say. */
function withoutPods(
  live: LiveWorkload,
  podsUnknown: Observation,
): LiveWorkload {
  const { object, workload, wanted, update, desiredReplicas } = live;
  const rolledOut = isComplete(object, workload, update);
  const version =
    rolledOut && desiredReplicas > 0 ? versionOf(wanted) : undefined;
  return {
    ...live,
    podsUnknown,
    version,
    versions: version === undefined ? [] : [version],
    digests: [],
    readyReplicas:
      workload.status?.readyReplicas ?? countsOf(workload).available,
    rolledOut,
  };
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
  const counted = countedPods(ready, update);
  const perPod = counted.map(live => ({
    hash: update?.hashOf(live.object),
    image: imageOf(live, container),
    ...runningImageOf(live, container.name),
  }));
  const versions = unique(perPod.map(({ version }) => version));
  const digests = unique(perPod.map(({ digest }) => digest));
  const desiredReplicas = countsOf(workload).desired;
  const served = perPod.find(
    ({ hash }) => hash !== undefined && hash === update?.serving,
  );
  const isOver =
    isComplete(object, workload, update) &&
    versions.length <= 1 &&
    (desiredReplicas === 0 || versions[0] === versionOf(wanted));
  const images = runningImages(counted, container.name);
  const mixture = isOver ? severalDigests(images) : undefined;
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
    images,
    mixture,
    desiredReplicas,
    readyReplicas:
      update?.strategy === 'blueGreen' && served
        ? perPod.filter(({ hash }) => hash === update.serving).length
        : perPod.length,
    restarts: pods.reduce(
      (sum, { pod }) =>
        sum +
        (pod.status?.containerStatuses ?? []).reduce(
          (part, { restartCount }) => part + restartCount,
          0,
        ),
      0,
    ),
    rolledOut: isOver && digests.length <= 1,
    trouble:
      troubleOf({
        workload,
        container,
        pods: countedPods(pods, update),
        update,
      }) ??
      (mixture === undefined
        ? undefined
        : {
            text: `Pods run different images as ${versions[0]}: ${mixture}`,
            ofWanted: true,
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

/** As the pod names it. */
function imageOf({ pod }: LivePod, { name }: Container): string {
  const isOurs = (entry: { name: string }) => entry.name === name;
  return (
    pod.spec.containers.find(isOurs)?.image ??
    pod.status?.containerStatuses?.find(isOurs)?.image ??
    ''
  );
}

/** Whether the controller says that all pods are of the newest template, and that no other one is left. */
function isComplete(
  { metadata }: KubernetesObject,
  workload: Workload,
  update: RolloutUpdate | undefined,
): boolean {
  const { desired, updated, available, all } = countsOf(workload);
  return update
    ? update.isPromoted &&
        update.phase === 'Healthy' &&
        updated === desired &&
        available >= desired
    : (workload.status?.observedGeneration ?? 0) >=
        (metadata.generation ?? 0) &&
        [updated, available, all].every(count => count === desired);
}

/** Pods in the words of a workload; a DaemonSet counts nodes, and only its status says how many. */
function countsOf({ spec, status }: Workload) {
  return status?.desiredNumberScheduled === undefined
    ? {
        desired: spec.replicas ?? 1,
        updated: status?.updatedReplicas ?? 0,
        available: status?.availableReplicas ?? 0,
        all: status?.replicas ?? 0,
      }
    : {
        desired: status.desiredNumberScheduled,
        updated: status.updatedNumberScheduled ?? 0,
        available: status.numberAvailable ?? 0,
        all: status.currentNumberScheduled ?? 0,
      };
}

/** What only pods can tell. */
export function ofPods<T>(
  workload: Known<LiveWorkload>,
  read: (live: LiveWorkload) => T | undefined,
  absent?: string,
): Known<T> {
  const observation = workload.value?.podsUnknown;
  return observation && workload.observation.status === 'observed'
    ? { observation }
    : map(workload, read, absent);
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
