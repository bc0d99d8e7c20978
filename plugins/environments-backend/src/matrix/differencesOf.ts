import { ConflictError, InputError } from '@backstage/errors';
import { diff, Difference } from '@envmatrix/engine';
import { manifestsOf } from './judge';
import { Computed } from './KeptMatrix';

/** Every leaf that git declares differently for two environments, classified. */
export function differencesOf(
  { matrix, input }: Computed,
  from: string,
  to: string,
): Difference[] {
  const names = matrix.environments.map(({ name }) => name);
  const unknown = [from, to].find(name => !names.includes(name));
  if (unknown !== undefined) {
    throw new InputError(
      `There is no environment '${unknown}'; there are ${
        names.join(', ') || 'none'
      }`,
    );
  }
  const manifests = input && manifestsOf(input);
  if (!input || !manifests) {
    throw new ConflictError(
      matrix.problem ??
        'What git declares for every environment has not been read, so there is nothing to compare',
    );
  }
  const { intent, now } = input;
  return diff({ intent, manifests, from, to, now });
}
