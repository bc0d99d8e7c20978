import { ModelObject } from '../model/environmentModel';
import { objectAt, objectsAt, stringAt } from '../model/json';
import { EnvironmentView, Verdict } from './rule';
import { objectsOfKind } from './view';

const EXTERNAL_SECRET = 'external-secrets.io/ExternalSecret';
const STORES = [
  'external-secrets.io/SecretStore',
  'external-secrets.io/ClusterSecretStore',
];

interface Entry {
  readonly key: string;
  readonly path: readonly string[];
  readonly store: string;
}

/**
 * Keys that begin with the mount that their store gives already. External Secrets takes the mount off such a key, so that
 * what is read is not what is written: with the mount `dev`, `dev/checkout` is `checkout`.
 */
export function repeatedMounts(environment: EnvironmentView): Verdict[] {
  const mounts = new Map<string, string>(
    objectsOfKind(environment, ...STORES).flatMap(({ source }) => {
      const mount = stringAt(source.value, 'spec', 'provider', 'vault', 'path');
      return mount === undefined
        ? []
        : [[`${source.kind} ${source.name}`, mount] as const];
    }),
  );
  return objectsOfKind(environment, EXTERNAL_SECRET).flatMap(secret => {
    const seen = new Set<string>();
    return entriesOf(secret).flatMap(({ key, path, store }): Verdict[] => {
      const mount = mounts.get(store);
      if (
        mount === undefined ||
        !key.startsWith(`${mount}/`) ||
        seen.has(key)
      ) {
        return [];
      }
      seen.add(key);
      return [
        {
          outcome: 'warn',
          environments: [environment.name],
          subject: secret.subject,
          path,
          reason: `${key} begins with ${mount}, the mount that ${store} gives already: what is read is ${key.slice(
            mount.length + 1,
          )}`,
          remedy:
            'Give the path below the mount alone; where a path must begin with the name of its mount, use another mount.',
        },
      ];
    });
  });
}

/** What a secret reads, and through which store: the one for all of its entries, or one of the entry's own. */
function entriesOf({ source }: ModelObject): Entry[] {
  const { value } = source;
  const storeOf = (entry: unknown) => {
    const reference = [
      objectAt(entry, 'sourceRef', 'storeRef'),
      objectAt(value, 'spec', 'secretStoreRef'),
    ].find(candidate => stringAt(candidate, 'name') !== undefined);
    return `${stringAt(reference, 'kind') ?? 'SecretStore'} ${stringAt(
      reference,
      'name',
    )}`;
  };
  const read = (
    entry: unknown,
    place: readonly string[],
    ...at: readonly string[]
  ): Entry[] => {
    const key = stringAt(entry, ...at);
    return key === undefined
      ? []
      : [{ key, path: [...place, ...at], store: storeOf(entry) }];
  };
  return [
    ...objectsAt(value, 'spec', 'data').flatMap((entry, index) =>
      read(
        entry,
        ['spec', 'data', stringAt(entry, 'secretKey') ?? String(index)],
        'remoteRef',
        'key',
      ),
    ),
    ...objectsAt(value, 'spec', 'dataFrom').flatMap((entry, index) => [
      ...read(entry, ['spec', 'dataFrom', String(index)], 'extract', 'key'),
      ...read(entry, ['spec', 'dataFrom', String(index)], 'find', 'path'),
    ]),
  ];
}
