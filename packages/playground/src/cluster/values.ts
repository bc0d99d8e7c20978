/** A JSON object whose shape is not known. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is an object, or an empty one. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The objects of a list. */
export function objectsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** Objects on the way to a field, made where they are missing. */
export function childOf(parent: Fields, key: string): Fields {
  const child = parent[key];
  if (isFields(child)) {
    return child;
  }
  const made: Fields = {};
  parent[key] = made;
  return made;
}

export function setDefault(target: Fields, key: string, value: unknown): void {
  target[key] ??= value;
}

/** A copy that shares nothing with its original. */
export function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** JSON with sorted keys: the same text for the same content. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (isFields(value)) {
    const entries = Object.keys(value)
      .filter(key => value[key] !== undefined)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export function sameContent(left: unknown, right: unknown): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

/** Time as Kubernetes writes it: whole seconds, UTC. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
