import { KubernetesObject } from '../../observations';
import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import { Reading, RowDefinition } from './RowDefinition';
import { field, isRecord, joined, listOf } from './values';

const OF_ONE_ALONE = {
  kind: 'measured',
  reason: 'It tells of one environment alone',
} as const;

/**
 * Whether secrets are where they are asked for, by their names and never by their values, and until when certificates hold. A row is
 * there when any environment has what it tells of.
 */
export function secretRows(
  states: readonly EnvironmentState[],
): RowDefinition[] {
  const whenAny = (kind: string, rows: readonly RowDefinition[]) =>
    states.some(state => (state.objects(kind).value ?? []).length > 0)
      ? rows
      : [];
  return [
    ...whenAny('ExternalSecret', [
      {
        id: 'secrets.keys',
        group: 'secrets',
        title: 'Secrets',
        comparison: {
          kind: 'declared',
          subject: 'external-secrets.io/ExternalSecret',
          pointers: [''],
        },
        read: state => ({
          known: map(state.objects('ExternalSecret'), keysOf, 'No keys'),
        }),
      },
      {
        id: 'secrets.synced',
        group: 'secrets',
        title: 'Secrets synced',
        comparison: OF_ONE_ALONE,
        read: state => readinessReading(state, 'ExternalSecret', 'Synced'),
      },
    ]),
    ...whenAny('SecretStore', [
      {
        id: 'secrets.store',
        group: 'secrets',
        title: 'Secret store',
        comparison: {
          kind: 'declared',
          subject: 'external-secrets.io/SecretStore',
          pointers: [''],
        },
        read: state => ({
          ...readinessReading(state, 'SecretStore', ''),
          known: map(state.objects('SecretStore'), storesOf),
        }),
      },
    ]),
    ...whenAny('Certificate', [
      {
        id: 'secrets.issuer',
        group: 'secrets',
        title: 'Certificate signed by',
        comparison: {
          kind: 'measured',
          reason: 'Certificates are signed for each environment by itself',
        },
        read: state => ({
          known: map(state.objects('Certificate'), objects =>
            textOf(objects, ({ spec }) => {
              const issuer = isRecord(spec) ? spec.issuerRef : undefined;
              const name = field(issuer, 'name');
              return name && `${field(issuer, 'kind') ?? 'Issuer'} ${name}`;
            }),
          ),
        }),
      },
      {
        id: 'secrets.expiry',
        group: 'secrets',
        title: 'Certificate expires',
        comparison: {
          kind: 'measured',
          reason: 'Certificates are renewed one after the other',
        },
        read: state => ({
          ...readinessReading(state, 'Certificate', ''),
          known: map(state.objects('Certificate'), firstExpiry),
        }),
      },
    ]),
  ];
}

function textOf(
  objects: readonly KubernetesObject[],
  read: (object: KubernetesObject) => string | undefined,
): string | undefined {
  const texts = objects.flatMap(object => read(object) ?? []);
  return joined([...new Set(texts)].sort(), ', ');
}

function keysOf(objects: readonly KubernetesObject[]): string | undefined {
  const keys = objects.flatMap(({ spec }) =>
    listOf(isRecord(spec) ? spec.data : undefined).flatMap(
      entry => field(entry, 'secretKey') ?? [],
    ),
  );
  return joined([...new Set(keys)].sort(), ', ');
}

/** The first to expire is the one that matters; one that was never issued comes before all. */
function firstExpiry(objects: readonly KubernetesObject[]): string | undefined {
  const dates = objects.map(({ status }) => field(status, 'notAfter'));
  return dates.includes(undefined)
    ? 'not issued'
    : dates.map(String).sort().at(0)?.slice(0, 10);
}

/** `vault https://vault.example.com`: what kind of store it is, and where. */
function storesOf(objects: readonly KubernetesObject[]): string | undefined {
  return textOf(objects, ({ spec }) => {
    const provider = isRecord(spec) ? spec.provider : undefined;
    const [entry] = Object.entries(isRecord(provider) ? provider : {});
    return (
      entry && joined([entry[0], field(entry[1], 'server') ?? []].flat(), ' ')
    );
  });
}

/** How many say that they are ready, and what the first one says that is not. */
function readinessReading(
  state: EnvironmentState,
  kind: string,
  word: string,
): Reading {
  const objects = state.objects(kind);
  const conditions = (objects.value ?? []).map(({ status }) =>
    listOf(isRecord(status) ? status.conditions : undefined).find(
      condition => field(condition, 'type') === 'Ready',
    ),
  );
  const troubled = conditions.filter(
    condition => field(condition, 'status') !== 'True',
  );
  const failed = troubled.find(
    condition => field(condition, 'status') === 'False',
  );
  const total = conditions.length;
  const trouble = failed ? 'degraded' : 'progressing';
  return {
    known: map(objects, () =>
      troubled.length === 0 ? word : `${total - troubled.length} of ${total}`,
    ),
    state: troubled.length > 0 ? trouble : undefined,
    detail: field(failed, 'message'),
  };
}
