import { createHash } from 'crypto';
import {
  AuthenticationError,
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  GiteaIntegrationConfig,
  getGiteaRequestOptions,
} from '@backstage/integration';
import { z } from 'zod';

/** A git host answers within a fraction of this; one that hangs must not hang a promotion. */
const TIMEOUT_MS = 15_000;

const problemSchema = z.looseObject({ message: z.string() });

/** What the host answered, when it was neither what was asked for nor an error that has a name. */
export class GiteaStatusError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What the host said, without the place where it said so. */
    readonly said: string,
  ) {
    super(message);
    this.name = 'GiteaStatusError';
  }
}

/**
 * Requests to the REST API of one Gitea. Every path segment and query value is encoded here, in one place.
 */
export class GiteaClient {
  readonly #config: GiteaIntegrationConfig;
  onRequest?: () => void;

  constructor(config: GiteaIntegrationConfig) {
    this.#config = config;
  }

  get host(): string {
    return this.#config.host;
  }

  get baseUrl(): string {
    return this.#config.baseUrl ?? `https://${this.#config.host}`;
  }

  /** User and password for git over HTTP. */
  get gitCredentials(): { username?: string; password?: string } {
    return { username: this.#config.username, password: this.#config.password };
  }

  /** The answer, or undefined on 404. */
  async find<T>(
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: RequestOptions = {},
  ): Promise<T | undefined> {
    const response = await this.#send('GET', segments, options);
    if (response.status === 404) {
      await response.text();
      return undefined;
    }
    return await this.#parse(schema, response, segments);
  }

  async get<T>(
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: RequestOptions = {},
  ): Promise<T> {
    return await this.#parse(
      schema,
      await this.#send('GET', segments, options),
      segments,
    );
  }

  async send<T>(
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: RequestOptions = {},
  ): Promise<T> {
    return await this.#parse(
      schema,
      await this.#send(method, segments, options),
      segments,
    );
  }

  /** A page for a person. */
  page(...segments: readonly string[]): string {
    return `${this.baseUrl}/${segments.map(encodePath).join('/')}`;
  }

  async #send(
    method: string,
    segments: readonly string[],
    options: RequestOptions,
  ): Promise<Response> {
    const query = new URLSearchParams(options.query).toString();
    const url = `${this.baseUrl}/api/v1/${segments.map(encodePath).join('/')}${
      query ? `?${query}` : ''
    }`;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    this.onRequest?.();
    try {
      return await fetch(url, {
        method,
        redirect: 'error',
        headers: {
          ...getGiteaRequestOptions(this.#config).headers,
          ...(options.body === undefined
            ? {}
            : { 'Content-Type': 'application/json' }),
        },
        body:
          options.body === undefined ? undefined : JSON.stringify(options.body),
        signal: options.signal
          ? AbortSignal.any([options.signal, timeout])
          : timeout,
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (timeout.aborted) {
        throw new ServiceUnavailableError(
          `Git host ${this.host} did not answer within ${TIMEOUT_MS / 1000} s`,
        );
      }
      throw new ServiceUnavailableError(
        `Git host ${this.host} cannot be reached: ${connectionReason(error)}`,
      );
    }
  }

  async #parse<T>(
    schema: z.ZodType<T>,
    response: Response,
    segments: readonly string[],
  ): Promise<T> {
    const text = await response.text();
    const value = text === '' ? undefined : parseJson(text);
    if (!response.ok) {
      throw this.#errorOf(
        response.status,
        problemSchema.safeParse(value).data?.message ?? response.statusText,
        segments,
      );
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      throw new ServiceUnavailableError(
        `Git host ${this.host} gave an answer to /${segments.join(
          '/',
        )} that is not understood: ${z.prettifyError(parsed.error)}`,
      );
    }
    return parsed.data;
  }

  #errorOf(
    status: number,
    message: string,
    segments: readonly string[],
  ): Error {
    const what = `Git host ${this.host}, /${segments.join('/')}: ${message}`;
    switch (status) {
      case 401:
        return new AuthenticationError(
          `Git host ${this.host} refuses the credentials of its integration: ${message}`,
        );
      case 403:
        return new NotAllowedError(what);
      case 404:
        return new NotFoundError(what);
      case 409:
        return new ConflictError(what);
      case 500:
      case 502:
      case 503:
      case 504:
        return new ServiceUnavailableError(what);
      default:
        return new GiteaStatusError(status, what, message);
    }
  }
}

/** @internal */
export interface RequestOptions {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** The id that git gives to a file of this text: the optimistic lock of Gitea's contents API. */
export function blobSha(text: string): string {
  const content = Buffer.from(text, 'utf8');
  return createHash('sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex');
}

/** Encodes each part of a path, so that `a/../b` cannot climb and `?` cannot start a query. */
export function encodePath(path: string): string {
  return path
    .split('/')
    .map(part => {
      if (part === '.' || part === '..') {
        throw new NotAllowedError(`'${path}' is not a path of a repository`);
      }
      return encodeURIComponent(part);
    })
    .join('/');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function connectionReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) {
    return cause.errors[0].message;
  }
  return cause instanceof Error ? cause.message : String(error);
}
