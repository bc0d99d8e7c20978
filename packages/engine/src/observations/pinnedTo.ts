import { ApplicationFact } from './facts';

/**
 * The commit that an Application is pinned to, in place of a branch that it follows: a full SHA in `targetRevision`.
 *
 * @public
 */
export function pinnedTo({
  sources,
}: Pick<ApplicationFact, 'sources'>): string | undefined {
  return sources
    .map(({ targetRevision }) => targetRevision)
    .find(target => target !== undefined && /^[0-9a-f]{40,64}$/.test(target));
}
