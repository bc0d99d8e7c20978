import type { Deployment, ReplicaSet } from '../objects';

/** `25%` of the replicas, or a number as it is. */
export function shareOf(
  value: number | string | undefined,
  replicas: number,
  round: (value: number) => number,
): number {
  if (typeof value === 'number' || value === undefined) {
    return value ?? 0;
  }
  return round((Number(value.replace('%', '')) * replicas) / 100);
}

/** How many pods a rolling update may add and take away, as numbers. */
export function rollingBounds({ spec: { replicas, strategy } }: Deployment): {
  maxSurge: number;
  maxUnavailable: number;
} {
  if (strategy.type !== 'RollingUpdate' || replicas === 0) {
    return { maxSurge: 0, maxUnavailable: 0 };
  }
  const maxSurge = shareOf(
    strategy.rollingUpdate?.maxSurge,
    replicas,
    Math.ceil,
  );
  const maxUnavailable = Math.min(
    shareOf(strategy.rollingUpdate?.maxUnavailable, replicas, Math.floor),
    replicas,
  );
  // With neither, an update could never begin.
  return {
    maxSurge,
    maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable,
  };
}

export const desiredOf = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((sum, { spec }) => sum + spec.replicas, 0);

export const countOf = (
  replicaSets: readonly ReplicaSet[],
  field:
    | 'replicas'
    | 'readyReplicas'
    | 'availableReplicas'
    | 'terminatingReplicas',
): number =>
  replicaSets.reduce((sum, { status }) => sum + (status[field] ?? 0), 0);

/** How many replicas the ReplicaSet of the current template may have now. */
export function newReplicas(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: number,
): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type !== 'RollingUpdate') {
    return replicas;
  }
  const free = replicas + rollingBounds(deployment).maxSurge - desiredOf(all);
  return free <= 0 ? current : current + Math.min(free, replicas - current);
}

/** New numbers of replicas for the ReplicaSets of former templates; those that stay as they are are left out. */
export function oldReplicas(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): Map<ReplicaSet, number> {
  const all = [...old, current];
  const minAvailable =
    deployment.spec.replicas - rollingBounds(deployment).maxUnavailable;
  const unavailable =
    current.spec.replicas - (current.status.availableReplicas ?? 0);
  let mayGo = desiredOf(all) - minAvailable - unavailable;
  const scaled = new Map<ReplicaSet, number>();
  if (mayGo <= 0) {
    return scaled;
  }
  const replicasOf = (replicaSet: ReplicaSet) =>
    scaled.get(replicaSet) ?? replicaSet.spec.replicas;
  // Pods that serve nobody go first.
  for (const replicaSet of old) {
    const count = Math.min(
      mayGo,
      replicaSet.spec.replicas - (replicaSet.status.availableReplicas ?? 0),
    );
    if (count > 0) {
      scaled.set(replicaSet, replicaSet.spec.replicas - count);
      mayGo -= count;
    }
  }
  let spare = countOf(all, 'availableReplicas') - minAvailable;
  for (const replicaSet of old) {
    const count = Math.min(spare, replicasOf(replicaSet));
    if (count > 0) {
      scaled.set(replicaSet, replicasOf(replicaSet) - count);
      spare -= count;
    }
  }
  return scaled;
}
