import {
  AuthenticationError,
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { Response } from 'undici';
import { z } from 'zod';
import { ArgoCdInstance } from '../readInstances';
import { connect, isConnectTimeout, Send, unreachable } from './connection';
import {
  ArgoCdAnswerError,
  ArgoCdStatusError,
  ArgoCdTimeoutError,
} from './errors';
import { ItemScanner } from './ItemScanner';
import { readChunks, readLines, readText } from './readBody';
import { Secrets } from './Secrets';
import { Session } from './Session';

/** How long requests may take, and how large answers may be. */
export interface ClientLimits {
  /** Without a byte for so long, the instance hangs. */
  readonly silenceMs: number;
  /** A list of thousands of applications takes seconds; one that trickles in for longer is no answer. */
  readonly wholeMs: number;
  /** Ten thousand applications as they are: what is larger is not a list. */
  readonly maxBytes: number;
  /** An object in etcd is at most 1.5 MB. */
  readonly maxLine: number;
}

const LIMITS: ClientLimits = {
  silenceMs: 10_000,
  wholeMs: 60_000,
  maxBytes: 256 * 1024 * 1024,
  maxLine: 16 * 1024 * 1024,
};

/** An instance that wants to be left alone for longer is asked again all the same. */
const MAX_RETRY_AFTER_MS = 300_000;

/** An error of a request is a few words; what a git or a kubectl command printed into it is not for a page. */
const MAX_MESSAGE = 500;

const problemSchema = z.looseObject({
  message: z.string().optional(),
  error: z.string().optional(),
});

export interface ArgoCdRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Requests to one Argo CD instance, with its credentials, within limits, and with errors that say what happened.
 */
export class ArgoCdClient {
  readonly #name: string;
  readonly #send: Send;
  readonly #limits: ClientLimits;
  readonly #session: Session | undefined;
  readonly #fixedToken: string | undefined;
  /** What to do when it wants a sign-in, where there is nothing to sign in with. */
  readonly #signInAdvice: string | undefined;
  readonly #secrets: Secrets;

  /** Called with every request that is sent. */
  onRequest: () => void = () => {};

  constructor(options: {
    instance: ArgoCdInstance;
    limits?: Partial<ClientLimits>;
  }) {
    const { name, credentials } = options.instance;
    this.#name = name;
    this.#limits = { ...LIMITS, ...options.limits };
    const send = connect(options.instance, this.#limits.silenceMs);
    this.#secrets = new Secrets([
      credentials.kind === 'token' ? credentials.token : undefined,
      credentials.kind === 'password' ? credentials.password : undefined,
    ]);
    this.#send = (segments, request) => {
      this.#secrets.add(request.token);
      this.onRequest();
      return send(segments, request);
    };
    this.#fixedToken =
      credentials.kind === 'token' ? credentials.token : undefined;
    this.#signInAdvice =
      credentials.kind === 'none'
        ? `${
            credentials.unsupported ?? 'Nothing is configured to sign in with'
          }: give instance '${name}' in 'argocd.appLocatorMethods' a 'token', or a 'username' and 'password', of an account for the portal`
        : undefined;
    this.#session =
      credentials.kind === 'password'
        ? new Session({
            send: this.#send,
            instance: name,
            user: {
              username: credentials.username,
              password: credentials.password,
            },
          })
        : undefined;
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

  /** The items of a list, one by one while it comes in. */
  async forEachItem(
    segments: readonly string[],
    options: ArgoCdRequest & { onItem: (item: unknown) => void },
  ): Promise<void> {
    const { maxBytes, maxLine } = this.#limits;
    await this.#exchange('GET', segments, options, async (body, onChunk) => {
      const scanner = new ItemScanner({ maxItem: maxLine });
      for await (const chunk of readChunks(body, { maxBytes, onChunk })) {
        for (const item of scanner.scan(chunk)) {
          options.onItem(parseAnswer(item));
        }
      }
      scanner.end();
    });
  }

  /** The events of a stream, until the server or the signal ends it. `onOpen` is called with the response's headers, which come with the first event. */
  async *stream(
    segments: readonly string[],
    options: {
      query?: Readonly<Record<string, string>>;
      signal: AbortSignal;
      onOpen?: () => void;
    },
  ): AsyncGenerator<unknown> {
    const { query, signal, onOpen } = options;
    try {
      const response = await this.#authorized(
        'GET',
        segments,
        { query },
        signal,
      );
      onOpen?.();
      for await (const line of readLines(response.body, this.#limits)) {
        yield parseAnswer(line);
      }
    } catch (error) {
      signal.throwIfAborted();
      throw this.#named(error, segments);
    }
  }

  async #json<T>(
    method: 'GET' | 'POST',
    schema: z.ZodType<T>,
    segments: readonly string[],
    options: ArgoCdRequest,
  ): Promise<T> {
    const { maxBytes } = this.#limits;
    return await this.#exchange(
      method,
      segments,
      options,
      async (body, onChunk) => {
        const text = await readText(body, { maxBytes, onChunk });
        const parsed = schema.safeParse(parseAnswer(text));
        if (!parsed.success) {
          throw new ArgoCdAnswerError(
            `the answer is not understood: ${z.prettifyError(parsed.error)}`,
          );
        }
        return parsed.data;
      },
    );
  }

  async #exchange<T>(
    method: 'GET' | 'POST',
    segments: readonly string[],
    options: ArgoCdRequest,
    read: (body: Response['body'], onChunk: () => void) => Promise<T>,
  ): Promise<T> {
    const { silenceMs, wholeMs } = this.#limits;
    const late = new AbortController();
    const whole = setTimeout(() => late.abort(), wholeMs);
    const silence = setTimeout(() => late.abort(), silenceMs);
    const signal = AbortSignal.any([
      late.signal,
      ...(options.signal ? [options.signal] : []),
    ]);
    try {
      const response = await this.#authorized(
        method,
        segments,
        options,
        signal,
      );
      return await read(response.body, () => silence.refresh());
    } catch (error) {
      options.signal?.throwIfAborted();
      if (late.signal.aborted || isConnectTimeout(error)) {
        throw new ArgoCdTimeoutError(
          `Argo CD ${this.#name} did not answer within ${silenceMs / 1000} s`,
        );
      }
      throw this.#named(error, segments);
    } finally {
      clearTimeout(whole);
      clearTimeout(silence);
    }
  }

  /** A session that has ended is renewed once. */
  async #authorized(
    method: 'GET' | 'POST',
    segments: readonly string[],
    { query, body }: ArgoCdRequest,
    signal: AbortSignal,
  ): Promise<Response> {
    const attempt = async (token: string | undefined) =>
      await this.#send(segments, { method, query, body, token, signal });
    const session = this.#session;
    if (!session) {
      return await this.#checked(await attempt(this.#fixedToken), segments);
    }
    const token = await session.token(signal);
    const response = await attempt(token);
    if (response.status !== 401) {
      return await this.#checked(response, segments);
    }
    await response.body?.cancel();
    await session.end(token);
    return await this.#checked(
      await attempt(await session.token(signal)),
      segments,
    );
  }

  async #checked(
    response: Response,
    segments: readonly string[],
  ): Promise<Response> {
    if (response.ok) {
      return response;
    }
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new ArgoCdStatusError(
        response.status,
        this.#about(
          segments,
          `it sends the portal on to ${originOf(
            response.headers.get('location'),
          )}; if it has moved, put its new address into 'argocd.appLocatorMethods'`,
        ),
      );
    }
    const message = this.#secrets.hideIn(
      messageOf(
        await readText(response.body, { maxBytes: this.#limits.maxLine }),
        response,
      ),
    );
    const what = this.#about(segments, message);
    switch (response.status) {
      case 401:
        throw new AuthenticationError(
          this.#signInAdvice === undefined
            ? `Argo CD ${
                this.#name
              } does not accept the portal's credentials: ${message}`
            : `Argo CD ${
                this.#name
              } wants the portal to sign in (${message}). ${
                this.#signInAdvice
              }`,
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
        throw new ArgoCdStatusError(
          response.status,
          what,
          retryAfter(response),
        );
    }
  }

  #named(error: unknown, segments: readonly string[]): unknown {
    if (error instanceof ArgoCdAnswerError) {
      return new ArgoCdAnswerError(this.#about(segments, error.message));
    }
    return error instanceof TypeError ? unreachable(this.#name, error) : error;
  }

  #about(segments: readonly string[], message: string): string {
    return `Argo CD ${this.#name}, /${segments.join('/')}: ${message}`;
  }
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgoCdAnswerError('the answer is not JSON, or was cut off');
  }
}

/** The first line of what the instance says. */
function messageOf(text: string, response: Response): string {
  let problem: z.infer<typeof problemSchema> | undefined;
  try {
    problem = problemSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not every refusal is JSON, nor comes from Argo CD itself.
  }
  const message =
    problem?.message ??
    problem?.error ??
    (text.trim() || `HTTP ${response.status} ${response.statusText}`);
  return message.split('\n')[0].slice(0, MAX_MESSAGE);
}

/** Seconds, or a date by the clock of the instance, which may not be ours. */
function retryAfter({ headers }: Response): number | undefined {
  const header = headers.get('retry-after');
  if (header === null) {
    return undefined;
  }
  const theirs = Date.parse(headers.get('date') ?? '');
  const now = Number.isNaN(theirs) ? Date.now() : theirs;
  const ms = /^\d+$/.test(header.trim())
    ? Number(header) * 1000
    : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0
    ? Math.min(ms, MAX_RETRY_AFTER_MS)
    : undefined;
}

/** Where a redirection leads, without what its path or query may hold. */
function originOf(location: string | null): string {
  return location !== null && URL.canParse(location)
    ? new URL(location).origin
    : 'another path';
}
