import type { KubeObject } from '../core';

/** What others stand on comes first. */
const ORDER = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'Ingress',
];

const rank = ({ kind }: KubeObject) => {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
};

/** Objects in the order in which a sync applies them, those of one kind together. */
export function inSyncOrder(objects: readonly KubeObject[]): KubeObject[][] {
  const sorted = [...objects].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      (left.kind < right.kind ? -1 : Number(left.kind > right.kind)) ||
      (left.metadata.name < right.metadata.name ? -1 : 1),
  );
  const groups: KubeObject[][] = [];
  for (const object of sorted) {
    const last = groups.at(-1);
    if (last?.[0].kind === object.kind) {
      last.push(object);
    } else {
      groups.push([object]);
    }
  }
  return groups;
}
