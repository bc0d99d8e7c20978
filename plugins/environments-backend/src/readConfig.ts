import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { Intent } from '@envmatrix/engine';
import { EnvironmentDefinition } from './matrix/inferIntent';

/** The template of this suite; a fork names its own. */
const DEFAULT_TEMPLATE = 'template:default/multi-environment-service';

const DEFAULT_TRACKING_INTERVAL_MS = 15_000;

export interface EnvironmentsConfig {
  readonly trackingIntervalMs: number;
  /** Undefined: for ever. */
  readonly historyRetentionMs?: number;
  /** In promotion order. */
  readonly definitions: readonly EnvironmentDefinition[];
  readonly previewTemplate: string;
  /** Of addresses of people whose own one is not known. */
  readonly emailDomain: string;
  /** Exceptions of the whole organisation, beside those of every intent. */
  readonly exceptions: Intent['parity']['allow'];
}

/** Reads what `config.d.ts` describes. */
export function readConfig(config: Config): EnvironmentsConfig {
  const retention = durationOf(config, 'environments.history.retention');
  const baseUrl =
    config.getOptionalString('app.baseUrl') ??
    config.getOptionalString('backend.baseUrl');
  return {
    trackingIntervalMs:
      durationOf(config, 'environments.tracking.interval') ??
      DEFAULT_TRACKING_INTERVAL_MS,
    ...(retention === undefined ? {} : { historyRetentionMs: retention }),
    definitions: (
      config.getOptionalConfigArray('environments.definitions') ?? []
    ).map(readDefinition),
    exceptions: (
      config.getOptionalConfigArray('environments.parity.allow') ?? []
    ).map(readException),
    previewTemplate:
      config.getOptionalString('environments.preview.template') ??
      DEFAULT_TEMPLATE,
    emailDomain: baseUrl ? new URL(baseUrl).hostname : 'localhost',
  };
}

function readDefinition(config: Config): EnvironmentDefinition {
  const instance = config.getOptionalString('argocd.instance');
  const destination = config.getOptionalString('argocd.destination');
  const title = config.getOptionalString('title');
  return {
    name: config.getString('name'),
    ...(title === undefined ? {} : { title }),
    kind: oneOf(config, 'kind', ['non-production', 'production']),
    cluster: config.getString('cluster'),
    namespace: config.getString('namespace'),
    ...(instance === undefined
      ? {}
      : {
          argocd: {
            instance,
            ...(destination === undefined ? {} : { destination }),
          },
        }),
    sync: oneOf(config, 'sync', ['automatic', 'manual']),
  };
}

/** The first one where nothing is said. */
function oneOf<T extends string>(
  config: Config,
  key: string,
  values: readonly [T, ...T[]],
): T {
  const text = config.getOptionalString(key) ?? values[0];
  const value = values.find(candidate => candidate === text);
  if (value === undefined) {
    throw new InputError(
      `environments.definitions: ${key} is '${text}', and must be one of ${values.join(
        ', ',
      )}`,
    );
  }
  return value;
}

function durationOf(config: Config, key: string): number | undefined {
  return config.has(key)
    ? durationToMilliseconds(readDurationFromConfig(config, { key }))
    : undefined;
}

/** @throws Error that names the key, for an entry that selects nothing or has no reason. */
function readException(config: Config): Intent['parity']['allow'][number] {
  const entry = {
    rule: config.getOptionalString('rule'),
    subject: config.getOptionalString('subject'),
    pointer: config.getOptionalString('pointer'),
    environments: config.getOptionalStringArray('environments'),
    reason: config.getString('reason'),
    expires: config.getOptionalString('expires'),
  };
  if (!entry.rule && !entry.subject && !entry.pointer) {
    throw new InputError(
      'environments.parity.allow: every entry must select what it allows, by rule, subject or pointer',
    );
  }
  if (entry.expires !== undefined && Number.isNaN(Date.parse(entry.expires))) {
    throw new InputError(
      `environments.parity.allow: expires is '${entry.expires}'; it must be an ISO date such as 2027-01-31`,
    );
  }
  return entry;
}
