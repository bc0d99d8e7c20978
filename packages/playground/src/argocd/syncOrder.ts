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

const WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave';

const wave = ({ metadata }: KubeObject) =>
  Number.parseInt(metadata.annotations?.[WAVE_ANNOTATION] ?? '', 10) || 0;

/** Objects in the order in which a sync applies them: wave by wave, and within one those of a kind together. */
export function inSyncOrder(objects: readonly KubeObject[]): KubeObject[][] {
  const sorted = [...objects].sort(
    (left, right) =>
      wave(left) - wave(right) ||
      rank(left) - rank(right) ||
      (left.kind < right.kind ? -1 : Number(left.kind > right.kind)) ||
      (left.metadata.name < right.metadata.name ? -1 : 1),
  );
  const groups: KubeObject[][] = [];
  for (const object of sorted) {
    const last = groups.at(-1);
    if (last?.[0].kind === object.kind && wave(last[0]) === wave(object)) {
      last.push(object);
    } else {
      groups.push([object]);
    }
  }
  return groups;
}
