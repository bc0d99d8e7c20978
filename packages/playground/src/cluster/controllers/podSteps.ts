import { isReady, type ContainerStatus, type Pod } from '../objects';

/** What is done to a pod next. */
export type Step =
  | 'schedule'
  | 'create'
  | 'start'
  | 'backOff'
  | 'retryPull'
  | 'retryCrash'
  | 'ready'
  | 'terminate';

export function statusesOf(pod: Pod): ContainerStatus[] {
  return pod.status.containerStatuses ?? [];
}

export function isWaitingFor(
  { state }: ContainerStatus,
  ...reasons: string[]
): boolean {
  return state.waiting !== undefined && reasons.includes(state.waiting.reason);
}

export function restarts(pod: Pod): number {
  return Math.max(
    0,
    ...statusesOf(pod).map(({ restartCount }) => restartCount),
  );
}

/** Follows from the pod alone; undefined when nothing is left to do. */
export function nextStep(pod: Pod): Step | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return 'terminate';
  }
  if (pod.spec.nodeName === undefined) {
    return 'schedule';
  }
  const statuses = statusesOf(pod);
  const waits = (reason: string) =>
    statuses.some(status => isWaitingFor(status, reason));
  if (statuses.length === 0) {
    return 'create';
  }
  if (waits('ContainerCreating')) {
    return 'start';
  }
  if (waits('ErrImagePull')) {
    return 'backOff';
  }
  if (waits('ImagePullBackOff')) {
    return 'retryPull';
  }
  if (waits('CrashLoopBackOff')) {
    return 'retryCrash';
  }
  return isReady(pod) ? undefined : 'ready';
}
