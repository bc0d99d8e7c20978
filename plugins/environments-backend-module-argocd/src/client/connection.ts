import {
  InputError,
  isError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { Agent, fetch, Response } from 'undici';
import { ArgoCdInstance } from '../readInstances';

/** Sends one request. Every path segment and query value is encoded here, in one place. */
export type Send = (
  segments: readonly string[],
  options: {
    method: 'GET' | 'POST';
    query?: Readonly<Record<string, string>>;
    body?: unknown;
    token?: string;
    signal: AbortSignal;
  },
) => Promise<Response>;

/** Connects to an instance as its configuration wants it, also where that differs from the others'. */
export function connect(instance: ArgoCdInstance, connectMs: number): Send {
  const { ca, rejectUnauthorized } = instance.tls;
  // A quiet stream is silent for a long time, its headers included: time-outs are the requests' own.
  const dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: connectMs,
      rejectUnauthorized,
      ...(ca ? { ca } : {}),
    },
  });
  return async (segments, { method, query, body, token, signal }) => {
    const search = new URLSearchParams(query).toString();
    const path = segments.map(encoded).join('/');
    return await fetch(`${instance.url}/${path}${search ? `?${search}` : ''}`, {
      method,
      // Whom an instance sends us to must not get its token.
      redirect: 'manual',
      headers: {
        Accept: 'application/json',
        // Without it every request that changes something is refused, also one without a body.
        ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      dispatcher,
      signal,
    });
  };
}

/** A name stays within its place: two dots would lead out of it, also when they are encoded. */
function encoded(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new InputError(`'${segment}' is not a name`);
  }
  return encodeURIComponent(segment);
}

const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/** Whether nobody even accepted the connection in time. */
export function isConnectTimeout(error: unknown): boolean {
  return codeOf(error) === CONNECT_TIMEOUT;
}

/** A connection that was refused, or that broke, by its name. */
export function unreachable(
  instance: string,
  error: TypeError,
): ServiceUnavailableError {
  const { cause } = error;
  const reason = isError(cause) ? cause.message || cause.name : error.message;
  const code = codeOf(error);
  return new ServiceUnavailableError(
    `Argo CD ${instance} cannot be reached: ${reason}${
      code && !reason.includes(code) ? ` (${code})` : ''
    }`,
  );
}

function codeOf(error: unknown): string | undefined {
  const cause = isError(error) ? error.cause : undefined;
  return isError(cause) && cause.code !== undefined
    ? String(cause.code)
    : undefined;
}
