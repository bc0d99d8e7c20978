import type {
  Condition,
  Deployment,
  DeploymentStatus,
  ReplicaSet,
} from '../objects';
import { timestamp } from '../values';
import { conditionOf, withCondition, withoutCondition } from './conditions';
import { countOf, desiredOf, rollingBounds } from './rollout';

export function progressing(
  reason: string,
  message: string,
  now: number,
  status: Condition['status'] = 'True',
): Condition {
  const time = timestamp(now);
  return {
    type: 'Progressing',
    status,
    lastUpdateTime: time,
    lastTransitionTime: time,
    reason,
    message,
  };
}

/** What the ReplicaSets say about a Deployment, without its progress. */
export function countedStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const available = countOf(all, 'availableReplicas');
  const counts = {
    replicas: countOf(all, 'replicas'),
    updatedReplicas: current?.status.replicas ?? 0,
    readyReplicas: countOf(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(desiredOf(all) - available, 0),
  };
  const enough =
    available >=
    deployment.spec.replicas - rollingBounds(deployment).maxUnavailable;
  const time = timestamp(now);
  const availability: Condition = {
    type: 'Available',
    status: enough ? 'True' : 'False',
    lastUpdateTime: time,
    lastTransitionTime: time,
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough
      ? 'Deployment has minimum availability.'
      : 'Deployment does not have minimum availability.',
  };
  return {
    observedGeneration: deployment.metadata.generation,
    ...Object.fromEntries(
      Object.entries(counts).filter(([, count]) => count > 0),
    ),
    terminatingReplicas: countOf(all, 'terminatingReplicas'),
    conditions: withCondition(
      deployment.status?.conditions ?? [],
      availability,
    ),
  };
}

function isComplete(
  { spec: { replicas }, metadata: { generation = 0 } }: Deployment,
  status: DeploymentStatus,
): boolean {
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= generation
  );
}

function hasProgressed(
  { status: before = {} }: Deployment,
  status: DeploymentStatus,
): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) =>
    replicas - updatedReplicas;
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** Milliseconds until a rollout that does not move has failed; undefined when nothing is waited for. */
export function untilDeadline(
  deployment: Deployment,
  now: number,
): number | undefined {
  const condition = conditionOf(
    deployment.status?.conditions ?? [],
    'Progressing',
  );
  const settled = ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'];
  if (!condition || settled.includes(condition.reason ?? '')) {
    return undefined;
  }
  return (
    Date.parse(condition.lastUpdateTime ?? '') +
    deployment.spec.progressDeadlineSeconds * 1000 -
    now
  );
}

/** The status of a Deployment that rolls out, with its progress. */
export function rolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: ReplicaSet,
  now: number,
): DeploymentStatus {
  const status = countedStatus(deployment, all, current, now);
  let conditions = status.conditions ?? [];
  const present = conditionOf(
    deployment.status?.conditions ?? [],
    'Progressing',
  );
  const settled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) &&
    present?.reason === 'NewReplicaSetAvailable';
  if (!settled) {
    const named = `ReplicaSet "${current.metadata.name}"`;
    const remaining = untilDeadline(deployment, now);
    if (isComplete(deployment, status)) {
      conditions = withCondition(
        conditions,
        progressing(
          'NewReplicaSetAvailable',
          `${named} has successfully progressed.`,
          now,
        ),
      );
    } else if (hasProgressed(deployment, status)) {
      const condition = progressing(
        'ReplicaSetUpdated',
        `${named} is progressing.`,
        now,
      );
      const since =
        present?.status === 'True'
          ? present.lastTransitionTime
          : condition.lastTransitionTime;
      conditions = [
        ...withoutCondition(conditions, 'Progressing'),
        { ...condition, lastTransitionTime: since },
      ];
    } else if (remaining !== undefined && remaining <= 0) {
      conditions = withCondition(
        conditions,
        progressing(
          'ProgressDeadlineExceeded',
          `${named} has timed out progressing.`,
          now,
          'False',
        ),
      );
    }
  }
  const failure = replicaFailure(all, current, now);
  conditions = failure
    ? withCondition(conditions, failure)
    : withoutCondition(conditions, 'ReplicaFailure');
  return { ...status, conditions };
}

function replicaFailure(
  all: readonly ReplicaSet[],
  current: ReplicaSet,
  now: number,
): Condition | undefined {
  const found = [current, ...all]
    .map(({ status }) => conditionOf(status.conditions ?? [], 'ReplicaFailure'))
    .find(condition => condition !== undefined);
  return found && { ...found, lastUpdateTime: timestamp(now) };
}
