import { KubernetesObject, matchesSelector } from '../observations';
import { TargetInput } from './input';
import { digestOf, ImageReference, parseImage, versionOf } from './image';
import { Known, known } from './known';
import {
  Container,
  Pod,
  podSchema,
  Workload,
  workloadSchema,
} from './kubernetesTypes';

/** Reasons for which a container waits and will go on waiting: someone has to do something. */
const STUCK = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const WORKLOAD_KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Why a pod, or the rollout as a whole, does not come up. */
export interface Trouble {
  /** `ImagePullBackOff: ghcr.io/acme/checkout:9.9.9 · ... · since 2026-11-23 22:41 UTC` */
  readonly text: string;
  /** Whether it is a trouble of what the workload asks for now, and not of pods that are on their way out. */
  readonly ofWanted: boolean;
}

/**
 * The service's main workload in one namespace, as it lives.
 */
export interface LiveWorkload {
  readonly object: KubernetesObject;
  readonly workload: Workload;
  readonly container: Container;
  /** The image that the workload asks for now. */
  readonly wanted: ImageReference;
  /** Version that the ready pods run; undefined while there is none, the wanted one of several. */
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
}

/** The main workload is the one named as the service, else the only one. */
export function liveWorkload(
  target: TargetInput,
  service: string,
  selector: string,
): Known<LiveWorkload> {
  const workloads = target.objects.filter(
    ({ value }) =>
      WORKLOAD_KINDS.has(value.kind) &&
      matchesSelector(value.metadata.labels, selector),
  );
  const found =
    workloads.find(({ value }) => value.metadata.name === service) ??
    (workloads.length === 1 ? workloads[0] : undefined);
  const absent =
    workloads.length > 1
      ? `Namespace ${target.namespace} of cluster ${target.cluster} has ${workloads.length} workloads of the service, and none is named '${service}'`
      : `Namespace ${target.namespace} of cluster ${target.cluster} has no workload with ${selector}`;
  const parsed = found && workloadSchema.safeParse(found.value);
  const container =
    parsed?.data &&
    (parsed.data.spec.template.spec.containers.find(
      ({ name }) => name === service,
    ) ??
      parsed.data.spec.template.spec.containers[0]);
  if (!found || !parsed?.success || !container) {
    return known<LiveWorkload>(target.source, undefined, { absent });
  }
  const location = `${target.cluster}/${target.namespace}/${found.value.kind}/${found.value.metadata.name}`;
  return known(
    target.source,
    describe(found.value, parsed.data, container, podsOf(target, found.value)),
    { absent, observedAt: found.observedAt, location },
  );
}

interface LivePod {
  readonly object: KubernetesObject;
  readonly pod: Pod;
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
  object: KubernetesObject,
  workload: Workload,
  container: Container,
  pods: readonly LivePod[],
): LiveWorkload {
  const wanted = parseImage(container.image ?? '');
  const ready = pods.filter(({ pod }) =>
    pod.status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ),
  );
  const images = ready.map(({ pod }) => {
    const status = pod.status?.containerStatuses?.find(
      ({ name }) => name === container.name,
    );
    const spec = pod.spec.containers.find(
      ({ name }) => name === container.name,
    );
    return {
      version: versionOf(parseImage(spec?.image ?? status?.image ?? '')),
      digest: digestOf(status?.imageID),
    };
  });
  const versions = unique(images.map(({ version }) => version));
  const digests = unique(images.map(({ digest }) => digest));
  const { spec, status } = workload;
  const desiredReplicas = spec.replicas ?? 1;
  const isCurrent =
    (status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
  const rolledOut =
    isCurrent &&
    (status?.updatedReplicas ?? 0) === desiredReplicas &&
    (status?.availableReplicas ?? 0) === desiredReplicas &&
    (status?.replicas ?? 0) === desiredReplicas &&
    digests.length <= 1 &&
    versions.length <= 1 &&
    (desiredReplicas === 0 || versions[0] === versionOf(wanted));
  return {
    object,
    workload,
    container,
    wanted,
    version:
      versions.length === 1
        ? versions[0]
        : versions.find(version => version === versionOf(wanted)) ??
          versions[0],
    versions,
    digests,
    desiredReplicas,
    readyReplicas: ready.length,
    restarts: pods.reduce(
      (sum, { pod }) =>
        sum +
        (pod.status?.containerStatuses ?? []).reduce(
          (part, { restartCount }) => part + restartCount,
          0,
        ),
      0,
    ),
    rolledOut,
    trouble: troubleOf(workload, container, pods),
  };
}

/** Pods of the newest image speak first: what the old ones suffer from may be what the new release puts right. */
function troubleOf(
  workload: Workload,
  container: Container,
  pods: readonly LivePod[],
): Trouble | undefined {
  const isWanted = ({ pod }: LivePod) =>
    pod.spec.containers.find(({ name }) => name === container.name)?.image ===
    container.image;
  for (const ofWanted of [true, false]) {
    for (const live of pods.filter(pod => isWanted(pod) === ofWanted)) {
      const text = podTrouble(live);
      if (text !== undefined) {
        return { text, ofWanted };
      }
    }
  }
  const condition = workload.status?.conditions?.find(
    ({ type, status }) =>
      (type === 'ReplicaFailure' && status === 'True') ||
      (type === 'Progressing' && status === 'False'),
  );
  return (
    condition && {
      text: sentence(
        condition.reason ?? condition.type,
        [condition.message ?? 'the rollout makes no progress'],
        condition.lastTransitionTime,
      ),
      ofWanted: true,
    }
  );
}

function podTrouble({ object, pod }: LivePod): string | undefined {
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  for (const status of statuses) {
    const waiting = status.state?.waiting;
    if (waiting?.reason && STUCK.has(waiting.reason)) {
      const image =
        pod.spec.containers.find(({ name }) => name === status.name)?.image ??
        status.image;
      const last = status.lastState?.terminated;
      const why =
        waiting.reason === 'CrashLoopBackOff' && last
          ? `it ended with exit code ${last.exitCode ?? 'unknown'}${
              last.reason ? ` (${last.reason})` : ''
            }, ${status.restartCount} restarts`
          : waiting.message;
      return sentence(
        waiting.reason,
        [image, why],
        pod.status?.startTime ?? object.metadata.creationTimestamp,
      );
    }
  }
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status, reason }) =>
      type === 'PodScheduled' &&
      status === 'False' &&
      reason === 'Unschedulable',
  );
  return (
    unscheduled &&
    sentence(
      'Unschedulable',
      [unscheduled.message ?? 'no node takes the pod'],
      unscheduled.lastTransitionTime,
    )
  );
}

function sentence(
  reason: string,
  parts: readonly (string | undefined)[],
  since: string | undefined,
): string {
  const at = since === undefined ? NaN : Date.parse(since);
  const minute = Number.isNaN(at)
    ? undefined
    : `since ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${reason}: ${[...parts, minute].filter(Boolean).join(' · ')}`;
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
