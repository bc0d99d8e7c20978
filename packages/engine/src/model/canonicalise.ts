import { CanonicalNode, leaf, nodeAt, summaryOf } from './canonical';
import { isObject, JsonObject } from './json';
import { duration, plain, quantity, reference, set } from './shapes/leaves';
import {
  ListKey,
  ListShape,
  MapShape,
  Shape,
  ShapeContext,
} from './shapes/shape';

type Locate = (container: object, key: string) => string | undefined;

const GENERIC_MAP: MapShape = {
  type: 'map',
  fields: {},
  rest: { type: 'any' },
  keepEmpty: true,
};

const AMOUNTS: MapShape = {
  type: 'map',
  fields: {},
  rest: quantity,
  split: true,
};

const GENERIC_LIST = { type: 'list', item: GENERIC_MAP } as const;

/** Names in fields of kinds that we do not know: where an object is called `checkout-dev`, so are references to it. */
const REFERENCE_FIELD = /^(name|[a-z]+Name)$/;

const DURATION_FIELD = /([iI]nterval|[tT]imeout|[dD]uration)$|^for$/;

/** Lists of scalars whose order means nothing, in whatever kind they stand. */
const SET_FIELDS = new Set([
  'hostnames',
  'hosts',
  'dnsNames',
  'namespaces',
  'finalizers',
  'verbs',
  'apiGroups',
  'resources',
  'resourceNames',
]);

/**
 * What items of a list in a kind that we do not know are told apart by: the first that all of them have. A rule of
 * Prometheus is named by what it records or by the alert that it raises, and a group may hold both.
 */
const KEY_FIELDS: readonly (readonly string[])[] = [
  ['name'],
  ['key'],
  ['id'],
  ['secretKey'],
  ['alert', 'record'],
  ['host'],
  ['hostname'],
  ['topologyKey'],
];

/**
 * Reads a value into canonical form. Undefined where it says nothing: null, an empty list, an empty map whose emptiness
 * has no meaning.
 */
export function canonicalise(options: {
  value: unknown;
  shape: Shape;
  context: ShapeContext;
  locate: Locate;
  location?: string;
}): CanonicalNode | undefined {
  const { context, locate } = options;

  function read(
    value: unknown,
    shape: Shape,
    key: string,
    location?: string,
  ): CanonicalNode | undefined {
    if (value === null || value === undefined) {
      return undefined;
    }
    switch (shape.type) {
      case 'leaf': {
        const reading = shape.read(value, context);
        return (
          reading && leaf(reading.text, reading.value, location, reading.alias)
        );
      }
      case 'map':
        return isObject(value)
          ? readMap(value, shape, location)
          : readAny(value, key, location);
      case 'list':
        return Array.isArray(value) && value.every(isObject)
          ? readList(value, shape, location)
          : readAny(value, key, location);
      default:
        return readAny(value, key, location);
    }
  }

  function readMap(
    written: JsonObject,
    shape: MapShape,
    location?: string,
  ): CanonicalNode | undefined {
    const value = shape.prepare ? shape.prepare(written) : written;
    const entries = new Map<string, CanonicalNode>();
    const add = (key: string, entry: unknown) => {
      const fieldShape = Object.hasOwn(shape.fields, key)
        ? shape.fields[key]
        : shape.rest;
      const node = read(entry, fieldShape, key, locate(written, key));
      if (node) {
        entries.set(key, node);
      }
    };
    for (const key of Object.keys(value)) {
      add(key, value[key]);
    }
    if (shape.defaults) {
      const filled = shape.defaults(value, context);
      for (const key of Object.keys(filled)) {
        if (!entries.has(key)) {
          add(key, filled[key]);
        }
      }
    }
    if (entries.size === 0 && !shape.keepEmpty) {
      return undefined;
    }
    return {
      type: 'map',
      entries,
      split: shape.split === true,
      ordered: false,
      isList: false,
      keyedByContent: false,
      ...(location === undefined ? {} : { location }),
    };
  }

  function readList(
    items: readonly JsonObject[],
    shape: ListShape,
    location?: string,
  ): CanonicalNode | undefined {
    if (items.length === 0) {
      return undefined;
    }
    const entries: [string, CanonicalNode][] = [];
    items.forEach((item, index) => {
      const itemShape: Shape =
        shape.item.type === 'map'
          ? { ...shape.item, keepEmpty: true }
          : shape.item;
      const node = read(
        item,
        itemShape,
        String(index),
        locate(items, String(index)) ?? location,
      );
      if (node) {
        entries.push([keyOf(shape.key, item, index, node, context), node]);
      }
    });
    return keyed(entries, shape, location);
  }

  function readAny(
    value: unknown,
    key: string,
    location?: string,
  ): CanonicalNode | undefined {
    if (isObject(value)) {
      const amounts = key === 'requests' || key === 'limits';
      return readMap(value, amounts ? AMOUNTS : GENERIC_MAP, location);
    }
    if (Array.isArray(value)) {
      if (value.length === 0) {
        return undefined;
      }
      return value.every(isObject)
        ? readList(value, { ...GENERIC_LIST, key: guessKey(value) }, location)
        : read(value, SET_FIELDS.has(key) ? set : plain, key, location);
    }
    if (DURATION_FIELD.test(key)) {
      return read(value, duration, key, location);
    }
    return read(
      value,
      REFERENCE_FIELD.test(key) ? reference : plain,
      key,
      location,
    );
  }

  return read(options.value, options.shape, '', options.location);
}

function guessKey(items: readonly JsonObject[]): ListKey {
  const fields = KEY_FIELDS.find(candidates =>
    items.every(item => keyIn(item, candidates) !== undefined),
  );
  return fields === undefined
    ? 'index'
    : (item, { nameOfObject }) => {
        const value = keyIn(item, fields);
        return value === undefined ? undefined : nameOfObject(value);
      };
}

function keyIn(
  item: JsonObject,
  fields: readonly string[],
): string | undefined {
  return fields
    .map(field => item[field])
    .find((value): value is string => typeof value === 'string');
}

function keyOf(
  key: ListKey,
  item: JsonObject,
  index: number,
  node: CanonicalNode,
  context: ShapeContext,
): string {
  if (key === 'index') {
    return String(index);
  }
  if (key === 'content') {
    return summaryOf(node);
  }
  if (typeof key === 'object') {
    const part = nodeAt(node, [key.contentOf]);
    return part ? summaryOf(part) : '*';
  }
  return key(item, context) ?? String(index);
}

/** Items with the same key are numbered, in an order that does not depend on how they are written. */
function keyed(
  items: readonly [string, CanonicalNode][],
  { key: listKey, ordered = false, identity }: ListShape,
  location?: string,
): CanonicalNode | undefined {
  const byKey = new Map<string, CanonicalNode[]>();
  for (const [key, node] of items) {
    byKey.set(key, [...(byKey.get(key) ?? []), node]);
  }
  const entries = new Map<string, CanonicalNode>();
  for (const [key, nodes] of byKey) {
    if (nodes.length > 1 && !ordered) {
      nodes.sort((a, b) => (summaryOf(a) < summaryOf(b) ? -1 : 1));
    }
    nodes.forEach((node, index) =>
      entries.set(index === 0 ? key : `${key}#${index + 1}`, node),
    );
  }
  return entries.size === 0
    ? undefined
    : {
        type: 'map',
        entries,
        split: true,
        ordered,
        isList: true,
        keyedByContent: listKey === 'content' || typeof listKey === 'object',
        ...(identity === undefined ? {} : { identity }),
        ...(location === undefined ? {} : { location }),
      };
}
