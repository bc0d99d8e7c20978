import { isError } from '@backstage/errors';
import { Observation } from '@envmatrix/engine';

/** The instance accepted a request and gave no answer, or stopped in the middle of one. */
export class ArgoCdTimeoutError extends Error {
  name = 'ArgoCdTimeoutError';
}

/** What the instance answered, when it has no better name. */
export class ArgoCdStatusError extends Error {
  name = 'ArgoCdStatusError';

  constructor(
    readonly status: number,
    message: string,
    /** How long the instance wants to be left alone, where it says so. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The instance answered, and the answer is of no use: cut off, not JSON, of another shape, or without an end. */
export class ArgoCdAnswerError extends Error {
  name = 'ArgoCdAnswerError';
}

/** What a failure says of the instance as a source. */
export function observationOf(error: unknown): Observation {
  const { name, message } = toError(error);
  switch (name) {
    case 'ServiceUnavailableError':
      return { status: 'unreachable', reason: message };
    case 'ArgoCdTimeoutError':
      return { status: 'timeout', reason: message };
    case 'AuthenticationError':
    case 'NotAllowedError':
      return { status: 'forbidden', reason: message };
    default:
      // It is there and says nothing that can be used: what it said last stays, with its age.
      return { status: 'stale', reason: message };
  }
}

/** How long the instance wants to be left alone. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof ArgoCdStatusError ? error.retryAfterMs : undefined;
}

/** Whatever was thrown. Errors of the platform are not always instances of this realm's `Error`. */
export function toError(error: unknown): { name: string; message: string } {
  return isError(error) ? error : new Error(String(error));
}
