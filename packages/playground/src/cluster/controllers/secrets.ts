import { randomBytes } from 'crypto';
import type { KubeObject } from '../../core';
import { fieldSet, ownableFields, type Writer } from '../managedFields';
import { kindNamed } from '../resources';
import type { ObjectStore } from '../store';
import { fieldsOf } from '../values';

/** Something that nobody knows, and nobody needs to: the clusters of the playground have no use for it. */
export const madeUp = (): string => randomBytes(18).toString('base64url');

/** The reference of an object to the one that it belongs to. */
export function ownedBy({
  apiVersion,
  kind,
  metadata: { name, uid = '' },
}: KubeObject) {
  return {
    apiVersion,
    kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export interface SecretContent {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly type: string;
  /** Values by their keys; undefined for one that is to stay as it is, or to be made up. */
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: KubeObject;
}

/** Writes a Secret. A value that is not given is the one that was there before, or one that is made up. */
export function writeSecret(
  store: ObjectStore,
  manager: string,
  { namespace, name, type, values, labels, owner }: SecretContent,
): void {
  const before = store.get(kindNamed('Secret'), namespace, name);
  const known = fieldsOf(before?.data);
  const data = Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const present = value === undefined ? known[key] : undefined;
      return [
        key,
        typeof present === 'string'
          ? present
          : Buffer.from(value ?? madeUp()).toString('base64'),
      ];
    }),
  );
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...before?.metadata,
      name,
      namespace,
      ...(labels && { labels: { ...before?.metadata.labels, ...labels } }),
      ...(owner && { ownerReferences: [ownedBy(owner)] }),
    },
    type,
    data,
  };
  const writer: Writer = { manager, operation: 'Update' };
  store.write(secret, writer, fieldSet(ownableFields(secret)));
}
