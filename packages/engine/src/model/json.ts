/** A mapping as YAML or JSON gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys and indices, or undefined where the path ends early. */
export function valueAt(
  value: unknown,
  ...path: readonly (string | number)[]
): unknown {
  let current = value;
  for (const part of path) {
    if (Array.isArray(current)) {
      current = current[Number(part)];
    } else if (isObject(current) && Object.hasOwn(current, part)) {
      current = current[part];
    } else {
      return undefined;
    }
  }
  return current;
}

export function objectAt(
  value: unknown,
  ...path: readonly (string | number)[]
): JsonObject {
  const found = valueAt(value, ...path);
  return isObject(found) ? found : {};
}

export function objectsAt(
  value: unknown,
  ...path: readonly (string | number)[]
): readonly JsonObject[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function stringAt(
  value: unknown,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(
  value: unknown,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** An RFC 6901 pointer of unescaped segments. */
export function toPointer(path: readonly string[]): string {
  return path
    .map(part => `/${part.replace(/~/g, '~0').replace(/\//g, '~1')}`)
    .join('');
}
