import { JsonObject, objectAt } from './json';

/** Where the pod template of a kind stands; a Pod is its own. */
const TEMPLATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'argoproj.io/Rollout': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** Kinds that run pods, as `group/Kind`. */
export const WORKLOAD_KINDS: readonly string[] = Object.keys(TEMPLATE_PATHS);

/** Kinds that keep a number of pods running. */
export const REPLICATED_KINDS: readonly string[] = [
  'apps/Deployment',
  'apps/StatefulSet',
  'argoproj.io/Rollout',
];

/** Whether a kind, as `group/Kind`, runs pods. */
export function isWorkload(kind: string): boolean {
  return Object.hasOwn(TEMPLATE_PATHS, kind);
}

/** The path of the pod template in an object of a kind; undefined where it has none. */
export function templatePath(kind: string): readonly string[] | undefined {
  return Object.hasOwn(TEMPLATE_PATHS, kind) ? TEMPLATE_PATHS[kind] : undefined;
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
