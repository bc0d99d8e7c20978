import fs from 'fs';
import path from 'path';
import type { KubeObject } from '../../core';
import { elementKey, listKeysOf } from '../managedFields';
import { fieldsOf, isFields, objectsOf, type Fields } from '../values';

export interface Recording {
  request: {
    method: string;
    path: string;
    authenticated: boolean;
    headers: Record<string, string>;
  };
  response: {
    status: number;
    headers: Record<string, string>;
    body?: Fields;
    stream?: { atMs: number; line: string }[];
  };
}

/** What a real server answered. */
export function recording(name: string): Recording {
  return JSON.parse(
    fs.readFileSync(
      path.join(__dirname, '..', '__fixtures__', `${name}.json`),
      'utf8',
    ),
  );
}

const KINDS = [
  'namespaces',
  'resourcequotas',
  'limitranges',
  'networkpolicies',
  'services',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'ingresses',
  'deployments',
  'statefulsets',
  'daemonsets',
];

const CUSTOM_KINDS = [
  'httproutes',
  'secretstores',
  'externalsecrets',
  'certificates',
];

function listOf(plural: string): KubeObject[] {
  const body = fieldsOf(recording(`list/nonprod-${plural}`).response.body);
  const kind = String(body.kind).replace(/List$/, '');
  return objectsOf(body.items).map(item => ({
    ...item,
    apiVersion: String(body.apiVersion),
    kind,
    metadata: { name: '', ...fieldsOf(item.metadata) },
  }));
}

/** The part of an object that a set of fields covers. */
function pick(value: Fields, set: Fields, name: string): Fields {
  const picked: Fields = {};
  for (const [key, child] of Object.entries(value)) {
    const below = set[`f:${key}`];
    const listKeys = listKeysOf(name, key);
    if (!isFields(below)) {
      continue;
    }
    if (Array.isArray(child) && listKeys && Object.keys(below).length > 0) {
      picked[key] = objectsOf(child)
        .filter(element => elementKey(element, listKeys) in below)
        .map(element =>
          pick(element, fieldsOf(below[elementKey(element, listKeys)]), key),
        );
    } else {
      picked[key] =
        isFields(child) && Object.keys(below).length > 0
          ? pick(child, below, key)
          : child;
    }
  }
  return picked;
}

export interface RecordedObject {
  /** What the server held. */
  readonly held: KubeObject;
  /** What had been applied to it, and by whom. */
  readonly applied: KubeObject;
  readonly manager: string;
  /** Whether kubectl worked out the change itself, which leaves what it applied in an annotation. */
  readonly isByClient: boolean;
}

/** The recorded objects that somebody applied, with what was applied: by the manager's own record of its fields. */
export function recordedObjects(): RecordedObject[] {
  return KINDS.flatMap(recordedOf);
}

/** Those of kinds that operators define: a server without these operators stores them, and says nothing of them. */
export function recordedCustomObjects(): RecordedObject[] {
  return CUSTOM_KINDS.flatMap(recordedOf);
}

function recordedOf(plural: string): RecordedObject[] {
  return listOf(plural).flatMap((held): RecordedObject[] => {
    const entry = objectsOf(held.metadata.managedFields).find(
      ({ operation }) => operation === 'Apply',
    );
    const { apiVersion, kind } = held;
    const { name, namespace } = held.metadata;
    const identity = { name, ...(namespace !== undefined && { namespace }) };
    if (entry) {
      const fields = pick(held, fieldsOf(entry.fieldsV1), '');
      return [
        {
          held,
          manager: String(entry.manager),
          isByClient: false,
          applied: {
            apiVersion,
            kind,
            ...fields,
            metadata: { ...fieldsOf(fields.metadata), ...identity },
          },
        },
      ];
    }
    const lastApplied =
      held.metadata.annotations?.[
        'kubectl.kubernetes.io/last-applied-configuration'
      ];
    if (lastApplied !== undefined) {
      const applied = JSON.parse(lastApplied);
      return [{ held, manager: 'kubectl', isByClient: true, applied }];
    }
    return kind === 'Namespace'
      ? [
          {
            held,
            manager: 'kubectl',
            isByClient: false,
            applied: {
              apiVersion,
              kind,
              metadata: { ...identity, labels: held.metadata.labels },
            },
          },
        ]
      : [];
  });
}
