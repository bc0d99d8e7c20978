/**
 * A value in canonical form. What two environments mean alike is equal here, however it is written: lists that have a key
 * are maps, quantities are numbers, and defaults are filled in.
 */
export type CanonicalNode = CanonicalLeaf | CanonicalMap;

export interface CanonicalLeaf {
  readonly type: 'leaf';
  /** Equal exactly where the meaning is. */
  readonly text: string;
  /** A second way to be equal: the number of a named port, the name as it is written. */
  readonly alias?: string;
  /** As it was written, for people. */
  readonly value: unknown;
  /** `file:line`; absent for what was filled in. */
  readonly location?: string;
}

export interface CanonicalMap {
  readonly type: 'map';
  readonly entries: ReadonlyMap<string, CanonicalNode>;
  /** Where the other side has no such map, its entries are judged one by one. */
  readonly split: boolean;
  /** The order of the entries carries meaning. */
  readonly ordered: boolean;
  /** It was a list: its keys tell the items apart. */
  readonly isList: boolean;
  /** The keys of the entries are made of their content. */
  readonly keyedByContent: boolean;
  /** Fields that tell the items of a list apart whose keys are only their places. */
  readonly identity?: readonly string[];
  readonly location?: string;
}

export function leaf(
  text: string,
  value: unknown,
  location?: string,
  alias?: string,
): CanonicalLeaf {
  return {
    type: 'leaf',
    text,
    value,
    ...(location === undefined ? {} : { location }),
    ...(alias === undefined ? {} : { alias }),
  };
}

export function sameLeaf(a: CanonicalLeaf, b: CanonicalLeaf): boolean {
  return a.text === b.text || (a.alias !== undefined && a.alias === b.alias);
}

/** What a node says, with keyed lists as maps. */
export function shownValue(node: CanonicalNode): unknown {
  return node.type === 'leaf'
    ? node.value
    : Object.fromEntries(
        [...node.entries].map(([key, entry]) => [key, shownValue(entry)]),
      );
}

/** The node at a path of unescaped pointer segments. */
export function nodeAt(
  node: CanonicalNode | undefined,
  path: readonly string[],
): CanonicalNode | undefined {
  let current = node;
  for (const part of path) {
    current = current?.type === 'map' ? current.entries.get(part) : undefined;
  }
  return current;
}

/** The location of the node at a path, or of the nearest one above it that has one. */
export function locationAt(
  node: CanonicalNode | undefined,
  path: readonly string[],
): string | undefined {
  let current = node;
  let location = node?.location;
  for (const part of path) {
    current = current?.type === 'map' ? current.entries.get(part) : undefined;
    location = current?.location ?? location;
  }
  return location;
}

/** Content in one line, for the keys of list items that have no name of their own. */
export function summaryOf(node: CanonicalNode): string {
  const parts: string[] = [];
  const walk = (current: CanonicalNode, path: string) => {
    if (current.type === 'leaf') {
      const text = current.text.replace(/["\\]/g, '');
      parts.push(path === '' ? text : `${path}=${text}`);
    } else if (current.entries.size === 0) {
      parts.push(path === '' ? '*' : `${path}=*`);
    } else {
      for (const [key, entry] of current.entries) {
        const below = path === '' ? key : `${path}.${key}`;
        walk(entry, current.keyedByContent ? path : below);
      }
    }
  };
  walk(node, '');
  return parts.sort().join(',');
}

/** A value as one text: what it says where it is one, else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** Deterministic JSON: the order of keys does not matter. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .filter(([, entry]) => entry !== undefined && entry !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
