import { Observation, Provenance, SourceState } from '../observations';

/**
 * A value together with whether it is known, and where it comes from.
 */
export interface Known<T> {
  readonly observation: Observation;
  readonly value?: T;
  readonly provenance?: Provenance;
}

/**
 * What a source that was asked for something says: seen, not there, or why nobody can tell. A value that was seen before an outage stays, and says
 * that it is last known.
 */
export function known<T>(
  source: SourceState | undefined,
  value: T | undefined,
  options: {
    absent: string;
    observedAt?: string;
    link?: string;
    location?: string;
  },
): Known<T> {
  if (!source) {
    return {
      observation: {
        status: 'not-configured',
        reason: 'No source is configured that could tell',
      },
    };
  }
  const provenance =
    options.observedAt === undefined
      ? undefined
      : {
          source: `${source.kind}/${source.name}`,
          observedAt: options.observedAt,
          link: options.link,
          location: options.location,
        };
  if (source.status !== 'observed') {
    return {
      observation: {
        status: source.status,
        reason: source.reason,
        since: source.since,
      },
      ...(value === undefined ? {} : { value }),
      ...(provenance ? { provenance } : {}),
    };
  }
  if (value === undefined) {
    return {
      observation: { status: 'absent', reason: options.absent },
      ...(provenance ? { provenance } : {}),
    };
  }
  return {
    observation: { status: 'observed' },
    value,
    ...(provenance ? { provenance } : {}),
  };
}

export function map<T, U>(
  input: Known<T>,
  change: (value: T) => U | undefined,
  absent?: string,
): Known<U> {
  const { value, ...rest } = input;
  const changed = value === undefined ? undefined : change(value);
  if (
    changed === undefined &&
    value !== undefined &&
    input.observation.status === 'observed'
  ) {
    return {
      ...rest,
      observation: {
        status: 'absent',
        reason: absent ?? 'It says nothing of it',
      },
    };
  }
  return changed === undefined ? rest : { ...rest, value: changed };
}

const ORDER: readonly Observation['status'][] = [
  'observed',
  'absent',
  'stale',
  'not-configured',
  'unknown',
  'forbidden',
  'timeout',
  'unreachable',
];

/** The one that knows least. */
export function worst(observations: readonly Observation[]): Observation {
  return observations.reduce((left, right) =>
    ORDER.indexOf(right.status) > ORDER.indexOf(left.status) ? right : left,
  );
}
