import { Response } from 'undici';
import { ByteBudget } from './ByteBudget';
import { ClusterFailure, ClusterRequestError } from './errors';

/** A page refers to a version that the cluster has forgotten meanwhile. */
export class ExpiredPageError extends ClusterRequestError {}

/** A body, as long as it is no longer than an answer can be; the rest of a longer one is not read. */
export async function textOf(
  response: Response,
  what: string,
  maxBytes: number,
  budget?: ByteBudget,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    if (bytes + chunk.byteLength > maxBytes) {
      budget?.giveBack(bytes);
      throw notUnderstood(`${what} is longer than ${mebibytes(maxBytes)}`);
    }
    if (budget?.take(chunk.byteLength) === false) {
      budget.giveBack(bytes);
      throw notUnderstood(
        `${what} does not fit into the ${mebibytes(
          budget.total,
        )} that are read in one look`,
      );
    }
    bytes += chunk.byteLength;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function mebibytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}

/** Errors of the network, as failures; what was given up on purpose stays as it is. */
export function failed(
  cluster: string,
  error: unknown,
  signal: AbortSignal,
): unknown {
  if (error instanceof ClusterRequestError || signal.aborted) {
    return error;
  }
  const cause =
    error instanceof Error && error.cause instanceof Error
      ? error.cause.message || error.cause.name
      : String(error);
  return new ClusterRequestError({
    kind: 'unreachable',
    message: `The connection to cluster ${cluster} through the Kubernetes plugin failed: ${cause}`,
  });
}

const NOT_UNDERSTOOD = 'NotUnderstood';

/** The cluster answered, and with what is none of the answers that there are. */
export function notUnderstood(message: string): ClusterRequestError {
  return new ClusterRequestError({
    kind: 'status',
    code: 502,
    reason: NOT_UNDERSTOOD,
    message,
  });
}

export function isNotUnderstood(failure: ClusterFailure): boolean {
  return failure.kind === 'status' && failure.reason === NOT_UNDERSTOOD;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
