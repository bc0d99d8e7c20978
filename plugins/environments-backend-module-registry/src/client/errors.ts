import { isError } from '@backstage/errors';
import { Observation } from '@envmatrix/engine';

/** The registry as a whole does not answer as it should: nothing is known of any image until it does. */
export class RegistryTroubleError extends Error {
  name = 'RegistryTroubleError';

  constructor(
    readonly status: Extract<
      Observation['status'],
      'unreachable' | 'timeout' | 'forbidden' | 'stale'
    >,
    message: string,
    /** How long the registry wants to be left alone, where it says so. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The registry answers, and one image cannot be read. */
export class ImageUnreadableError extends Error {
  name = 'ImageUnreadableError';
}

/** Whatever was thrown. Errors of the platform are not always instances of this realm's `Error`. */
export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
