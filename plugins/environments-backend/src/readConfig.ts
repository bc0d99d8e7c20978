import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';

/** The template of this suite; a fork names its own. */
const DEFAULT_TEMPLATE = 'template:default/multi-environment-service';

const DEFAULT_TRACKING_INTERVAL_MS = 15_000;

export interface EnvironmentsConfig {
  readonly trackingIntervalMs: number;
  /** Undefined: for ever. */
  readonly historyRetentionMs?: number;
  readonly previewTemplate: string;
  /** Of addresses of people whose own one is not known. */
  readonly emailDomain: string;
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
    previewTemplate:
      config.getOptionalString('environments.preview.template') ??
      DEFAULT_TEMPLATE,
    emailDomain: baseUrl ? new URL(baseUrl).hostname : 'localhost',
  };
}

function durationOf(config: Config, key: string): number | undefined {
  return config.has(key)
    ? durationToMilliseconds(readDurationFromConfig(config, { key }))
    : undefined;
}
