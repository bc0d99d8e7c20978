import {
  ConflictError,
  ServiceUnavailableError,
  isError,
} from '@backstage/errors';

/** Errors that mean to the caller what they say. */
const UNDERSTOOD = new Set([
  'ConflictError',
  'InputError',
  'NotAllowedError',
  'NotFoundError',
  'ServiceUnavailableError',
]);

/** Errors of the engine about what a repository holds. */
const ABOUT_THE_REPOSITORY = new Set(['PromotionError', 'ManifestError']);

/**
 * Asks a git host or Argo CD on the caller's behalf. That such a system refuses the portal's own token, or answers something that is
 * not understood, is no fault of the caller.
 */
export async function outside<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isError(error) && UNDERSTOOD.has(error.name)) {
      throw error;
    }
    if (isError(error) && ABOUT_THE_REPOSITORY.has(error.name)) {
      throw new ConflictError(error.message);
    }
    throw new ServiceUnavailableError(
      'The git host or Argo CD did not do what the portal asked for',
      error,
    );
  }
}
