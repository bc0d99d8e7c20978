import { isFields } from '../../cluster/values';

/** Maps whose keys belong to the data, and what nobody reads. */
const OPEN = ['annotations', 'labels', 'targetLabels'];
const BOOKKEEPING = ['managedFields'];

/** Element of a list in which kinds or names tell what is alike. */
function nameOf(value: unknown): string | undefined {
  if (!isFields(value)) {
    return undefined;
  }
  const { kind, name } = value;
  return typeof kind === 'string'
    ? kind
    : typeof name === 'string' && 'value' in value
    ? name
    : undefined;
}

export interface ShapeOptions {
  /** Paths (`status.history`) that are left out on both sides. */
  readonly leaveOut?: readonly string[];
  /** Kinds that are looked at in lists of resources; all when absent. */
  readonly kinds?: ReadonlySet<string>;
}

/** Keys and types of a value; lists by the kinds of their elements, or by their first element. */
export function shapeOf(
  value: unknown,
  options: ShapeOptions = {},
  at = '',
): unknown {
  if (Array.isArray(value)) {
    const named = value.map(nameOf);
    if (value.length > 0 && named.every(name => name !== undefined)) {
      const pairs = value.flatMap((element, index) => {
        const name = named[index] ?? '';
        return isFields(element) &&
          'kind' in element &&
          options.kinds?.has(name) === false
          ? []
          : [[name, shapeOf(element, options, at)]];
      });
      return Object.fromEntries(pairs);
    }
    return value.length === 0 ? [] : [shapeOf(value[0], options, at)];
  }
  if (!isFields(value)) {
    return value === null ? 'null' : typeof value;
  }
  const pairs = Object.entries(value)
    .map(([key, child]) => ({ key, child, path: at ? `${at}.${key}` : key }))
    .filter(
      ({ key, path }) =>
        !BOOKKEEPING.includes(key) && !options.leaveOut?.includes(path),
    )
    .map(({ key, child, path }) => [
      key,
      OPEN.includes(key) ? 'open' : shapeOf(child, options, path),
    ]);
  return Object.fromEntries(pairs);
}
