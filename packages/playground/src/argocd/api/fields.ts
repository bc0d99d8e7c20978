import { isFields, type Fields } from '../../cluster/values';
import type { Application } from '../resources';

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (parent, key) => (isFields(parent) ? parent[key] : undefined),
    value,
  );
}

function setAt(target: Fields, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const known = target[first];
  const child: Fields = isFields(known) ? { ...known } : {};
  target[first] = child;
  setAt(child, rest, value);
}

/** What can be selected from the applications of a list; anything else is ignored. */
const SELECTABLE = new Set([
  ...[
    'name',
    'namespace',
    'annotations',
    'labels',
    'creationTimestamp',
    'deletionTimestamp',
  ].map(field => `metadata.${field}`),
  'spec',
  ...['destination', 'project', 'source', 'sources', 'syncPolicy'].map(
    field => `spec.${field}`,
  ),
  'operation.sync',
  ...['health', 'summary', 'resources', 'sourceHydrator'].map(
    field => `status.${field}`,
  ),
  'status.sync.status',
  'status.sync.revision',
  ...['startedAt', 'finishedAt', 'phase', 'operation.sync'].map(
    field => `status.operationState.${field}`,
  ),
]);

/** Where a selected field comes from, when that is elsewhere. */
const ORIGIN: Readonly<Record<string, string>> = {
  'status.operationState.operation.sync': 'status.operationState.syncResult',
};

/** An application of a list, reduced to `items.`-prefixed fields. */
export function maskListed(
  application: Application,
  fields: readonly string[],
): Fields {
  const masked: Fields = {};
  for (const field of fields) {
    const name = field.startsWith('items.') ? field.slice(6) : '';
    if (SELECTABLE.has(name)) {
      const value = valueAt(application, (ORIGIN[name] ?? name).split('.'));
      if (value !== undefined) {
        setAt(masked, name.split('.'), value);
      }
    }
  }
  return masked;
}

/** Any answer, reduced to the fields that are named. */
export function mask(value: unknown, fields: readonly string[]): Fields {
  const masked: Fields = {};
  for (const field of fields) {
    const path = field.split('.');
    const found = valueAt(value, path);
    if (found !== undefined) {
      setAt(masked, path, found);
    }
  }
  return masked;
}
