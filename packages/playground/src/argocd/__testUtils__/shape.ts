import { isFields, type Fields } from '../../cluster/values';

/** Maps whose keys belong to the data, and what nobody reads. */
const OPEN = ['annotations', 'labels', 'targetLabels'];
const BOOKKEEPING = ['managedFields'];

/** Element of a list in which kinds or names tell what is alike. */
function nameOf(value: unknown): string | undefined {
  if (!isFields(value)) {
    return undefined;
  }
  if (typeof value.kind === 'string') {
    return value.kind;
  }
  return 'value' in value ? String(value.name) : undefined;
}

export interface ShapeOptions {
  /** Paths (`status.history`) that are left out on both sides. */
  readonly leaveOut?: readonly string[];
  /** Kinds that are looked at in lists of resources; all when absent. */
  readonly kinds?: ReadonlySet<string>;
}

/** What two shapes have between them. */
function both(left: unknown, right: unknown): unknown {
  if (!isFields(left) || !isFields(right)) {
    return right;
  }
  const shared = Object.entries(right).map(([key, value]) => [
    key,
    both(left[key], value),
  ]);
  return { ...left, ...Object.fromEntries(shared) };
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
      const shapes: Fields = {};
      value.forEach((element, index) => {
        const name = named[index] ?? '';
        const isKind = isFields(element) && 'kind' in element;
        if (!isKind || options.kinds?.has(name) !== false) {
          shapes[name] = both(shapes[name], shapeOf(element, options, at));
        }
      });
      return shapes;
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
