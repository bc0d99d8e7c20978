import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import {
  Intent,
  IntentEnvironment,
  targetsOf,
  validateIntent,
} from '@envmatrix/engine';
import { DEFAULT_KUBERNETES_VERSION } from './clusterDefaults';
import { DETAIL_DEFAULTS, positionOf } from './environmentDefaults';

/** What the review says of an environment beyond its description; empty where it has to do with nothing. */
export const DETAILS = [
  'regions',
  'kubernetes',
  'host',
  'certificate',
  'database',
  'secrets',
  'metrics',
  'alerts',
] as const;

export type Detail = (typeof DETAILS)[number];

/** A part of a sentence; the words are the caller's. */
export type DetailPart =
  | string
  | {
      readonly word:
        | 'standby'
        | 'noStandby'
        | 'page'
        | 'noPage'
        | 'vault'
        | 'fake';
    }
  | { readonly word: 'backups' | 'days'; readonly count: number }
  | { readonly word: 'certificate'; readonly issuer: Issuer };

type Issuer = NonNullable<IntentEnvironment['certificate']>;

/** How the whole is made. */
export interface ReviewFacts {
  readonly isolation: Intent['isolation'];
  readonly cloud: Intent['cloud'];
  readonly terraformFlavour: Intent['terraformFlavour'];
  readonly details: Readonly<
    Record<string, Readonly<Record<Detail, readonly DetailPart[]>>>
  >;
}

/** What the intent of a preview says beside the descriptions; undefined while it is none yet. */
export function reviewFacts({ intent }: Preview): ReviewFacts | undefined {
  const read = validateIntent(intent);
  return read.ok
    ? {
        isolation: read.intent.isolation,
        cloud: read.intent.cloud,
        terraformFlavour: read.intent.terraformFlavour,
        details: Object.fromEntries(
          read.intent.environments.map((environment, index) => [
            environment.name,
            detailsOf(read.intent, environment, index),
          ]),
        ),
      }
    : undefined;
}

function detailsOf(
  intent: Intent,
  environment: IntentEnvironment,
  index: number,
): Record<Detail, DetailPart[]> {
  const defaults = DETAIL_DEFAULTS[positionOf(environment, index)];
  const { service } = intent;
  const targets = targetsOf(environment);
  const versions = targets.map(
    ({ cluster }) =>
      intent.clusters.find(({ name }) => name === cluster)?.kubernetesVersion ??
      DEFAULT_KUBERNETES_VERSION,
  );
  const database = {
    ...defaults.database,
    ...environment.infrastructure?.database,
  };
  const { observability } = environment;
  return {
    regions:
      targets.length > 1
        ? targets.map(({ cluster, region }) =>
            region ? `${cluster} (${region})` : cluster,
          )
        : [],
    kubernetes: [...new Set(versions)],
    host: environment.host ? [environment.host] : [],
    certificate:
      service.exposure === 'none'
        ? []
        : [
            {
              word: 'certificate',
              issuer: environment.certificate ?? defaults.certificate,
            },
          ],
    database:
      service.database === 'none'
        ? []
        : [
            database.class,
            `${database.storage} GiB`,
            { word: database.multiAz ? 'standby' : 'noStandby' },
            { word: 'backups', count: database.backupDays },
          ],
    secrets:
      service.secrets === undefined || service.secrets.length === 0
        ? []
        : [{ word: environment.secrets?.strategy ?? 'vault' }],
    metrics: [
      {
        word: 'days',
        count: observability?.retentionDays ?? defaults.retentionDays,
      },
    ],
    alerts: [
      { word: observability?.paging ?? defaults.paging ? 'page' : 'noPage' },
      ...(observability?.slack ? [observability.slack] : []),
    ],
  };
}
