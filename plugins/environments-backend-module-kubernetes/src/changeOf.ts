import { Fact, FactKey } from '@envmatrix/backstage-plugin-environments-node';
import { z } from 'zod';
import { ClusterRequestError } from './errors';
import { WatchedKind } from './kinds';
import { WatchEvent } from './KubernetesPluginClient';
import { objectFact, objectKey, reduceObject } from './reduce';

const metadataSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string().optional(),
    namespace: z.string().optional(),
    resourceVersion: z.string().optional(),
  }),
});

const errorEventSchema = z.looseObject({
  code: z.number().default(500),
  message: z.string().default('The watch ended with an error'),
  reason: z.string().default(''),
});

/** What an event of a watch means, and the version to resume from after it. */
export type WatchedChange = { readonly resourceVersion?: string } & (
  | { readonly type: 'upsert'; readonly fact: Fact }
  | { readonly type: 'remove'; readonly key: FactKey }
  | { readonly type: 'bookmark' }
);

/** Throws a ClusterRequestError for an event that says that the watch failed. */
export function changeOf(
  kind: WatchedKind,
  { type, object: value }: WatchEvent,
): WatchedChange {
  if (type === 'ERROR') {
    const { code, message, reason } = errorEventSchema.parse(value);
    throw new ClusterRequestError({ kind: 'status', code, message, reason });
  }
  const { metadata } = metadataSchema.parse(value);
  const { name, namespace, resourceVersion } = metadata;
  if (type === 'DELETED' && name) {
    return {
      type: 'remove',
      key: objectKey(kind, { name, namespace }),
      resourceVersion,
    };
  }
  const object = type === 'BOOKMARK' ? undefined : reduceObject(kind, value);
  return object
    ? {
        type: 'upsert',
        fact: objectFact(kind, object, new Date().toISOString()),
        resourceVersion,
      }
    : { type: 'bookmark', resourceVersion };
}
