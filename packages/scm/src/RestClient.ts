import {
  AuthenticationError,
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { z } from 'zod';

/** A git host answers within a fraction of this; one that hangs must not hang a promotion. */
const TIMEOUT_MS = 15_000;

/** GitHub says `message` and `errors`; GitLab `message` (text, list or object) or `error`. */
const problemSchema = z.looseObject({
  message: z.unknown().optional(),
  error: z.unknown().optional(),
  errors: z.unknown().optional(),
});

/** What a host answered, when it was neither what was asked for nor an error that has a name. */
export class HostStatusError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
    this.name = 'HostStatusError';
  }
}

/** @internal */
export interface RestRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Requests to the REST API of one git host. Every segment of a path is encoded here, in one place: a segment that holds a
 * slash stays one segment.
 */
export class RestClient {
  readonly #host: string;
  readonly #apiUrl: string;
  readonly #headers: () => Promise<Readonly<Record<string, string>>>;
  readonly #onRequest: (() => void) | undefined;

  constructor(options: {
    host: string;
    apiUrl: string;
    headers: () => Promise<Readonly<Record<string, string>>>;
    onRequest?: () => void;
  }) {
    this.#host = options.host;
    this.#apiUrl = options.apiUrl.replace(/\/+$/, '');
    this.#headers = options.headers;
    this.#onRequest = options.onRequest;
  }

  /** The answer, or undefined when the host answers that there is none. */
  async find<T>(
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: RestRequest & { absent?: readonly number[] } = {},
  ): Promise<T | undefined> {
    try {
      return await this.send('GET', schema, segments, options);
    } catch (error) {
      const absent = options.absent ?? [];
      if (
        (error instanceof Error && error.name === 'NotFoundError') ||
        (error instanceof ConflictError && absent.includes(409)) ||
        (error instanceof HostStatusError && absent.includes(error.status))
      ) {
        return undefined;
      }
      throw error;
    }
  }

  async get<T>(
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: RestRequest = {},
  ): Promise<T> {
    return await this.send('GET', schema, segments, options);
  }

  async send<T>(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: RestRequest = {},
  ): Promise<T> {
    const response = await this.#fetch(method, segments, options);
    const text = await response.text();
    const value = text === '' ? undefined : parseJson(text);
    if (!response.ok) {
      throw this.#errorOf(response, messageOf(value), segments);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      throw new ServiceUnavailableError(
        `Git host ${this.#host} gave an answer to /${segments.join(
          '/',
        )} that is not understood: ${z.prettifyError(parsed.error)}`,
      );
    }
    return parsed.data;
  }

  async #fetch(
    method: string,
    segments: readonly string[],
    { query, body, signal }: RestRequest,
  ): Promise<Response> {
    const search = new URLSearchParams(query).toString();
    const path = segments.map(segment => encodeSegment(segment)).join('/');
    const headers = await this.#headers();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    this.#onRequest?.();
    try {
      return await fetch(
        `${this.#apiUrl}/${path}${search ? `?${search}` : ''}`,
        {
          method,
          redirect: 'manual',
          headers: {
            Accept: 'application/json',
            ...headers,
            ...(body === undefined
              ? {}
              : { 'Content-Type': 'application/json' }),
          },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        },
      );
    } catch (error) {
      signal?.throwIfAborted();
      const cause = error instanceof Error ? error.cause ?? error : error;
      throw new ServiceUnavailableError(
        timeout.aborted
          ? `Git host ${this.#host} did not answer within ${
              TIMEOUT_MS / 1000
            } s`
          : `Git host ${this.#host} cannot be reached: ${
              cause instanceof Error ? cause.message : cause
            }`,
      );
    }
  }

  #errorOf(
    response: Response,
    said: string | undefined,
    segments: readonly string[],
  ): Error {
    const { status } = response;
    const message = said ?? (response.statusText || `status ${status}`);
    if (status >= 300 && status < 400) {
      // A credential follows no redirect; GitHub answers so for what was renamed.
      return new HostStatusError(
        status,
        `Git host ${this.#host}, /${segments.join(
          '/',
        )}: has moved; use its new address`,
      );
    }
    const what = `Git host ${this.#host}, /${segments.join('/')}: ${message}`;
    // GitHub answers 403 when too much was asked for; only headers and words tell that from a right that is missing.
    if (
      status === 429 ||
      (status === 403 && isLimited(response.headers, message))
    ) {
      return new ServiceUnavailableError(
        `Git host ${this.#host} has had too many requests: ${message}${opens(
          response.headers,
        )}`,
      );
    }
    switch (status) {
      case 401:
        return new AuthenticationError(
          `Git host ${
            this.#host
          } refuses the credentials of its integration: ${message}`,
        );
      case 403:
        return new NotAllowedError(what);
      case 404:
        return new NotFoundError(what);
      case 409:
        return new ConflictError(what);
      default:
        return status >= 500
          ? new ServiceUnavailableError(what)
          : new HostStatusError(status, what);
    }
  }
}

/** The secondary limits of GitHub are told in words alone. */
function isLimited(headers: Headers, message: string): boolean {
  return (
    headers.get('x-ratelimit-remaining') === '0' ||
    headers.has('retry-after') ||
    /secondary rate limit/i.test(message)
  );
}

/** When the host answers again, in words; nothing where it does not say. */
function opens(headers: Headers): string {
  const seconds = Number(headers.get('retry-after') ?? NaN);
  if (Number.isFinite(seconds)) {
    return `; try again in ${seconds} s`;
  }
  const reset = Number(
    headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? NaN,
  );
  return Number.isFinite(reset)
    ? `; try again after ${new Date(reset * 1000).toISOString()}`
    : '';
}

/** One segment of a path, whatever it holds. A segment of dots would be taken for a way up. */
export function encodeSegment(segment: string): string {
  if (segment === '.' || segment === '..' || segment === '') {
    throw new NotAllowedError(`'${segment}' cannot be a part of an address`);
  }
  return encodeURIComponent(segment);
}

function messageOf(value: unknown): string | undefined {
  const parsed = problemSchema.safeParse(value);
  if (!parsed.success) {
    return undefined;
  }
  const { message, error, errors } = parsed.data;
  const parts = [message ?? error, errors].filter(part => part !== undefined);
  return parts.length === 0
    ? undefined
    : parts
        .map(part => (typeof part === 'string' ? part : JSON.stringify(part)))
        .join(' ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
