import { worst } from './known';
import { present } from './present';
import { EnvironmentSummary } from './types';

/** The worst first: Argo CD's words. */
const HEALTH = ['Degraded', 'Missing', 'Unknown', 'Progressing', 'Suspended'];
const SYNC = ['OutOfSync', 'Unknown'];

/** The head of one place of an environment. */
export interface PlacedSummary {
  readonly label: string;
  readonly summary: EnvironmentSummary;
}

/**
 * One head for all places of an environment: the worst of them, all of their pods, and every version that runs in one.
 */
export function mergeSummaries(
  placed: readonly [PlacedSummary, ...PlacedSummary[]],
): EnvironmentSummary {
  const [{ summary: first }] = placed;
  if (placed.length === 1) {
    return first;
  }
  const all = placed.map(({ summary }) => summary);
  const same = <K extends keyof EnvironmentSummary>(key: K) =>
    new Set(all.map(summary => summary[key])).size === 1
      ? first[key]
      : undefined;
  const worstOf = (key: 'health' | 'sync', order: readonly string[]) =>
    order.find(word => all.some(summary => summary[key] === word)) ??
    first[key];
  const told = (key: 'detail' | 'standing') => {
    const found = placed.find(({ summary }) => summary[key] !== undefined);
    return found && `${found.label}: ${found.summary[key]}`;
  };
  const {
    version: _version,
    digest: _digest,
    commit: _commit,
    since: _since,
    by: _by,
    sync: _sync,
    health: _health,
    ready: _ready,
    detail: _detail,
    standing: _standing,
    ...shared
  } = first;
  const observed = (
    key: keyof EnvironmentSummary['observations'],
  ): EnvironmentSummary['observation'] => {
    const observation = worst(all.map(({ observations }) => observations[key]));
    const place = placed.find(
      ({ summary }) => summary.observations[key] === observation,
    );
    return observation.reason === undefined || !place
      ? observation
      : { ...observation, reason: `${place.label}: ${observation.reason}` };
  };
  const observations = {
    version: observed('version'),
    sync: observed('sync'),
    health: observed('health'),
    ready: observed('ready'),
  };
  const versions = [...new Set(all.flatMap(({ version }) => version ?? []))];
  return {
    ...shared,
    ...present({
      version: versions.length > 0 ? versions.join(', ') : undefined,
      digest: same('digest'),
      commit: same('commit'),
      since: all
        .flatMap(({ since }) => since ?? [])
        .sort()
        .at(-1),
      by: first.by,
      sync: worstOf('sync', SYNC),
      health: worstOf('health', HEALTH),
      ready: sumOf(all.map(({ ready }) => ready)),
      detail: told('detail'),
      standing: told('standing'),
    }),
    observation: worst(Object.values(observations)),
    observations,
  };
}

/** `5/6` of `3/3` and `2/3`; of the places that say it. */
function sumOf(counts: readonly (string | undefined)[]): string | undefined {
  const known = counts.flatMap(count => (count === undefined ? [] : [count]));
  if (known.length === 0) {
    return undefined;
  }
  const [ready, desired] = known
    .map(count => count.split('/').map(Number))
    .reduce((sum, count) => sum.map((part, index) => part + count[index]));
  return `${ready}/${desired}`;
}
