import { KubernetesObject } from '../observations';
import { Container, Pod, Workload } from './kubernetesTypes';
import { RolloutUpdate } from './rolloutUpdate';
import { sentence } from './sentence';

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

/** Why a pod, or the rollout as a whole, does not come up. */
export interface Trouble {
  /** `ImagePullBackOff: ghcr.io/acme/checkout:9.9.9 · ... · since 2026-11-23 22:41 UTC` */
  readonly text: string;
  /** Whether it is a trouble of what the workload asks for now, and not of pods that are on their way out. */
  readonly ofWanted: boolean;
}

export interface LivePod {
  readonly object: KubernetesObject;
  readonly pod: Pod;
}

/**
 * Pods of the newest template speak first: what the old ones suffer from may be what the new release puts right. An update that
 * was aborted comes before all of them, as nothing that happens to the pods makes it go on.
 */
export function troubleOf(options: {
  workload: Workload;
  container: Container;
  pods: readonly LivePod[];
  update?: RolloutUpdate;
}): Trouble | undefined {
  const { workload, container, pods, update } = options;
  if (update?.isAborted && update.standing !== undefined) {
    return { text: update.standing, ofWanted: true };
  }
  const isWanted = ({ object, pod }: LivePod) =>
    update?.current === undefined
      ? pod.spec.containers.find(({ name }) => name === container.name)
          ?.image === container.image
      : update.hashOf(object) === update.current;
  for (const ofWanted of [true, false]) {
    for (const live of pods.filter(pod => isWanted(pod) === ofWanted)) {
      const text = podTrouble(live);
      if (text !== undefined) {
        return { text, ofWanted };
      }
    }
  }
  if (update?.phase === 'Degraded' && update.standing !== undefined) {
    return { text: update.standing, ofWanted: true };
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
