import { Observation, SourceState } from '../observations';
import { Known } from './known';

/**
 * Whether nobody but Argo CD can tell what is in a cluster: the portal has none of that name, or it needs a token of the person who looks, and
 * there was none that helped.
 */
export function isSecondHand(source: SourceState | undefined): boolean {
  return (
    source?.status === 'not-configured' ||
    (source?.needsUserToken !== undefined && source.status !== 'observed')
  );
}

/** What Argo CD says of a cluster that cannot be reached. */
export function lastKnown<T>(
  said: Known<T>,
  reason: string,
  since?: string,
): Known<T> {
  const observation: Observation = {
    status: 'stale',
    reason: `Argo CD's word, last known: ${reason}`,
    since,
  };
  return { ...said, observation };
}
