import {
  AuthenticationError,
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { Agent, fetch, Response } from 'undici';
import { z } from 'zod';
import { ArgoCdInstance } from './readInstances';

/** Lists of thousands of applications take seconds; an instance that hangs answers nothing at all. */
const TIMEOUT_MS = 8_000;

const problemSchema = z.looseObject({
  message: z.string().optional(),
  error: z.string().optional(),
});

const sessionSchema = z.looseObject({ token: z.string() });

/** The instance accepted a request and gave no answer. */
export class ArgoCdTimeoutError extends Error {
  name = 'ArgoCdTimeoutError';
}

/** What the instance answered, when it has no better name. */
export class ArgoCdStatusError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
    this.name = 'ArgoCdStatusError';
  }
}

export interface ArgoCdRequest {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Requests to one Argo CD instance. Every path segment and query value is encoded here, in one place.
 */
export class ArgoCdClient {
  readonly #instance: ArgoCdInstance;
  /** A quiet stream is silent for a long time, its headers included. */
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  #session: Promise<string> | undefined;

  constructor(options: { instance: ArgoCdInstance; timeoutMs?: number }) {
    this.#instance = options.instance;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const { ca, rejectUnauthorized } = options.instance.tls;
    this.#agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { rejectUnauthorized, ...(ca ? { ca } : {}) },
    });
  }

  async get<T>(
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: ArgoCdRequest = {},
  ): Promise<T> {
    return await this.#json('GET', schema, segments, options);
  }

  async post<T>(
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: ArgoCdRequest = {},
  ): Promise<T> {
    return await this.#json('POST', schema, segments, { body: {}, ...options });
  }

  /** The lines of a stream, until the server or the signal ends it. `onOpen` is called with the response's headers, which come with the first line. */
  async *stream(
    segments: readonly string[],
    options: {
      query?: Record<string, string>;
      signal: AbortSignal;
      onOpen?: () => void;
    },
  ): AsyncGenerator<unknown> {
    const { signal } = options;
    try {
      const response = await this.#authorized('GET', segments, options, signal);
      options.onOpen?.();
      const decoder = new TextDecoder();
      let rest = '';
      for await (const chunk of response.body ?? []) {
        rest += decoder.decode(chunk, { stream: true });
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.trim() !== '') {
            yield JSON.parse(line);
          }
        }
      }
    } catch (error) {
      throw this.#named(error, signal);
    }
  }

  async #json<T>(
    method: string,
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: ArgoCdRequest,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const signal = options.signal
      ? AbortSignal.any([options.signal, timeout])
      : timeout;
    try {
      const response = await this.#authorized(
        method,
        segments,
        options,
        signal,
      );
      const parsed = schema.safeParse(await response.json());
      if (!parsed.success) {
        throw new ArgoCdStatusError(
          502,
          `Argo CD ${this.#instance.name}, /${segments.join(
            '/',
          )}: the answer is not understood: ${z.prettifyError(parsed.error)}`,
        );
      }
      return parsed.data;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (timeout.aborted) {
        throw new ArgoCdTimeoutError(
          `Argo CD ${this.#instance.name} did not answer within ${
            this.#timeoutMs / 1000
          } s`,
        );
      }
      throw this.#named(error, options.signal);
    }
  }

  /** A session that has ended is renewed once. */
  async #authorized(
    method: string,
    segments: readonly string[],
    options: ArgoCdRequest,
    signal: AbortSignal,
  ): Promise<Response> {
    const response = await this.#send(method, segments, options, signal);
    if (
      response.status === 401 &&
      this.#instance.credentials.kind === 'password'
    ) {
      await response.text();
      this.#session = undefined;
      return await this.#checked(
        await this.#send(method, segments, options, signal),
        segments,
      );
    }
    return await this.#checked(response, segments);
  }

  async #send(
    method: string,
    segments: readonly string[],
    options: ArgoCdRequest,
    signal: AbortSignal,
  ): Promise<Response> {
    const query = new URLSearchParams(options.query).toString();
    const token = await this.#token(signal);
    return await fetch(
      `${this.#instance.url}/${segments.map(encodeURIComponent).join('/')}${
        query ? `?${query}` : ''
      }`,
      {
        method,
        redirect: 'error',
        headers: {
          Accept: 'application/json',
          // Without it every request that changes something is refused, also one without a body.
          ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
        },
        body:
          options.body === undefined ? undefined : JSON.stringify(options.body),
        dispatcher: this.#agent,
        signal,
      },
    );
  }

  async #token(signal: AbortSignal): Promise<string | undefined> {
    const { credentials, url, name } = this.#instance;
    switch (credentials.kind) {
      case 'token':
        return credentials.token;
      case 'none':
        return undefined;
      case 'password':
        this.#session ??= (async () => {
          const response = await fetch(`${url}/api/v1/session`, {
            method: 'POST',
            redirect: 'error',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({
              username: credentials.username,
              password: credentials.password,
            }),
            dispatcher: this.#agent,
            signal,
          });
          if (!response.ok) {
            throw new AuthenticationError(
              `Argo CD ${name} does not accept the user and password that are configured`,
            );
          }
          return sessionSchema.parse(await response.json()).token;
        })();
        this.#session.catch(() => {
          this.#session = undefined;
        });
        return await this.#session;
      default:
        throw new Error(
          `Unknown credentials ${JSON.stringify(credentials satisfies never)}`,
        );
    }
  }

  async #checked(
    response: Response,
    segments: readonly string[],
  ): Promise<Response> {
    if (response.ok) {
      return response;
    }
    const text = await response.text();
    const problem = problemSchema.safeParse(parseJson(text)).data;
    // The first line: what a git or a kubectl command printed below it is not for a page.
    const message = (
      problem?.message ??
      problem?.error ??
      (text || response.statusText)
    )
      .split('\n')[0]
      .slice(0, 500);
    const what = `Argo CD ${this.#instance.name}, /${segments.join(
      '/',
    )}: ${message}`;
    switch (response.status) {
      case 401:
        throw new AuthenticationError(
          `Argo CD ${
            this.#instance.name
          } does not accept the portal's credentials: ${message}`,
        );
      case 403:
        throw new NotAllowedError(what);
      case 404:
        throw new NotFoundError(what);
      case 409:
        throw new ConflictError(what);
      case 400:
        throw /already in progress/.test(message)
          ? new ConflictError(what)
          : new ArgoCdStatusError(400, what);
      default:
        throw new ArgoCdStatusError(response.status, what);
    }
  }

  #named(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted || !(error instanceof TypeError)) {
      return error;
    }
    const cause =
      error.cause instanceof Error
        ? error.cause.message || error.cause.name
        : error.message;
    return new ServiceUnavailableError(
      `Argo CD ${this.#instance.name} cannot be reached: ${cause}`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
