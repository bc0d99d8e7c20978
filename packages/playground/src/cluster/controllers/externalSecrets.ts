import { createHash } from 'crypto';
import { milliseconds, type Clock, type KubeObject } from '../../core';
import { kindNamed } from '../resources';
import type { ObjectStore } from '../store';
import {
  canonicalJson,
  fieldsOf,
  isFields,
  objectsOf,
  timestamp,
  type Fields,
} from '../values';
import { conditionsNow, saysReady, type Statement } from './conditions';
import { writeSecret } from './secrets';
import { StatusController } from './StatusController';

const MANAGER = 'external-secrets';

/** Stores of a namespace: any that is well-formed can be used, whatever its address, as nothing is ever read from it. */
export function secretStoreController(
  store: ObjectStore,
  clock: Clock,
): StatusController {
  return new StatusController({
    store,
    manager: MANAGER,
    kind: 'SecretStore',
    statusOf: object => ({
      capabilities: 'ReadWrite',
      conditions: conditionsNow(
        fieldsOf(object.status).conditions,
        [
          {
            type: 'Ready',
            status: 'True',
            reason: 'Valid',
            message: 'store validated',
          },
        ],
        clock.now(),
      ),
    }),
  });
}

type Synced =
  | { readonly values: Record<string, string | undefined> }
  | { readonly problem: string };

/** The provider that an ExternalSecret reads from. A store of the whole cluster is the platform's, and taken as being there. */
function providerOf(
  store: ObjectStore,
  secret: KubeObject,
): { provider: Fields } | { problem: string } {
  const { kind = 'SecretStore', name } = fieldsOf(
    fieldsOf(secret.spec).secretStoreRef,
  );
  if (kind !== 'SecretStore') {
    return { provider: {} };
  }
  const found = store.get(
    kindNamed('SecretStore'),
    secret.metadata.namespace,
    String(name),
  );
  if (!found) {
    return {
      problem: `could not get SecretStore "${name}", secretstores.external-secrets.io "${name}" not found`,
    };
  }
  return { provider: fieldsOf(fieldsOf(found.spec).provider) };
}

/** The value of a key in a store of made-up values, or a property of it. */
function fakeValue(fake: Fields, reference: Fields): string | undefined {
  const entry = objectsOf(fake.data).find(({ key }) => key === reference.key);
  const value = typeof entry?.value === 'string' ? entry.value : undefined;
  if (value === undefined || reference.property === undefined) {
    return value;
  }
  try {
    const property = fieldsOf(JSON.parse(value))[String(reference.property)];
    return property === undefined ? undefined : String(property);
  } catch {
    return undefined;
  }
}

function readFrom(store: ObjectStore, secret: KubeObject): Synced {
  const found = providerOf(store, secret);
  if ('problem' in found) {
    return found;
  }
  const { fake } = found.provider;
  const values: Record<string, string | undefined> = {};
  for (const [index, entry] of objectsOf(
    fieldsOf(secret.spec).data,
  ).entries()) {
    const reference = fieldsOf(entry.remoteRef);
    const value = isFields(fake) ? fakeValue(fake, reference) : undefined;
    if (isFields(fake) && value === undefined) {
      return {
        problem: `error processing spec.data[${index}] (key: ${reference.key}), err: Secret does not exist`,
      };
    }
    values[String(entry.secretKey)] = value;
  }
  return { values };
}

/** `2-f7dd0a`: generation, and what of the metadata goes into the Secret. */
function versionOf({ metadata }: KubeObject): string {
  const { generation = 0, labels = {}, annotations = {} } = metadata;
  const hash = createHash('sha256')
    .update(canonicalJson({ labels, annotations }))
    .digest('hex');
  return `${generation}-${hash.slice(0, 6)}`;
}

/** Milliseconds until the store is to be asked again; undefined for one that is asked once, or was not asked yet. */
function untilRefresh(
  { spec, status }: KubeObject,
  now: number,
): number | undefined {
  const { refreshTime } = fieldsOf(status);
  const interval = milliseconds(String(fieldsOf(spec).refreshInterval ?? '0'));
  return typeof refreshTime === 'string' && interval > 0
    ? Math.max(Date.parse(refreshTime) + interval - now, 0)
    : undefined;
}

/** Secrets under the names and keys that they are asked for with; what is in them is made up. */
export function externalSecretController(
  store: ObjectStore,
  clock: Clock,
  later: (milliseconds: number, key: string) => () => void,
): StatusController {
  const ready = (secret: KubeObject, statement: Omit<Statement, 'type'>) =>
    conditionsNow(
      fieldsOf(secret.status).conditions,
      [{ type: 'Ready', ...statement }],
      clock.now(),
    );
  return new StatusController({
    store,
    manager: MANAGER,
    kind: 'ExternalSecret',
    looksAt: ['SecretStore', 'Secret'],
    again: {
      // One that failed is looked at again when its store changes.
      after: object =>
        saysReady(object) ? untilRefresh(object, clock.now()) : undefined,
      later,
    },
    statusOf: object => {
      const before = fieldsOf(object.status);
      const result = readFrom(store, object);
      if ('problem' in result) {
        const conditions = ready(object, {
          status: 'False',
          reason: 'SecretSyncedError',
          message: result.problem,
        });
        return { ...before, conditions };
      }
      const { name = object.metadata.name, creationPolicy } = fieldsOf(
        fieldsOf(object.spec).target,
      );
      const secret = String(name);
      writeSecret(store, MANAGER, {
        namespace: object.metadata.namespace,
        name: secret,
        type: 'Opaque',
        values: result.values,
        labels: {
          ...object.metadata.labels,
          'reconcile.external-secrets.io/managed': 'true',
        },
        ...(creationPolicy === 'Owner' && { owner: object }),
      });
      const syncedResourceVersion = versionOf(object);
      const isSame =
        saysReady(object) &&
        untilRefresh(object, clock.now()) !== 0 &&
        before.syncedResourceVersion === syncedResourceVersion;
      return {
        binding: { name: secret },
        conditions: ready(object, {
          status: 'True',
          reason: 'SecretSynced',
          message: 'secret synced',
        }),
        refreshTime:
          isSame && typeof before.refreshTime === 'string'
            ? before.refreshTime
            : timestamp(clock.now()),
        syncedResourceVersion,
      };
    },
  });
}
