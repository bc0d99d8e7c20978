import { ArgoPartFact } from '../observations';
import { EnvironmentInput } from './input';
import { Known } from './known';

/** Why Argo CD does not tell its clusters, or its projects, at present; undefined where it does. */
export function untold(
  { argocdUntold }: Pick<EnvironmentInput, 'argocdUntold'>,
  part: ArgoPartFact['part'],
): ArgoPartFact | undefined {
  return argocdUntold?.find(fact => fact.part === part);
}

/** What it said before is last known. Where it never said anything, nothing is: an error leaves no more than that. */
export function whileUntold<T>(
  said: Known<T>,
  fact: ArgoPartFact | undefined,
): Known<T> {
  if (
    !fact ||
    (said.value !== undefined && said.observation.status !== 'observed')
  ) {
    // The instance as a whole tells nothing, which says more.
    return said;
  }
  const { status, reason, since } = fact;
  return {
    ...said,
    observation: {
      status:
        status === 'stale' && said.value === undefined ? 'unknown' : status,
      reason,
      since,
    },
  };
}
