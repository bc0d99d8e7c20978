import type { KubeObject } from '../core';
import {
  canonicalJson,
  fieldsOf,
  isFields,
  objectsOf,
  type Fields,
} from './values';

/** Keys of the lists that are merged by element, by the list's field, or by its parent's and its own. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containers: ['name'],
  'containers.ports': ['containerPort', 'protocol'],
  env: ['name'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  'initContainers.ports': ['containerPort', 'protocol'],
  ownerReferences: ['uid'],
  'spec.ports': ['port', 'protocol'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** Objects that belong to one manager as a whole. */
const ATOMIC = new Set([
  'selector',
  'podSelector',
  'namespaceSelector',
  'nodeSelector',
  'fieldRef',
  'resourceFieldRef',
  'secretKeyRef',
  'configMapKeyRef',
  'labelSelector',
]);

const KEY_DEFAULTS: Fields = { protocol: 'TCP' };

/** The fields that identify an element of a list, or undefined for a list that is replaced as a whole. */
export function listKeysOf(
  parent: string,
  field: string,
): readonly string[] | undefined {
  return LIST_KEYS[`${parent}.${field}`] ?? LIST_KEYS[field];
}

export function isAtomic(field: string): boolean {
  return ATOMIC.has(field);
}

/** `k:{"containerPort":8080,"protocol":"TCP"}` */
export function elementKey(element: Fields, keys: readonly string[]): string {
  return `k:${canonicalJson(
    Object.fromEntries(
      keys.map(key => [key, element[key] ?? KEY_DEFAULTS[key]]),
    ),
  )}`;
}

/** The set of fields that an object writes, in the format of `fieldsV1`. */
export function fieldSet(value: Fields, name = ''): Fields {
  const set: Fields = {};
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined || child === null) {
      continue;
    }
    const listKeys = listKeysOf(name, key);
    if (Array.isArray(child) && listKeys) {
      set[`f:${key}`] = Object.fromEntries(
        objectsOf(child).map(element => [
          elementKey(element, listKeys),
          { '.': {}, ...fieldSet(element, key) },
        ]),
      );
    } else {
      set[`f:${key}`] =
        isFields(child) && !isAtomic(key) ? fieldSet(child, key) : {};
    }
  }
  return set;
}

/** Who wrote something, and through which part of the API. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
}

const IDENTITY = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'generateName',
  'creationTimestamp',
  'managedFields',
];

/** What of an object a manager can own. */
export function ownableFields(object: KubeObject): Fields {
  const { apiVersion, kind, status, ...rest } = object;
  const metadata = Object.fromEntries(
    Object.entries(rest.metadata).filter(([key]) => !IDENTITY.includes(key)),
  );
  return {
    ...rest,
    metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
  };
}

function sameWriter(entry: Fields, writer: Writer): boolean {
  return (
    entry.manager === writer.manager &&
    entry.operation === writer.operation &&
    entry.subresource === writer.subresource
  );
}

/** The field set that a writer has recorded on an object. */
export function recordedFields(object: KubeObject, writer: Writer): Fields {
  const entry = objectsOf(object.metadata.managedFields).find(candidate =>
    sameWriter(candidate, writer),
  );
  return fieldsOf(entry?.fieldsV1);
}

/** The field sets of everyone else. */
export function fieldsOfOthers(object: KubeObject, writer: Writer): Fields[] {
  return objectsOf(object.metadata.managedFields)
    .filter(entry => !sameWriter(entry, writer))
    .map(entry => fieldsOf(entry.fieldsV1));
}

/** `metadata.managedFields` with what a writer has just written. */
export function recordFields(
  object: KubeObject,
  writer: Writer,
  fieldsV1: Fields,
  time: string,
): Fields[] {
  const entries = objectsOf(object.metadata.managedFields);
  const previous = entries.find(entry => sameWriter(entry, writer));
  if (
    previous &&
    canonicalJson(previous.fieldsV1) === canonicalJson(fieldsV1) &&
    writer.operation === 'Update'
  ) {
    return entries.map(entry =>
      entry === previous ? { ...entry, time } : entry,
    );
  }
  const { manager, operation, subresource } = writer;
  const entry: Fields = {
    manager,
    operation,
    apiVersion: object.apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource && { subresource }),
  };
  return previous
    ? entries.map(candidate => (candidate === previous ? entry : candidate))
    : [...entries, entry];
}
