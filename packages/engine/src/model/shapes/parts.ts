import { JsonObject } from '../json';
import {
  any,
  label,
  namespace,
  plain,
  quantity,
  reference,
  set,
} from './leaves';
import { ListShape, MapShape, Shape } from './shape';

/** A map whose listed fields have a shape of their own. */
export function map(
  fields: Readonly<Record<string, Shape>>,
  options: Omit<MapShape, 'type' | 'fields' | 'rest'> & { rest?: Shape } = {},
): MapShape {
  return { type: 'map', rest: any, ...options, fields };
}

/** A list whose items are told apart by one of their fields. */
export function listBy(field: string, item: Shape = any): ListShape {
  return {
    type: 'list',
    item,
    key: entry => (entry[field] === undefined ? undefined : `${entry[field]}`),
  };
}

export function contentList(item: Shape): ListShape {
  return { type: 'list', item, key: 'content' };
}

export const labels = map({}, { rest: label, split: true });

/** What servers and tools write for themselves. */
const RUNTIME_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'argocd.argoproj.io/tracking-id',
  'kubectl.kubernetes.io/restartedAt',
  'rollout.argoproj.io/revision',
  'rollout.argoproj.io/workload-generation',
  'argo-rollouts.argoproj.io/managed-by-rollouts',
]);

const RUNTIME_METADATA = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'selfLink',
]);

const annotations = map(
  {},
  {
    rest: label,
    split: true,
    prepare: value => without(value, RUNTIME_ANNOTATIONS),
  },
);

export const metadata = map(
  { name: reference, namespace, labels, annotations },
  { split: true, prepare: value => without(value, RUNTIME_METADATA) },
);

/** Of a pod template: its name and namespace mean nothing. */
export const templateMetadata = map(
  { labels, annotations },
  {
    split: true,
    prepare: value =>
      without(value, new Set([...RUNTIME_METADATA, 'name', 'namespace'])),
  },
);

export const amounts = map({}, { rest: quantity, split: true });

export const labelSelector = map(
  {
    matchLabels: map({}, { rest: label, split: true }),
    matchExpressions: contentList(any),
  },
  { keepEmpty: true, split: true },
);

/** Core `PersistentVolumeClaimSpec`. */
export const claim = map(
  {
    accessModes: set,
    resources: map({ requests: amounts, limits: amounts }, { split: true }),
    storageClassName: plain,
    selector: labelSelector,
  },
  { split: true, defaults: () => ({ volumeMode: 'Filesystem' }) },
);

export const objectReference = map({ name: reference, namespace });

/** A port of a container, Service or NetworkPolicy by number and protocol: `8080~1TCP` in a pointer. */
export function portKey(field: string): ListShape['key'] {
  return item => `${item[field] ?? '*'}/${item.protocol ?? 'TCP'}`;
}

export function without(
  value: JsonObject,
  fields: ReadonlySet<string>,
): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !fields.has(key)),
  );
}
