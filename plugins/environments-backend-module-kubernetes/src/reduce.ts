import { KubernetesObject } from '@envmatrix/engine';
import { Fact, FactKinds } from '@envmatrix/backstage-plugin-environments-node';
import { JsonValue } from '@backstage/types';
import { z } from 'zod';
import { apiVersionOf, groupKindOf, WatchedKind } from './kinds';

/** Copies of the whole object that clients leave behind; they would carry what is masked below. */
const DROPPED_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/** A value longer than this is no fact about an environment. */
const MAX_ANNOTATION = 1024;

/** Names of variables and headers whose literal value must not be stored: a secret may have been written there by mistake. */
const SECRET_NAME =
  /(^|[-_])(pass|passwd|password|pwd|secret|token|credentials?|private[-_]?key|(api|access|secret|signing|encryption)[-_]?key|authorization|cookie)([-_]|$)/i;
export const MASKED = '***';

/** The password in `postgres://user:password@host`. */
const URL_PASSWORD = /(:\/\/[^/\s:@]*:)[^/\s@]+@/g;

const stringMap = z.record(z.string(), z.string());

const objectSchema = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    generation: z.number().optional(),
    creationTimestamp: z.string().optional(),
    deletionTimestamp: z.string().optional(),
    labels: stringMap.optional(),
    annotations: stringMap.optional(),
    ownerReferences: z
      .array(
        z.looseObject({
          kind: z.string(),
          name: z.string(),
          uid: z.string(),
          controller: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
});

/** An object of the API server, as `spec`, `status` and the metadata that the engine reads; undefined for what is no object. */
export function reduceObject(
  kind: WatchedKind,
  value: unknown,
): KubernetesObject | undefined {
  const parsed = objectSchema.safeParse(value);
  if (!parsed.success) {
    return undefined;
  }
  const { metadata, ...rest } = parsed.data;
  const keep = kind.keep;
  return {
    // Items of a list have neither.
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      name: metadata.name,
      ...pick(metadata, [
        'namespace',
        'uid',
        'generation',
        'creationTimestamp',
        'deletionTimestamp',
        'labels',
      ]),
      ...(metadata.annotations
        ? { annotations: reduceAnnotations(metadata.annotations) }
        : {}),
      ...(metadata.ownerReferences
        ? {
            ownerReferences: metadata.ownerReferences.map(
              ({ kind: ownerKind, name, uid, controller }) => ({
                kind: ownerKind,
                name,
                uid,
                ...(controller ? { controller } : {}),
              }),
            ),
          }
        : {}),
    },
    ...(isRecord(rest.spec)
      ? {
          spec: maskSecrets(
            keep?.spec ? pick(rest.spec, keep.spec) : rest.spec,
          ),
        }
      : {}),
    ...(isRecord(rest.status)
      ? {
          status: keep?.status ? pick(rest.status, keep.status) : rest.status,
        }
      : {}),
    ...pick(rest, keep?.fields ?? []),
  };
}

/** The fact about an object. */
export function objectFact(
  kind: WatchedKind,
  object: KubernetesObject,
  observedAt: string,
): Fact {
  return {
    ...objectKey(kind, object.metadata),
    labels: object.metadata.labels,
    value: JSON.parse(JSON.stringify(object)) as JsonValue,
    observedAt,
  };
}

export function objectKey(
  kind: WatchedKind,
  metadata: { name: string; namespace?: string },
) {
  return {
    kind: FactKinds.object,
    scope: metadata.namespace ?? '',
    name: `${groupKindOf(kind)}/${metadata.name}`,
  };
}

function reduceAnnotations(
  annotations: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([name, value]) =>
        !DROPPED_ANNOTATIONS.has(name) && value.length <= MAX_ANNOTATION,
    ),
  );
}

function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(maskSecrets);
  }
  if (!isRecord(value)) {
    return value;
  }
  if (typeof value.name === 'string' && typeof value.value === 'string') {
    return {
      ...value,
      value: SECRET_NAME.test(value.name)
        ? MASKED
        : value.value.replace(URL_PASSWORD, `$1${MASKED}@`),
    };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, maskSecrets(entry)]),
  );
}

function pick(
  value: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    names
      .filter(name => value[name] !== undefined)
      .map(name => [name, value[name]]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
