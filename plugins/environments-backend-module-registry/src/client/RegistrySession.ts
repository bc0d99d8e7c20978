import { isError } from '@backstage/errors';
import { isIP } from 'net';
import { Agent, fetch, Response } from 'undici';
import { z } from 'zod';
import { Registry } from '../readRegistries';
import { Challenge, challengeOf } from './challengeOf';
import { ImageUnreadableError, RegistryTroubleError } from './errors';
import { isPublicAddress, lookupPublic } from './publicAddresses';
import { readBody } from './readBody';

/** How long requests may take, and how large answers may be. */
export interface SessionLimits {
  /** Without a byte for so long, the registry hangs. */
  readonly silenceMs: number;
  /** What trickles in for longer is no answer. */
  readonly wholeMs: number;
  /** The specification holds manifests to this; configurations are smaller. */
  readonly maxBytes: number;
}

const LIMITS: SessionLimits = {
  silenceMs: 10_000,
  wholeMs: 30_000,
  maxBytes: 4 * 1024 * 1024,
};

/** A registry sends to a store, and the store perhaps to a nearer one. */
const MAX_REDIRECTS = 3;

/** A registry that wants to be left alone for longer is asked again all the same. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What the specification says of a token that does not say itself. */
const TOKEN_SECONDS = 60;

/** A token that is about to end may end on its way. */
const MARGIN_MS = 5_000;

const tokenSchema = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

const problemSchema = z.looseObject({
  errors: z.array(z.looseObject({ code: z.string() })),
});

interface Token {
  readonly value: string;
  readonly until: number;
}

/**
 * Requests to one registry: with the credentials that it is configured with, to whom it may send the portal and to nobody else, within limits.
 */
export class RegistrySession {
  readonly #registry: Registry;
  readonly #base: URL;
  readonly #limits: SessionLimits;
  readonly #now: () => number;
  readonly #trusted: Agent;
  readonly #public: Agent;
  /** By repository: a token is good for reading one. */
  readonly #tokens = new Map<string, Token>();
  #wantsPassword = false;

  /** Called with every request that is sent. */
  onRequest: () => void = () => {};

  constructor(options: {
    registry: Registry;
    limits?: Partial<SessionLimits>;
    now?: () => number;
  }) {
    this.#registry = options.registry;
    this.#base = new URL(options.registry.baseUrl);
    this.#limits = { ...LIMITS, ...options.limits };
    this.#now = options.now ?? Date.now;
    const timeout = this.#limits.silenceMs;
    const { ca } = options.registry;
    this.#trusted = new Agent({ connect: { timeout, ...(ca ? { ca } : {}) } });
    this.#public = new Agent({ connect: { timeout, lookup: lookupPublic } });
  }

  /** Whether it answers: also with the question who asks. */
  async ping(signal: AbortSignal): Promise<void> {
    await this.#exchange(signal, async (own, onChunk) => {
      const response = await this.#send(
        new URL(`${this.#registry.baseUrl}/v2/`),
        { headers: {}, signal: own },
      );
      if (!response.ok && response.status !== 401) {
        throw this.#trouble(response);
      }
      await readBody(response.body, { ...this.#limits, onChunk });
    });
  }

  /** The bytes of a manifest or a blob of a repository, from wherever the registry has them. */
  async get(
    repository: string,
    kind: 'manifests' | 'blobs',
    digest: string,
    options: { accept?: string; signal: AbortSignal },
  ): Promise<Buffer> {
    const path = repository.split('/').map(encodeURIComponent).join('/');
    const url = new URL(
      `${this.#registry.baseUrl}/v2/${path}/${kind}/${encodeURIComponent(
        digest,
      )}`,
    );
    return await this.#exchange(options.signal, async (signal, onChunk) => {
      const response = await this.#authorized(repository, url, {
        accept: options.accept,
        signal,
        onChunk,
      });
      if (!response.ok) {
        throw await this.#refusal(
          response,
          `${kind} of ${repository}`,
          onChunk,
        );
      }
      return await readBody(response.body, { ...this.#limits, onChunk });
    });
  }

  /** Says who asks, once the registry wants to know; a second time only where a token has ended. */
  async #authorized(
    repository: string,
    url: URL,
    options: { accept?: string; signal: AbortSignal; onChunk: () => void },
  ): Promise<Response> {
    const ask = async () =>
      await this.#follow(url, {
        accept: options.accept,
        authorization: this.#authorization(repository),
        signal: options.signal,
      });
    const response = await ask();
    const challenge =
      response.status === 401
        ? challengeOf(response.headers.get('www-authenticate'))
        : undefined;
    if (!challenge || !(await this.#answer(challenge, repository, options))) {
      return response;
    }
    await response.body?.cancel();
    const second = await ask();
    if (second.status === 401 && challenge.scheme === 'basic') {
      await second.body?.cancel();
      throw this.#refusedCredentials();
    }
    return second;
  }

  #authorization(repository: string): string | undefined {
    const { credentials } = this.#registry;
    if (credentials.kind === 'token') {
      return `Bearer ${credentials.token}`;
    }
    const token = this.#tokens.get(repository);
    if (token && token.until > this.#now()) {
      return `Bearer ${token.value}`;
    }
    return this.#wantsPassword ? this.#password() : undefined;
  }

  #password(): string | undefined {
    const { credentials } = this.#registry;
    return credentials.kind === 'basic'
      ? `Basic ${Buffer.from(
          `${credentials.username}:${credentials.password}`,
        ).toString('base64')}`
      : undefined;
  }

  /** Returns whether there is something new to say. */
  async #answer(
    challenge: Challenge,
    repository: string,
    options: { signal: AbortSignal; onChunk: () => void },
  ): Promise<boolean> {
    if (this.#registry.credentials.kind === 'token') {
      return false;
    }
    if (challenge.scheme === 'basic') {
      const isNew = !this.#wantsPassword && this.#password() !== undefined;
      this.#wantsPassword = this.#wantsPassword || isNew;
      return isNew;
    }
    this.#tokens.set(
      repository,
      await this.#fetchToken(challenge, repository, options),
    );
    return true;
  }

  async #fetchToken(
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
    repository: string,
    { signal, onChunk }: { signal: AbortSignal; onChunk: () => void },
  ): Promise<Token> {
    const url = this.#realm(challenge.realm);
    if (challenge.service !== undefined) {
      url.searchParams.set('service', challenge.service);
    }
    // Never more than reading one repository, whatever the registry suggests.
    url.searchParams.set('scope', `repository:${repository}:pull`);
    const password = this.#password();
    const response = await this.#send(url, {
      headers: password ? { authorization: password } : {},
      signal,
    });
    if (response.status === 401 && password !== undefined) {
      await response.body?.cancel();
      throw this.#refusedCredentials();
    }
    if (!response.ok) {
      throw await this.#refusal(response, `a token for ${repository}`, onChunk);
    }
    const body = await readBody(response.body, { ...this.#limits, onChunk });
    const answer = tokenSchema.safeParse(parseJson(body)).data;
    const value = answer?.token ?? answer?.access_token;
    if (!answer || !value) {
      throw new RegistryTroubleError(
        'stale',
        `${url.host} gives ${this.#name} no token that can be used`,
      );
    }
    const ms = (answer.expires_in ?? TOKEN_SECONDS) * 1000;
    return { value, until: this.#now() + Math.max(ms - MARGIN_MS, ms / 2) };
  }

  /** A password is for those who the adopter has named: not for whom a registry, or who is in its place, sends it to. */
  #realm(realm: string): URL {
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (!url || !this.#isSafe(url) || !this.#isNamed(url)) {
      throw new RegistryTroubleError(
        'forbidden',
        `${this.#name} has its tokens made by ${
          url ? url.host : 'an address that cannot be read'
        }; if that is right, add it to 'environments.sources.registry' of ${
          this.#registry.host
        } as one of its 'hosts'`,
      );
    }
    return url;
  }

  /** Follows redirections; what says who asks stays with the registry itself. */
  async #follow(
    start: URL,
    options: { accept?: string; authorization?: string; signal: AbortSignal },
  ): Promise<Response> {
    let url = start;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const isOwn = url.origin === this.#base.origin;
      const response = await this.#send(url, {
        headers: {
          ...(options.accept ? { accept: options.accept } : {}),
          ...(isOwn && options.authorization
            ? { authorization: options.authorization }
            : {}),
        },
        signal: options.signal,
      });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || !location) {
        return response;
      }
      await response.body?.cancel();
      url = this.#target(location, url);
    }
    throw new ImageUnreadableError(
      `${this.#name} sends the portal on more than ${MAX_REDIRECTS} times`,
    );
  }

  #target(location: string, from: URL): URL {
    const url = URL.canParse(location, from.href)
      ? new URL(location, from)
      : undefined;
    const host = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
    const isInner = isIP(host) !== 0 && !isPublicAddress(host);
    if (!url || !this.#isSafe(url) || (isInner && !this.#isNamed(url))) {
      throw new ImageUnreadableError(this.#strayed(url));
    }
    return url;
  }

  #strayed(url: URL | undefined): string {
    return `${this.#name} sends the portal to ${
      url ? url.origin : 'an address that cannot be read'
    }, which is no public address; if that is right, add ${
      url ? url.host : 'it'
    } to 'environments.sources.registry' of ${
      this.#registry.host
    } as one of its 'hosts'`;
  }

  /** In clear text only where the registry itself is configured so. */
  #isSafe(url: URL): boolean {
    return (
      url.username === '' &&
      (url.protocol === 'https:' ||
        (url.protocol === 'http:' && this.#base.protocol === 'http:'))
    );
  }

  #isNamed(url: URL): boolean {
    return (
      url.host === this.#base.host || this.#registry.hosts.includes(url.host)
    );
  }

  async #send(
    url: URL,
    options: { headers: Record<string, string>; signal: AbortSignal },
  ): Promise<Response> {
    this.onRequest();
    try {
      return await fetch(url, {
        ...options,
        redirect: 'manual',
        dispatcher: this.#isNamed(url) ? this.#trusted : this.#public,
      });
    } catch (error) {
      options.signal.throwIfAborted();
      const cause = isError(error) ? error.cause : undefined;
      const reason = isError(cause) ? cause.message || cause.name : `${error}`;
      if (/is not a public address/.test(reason)) {
        throw new ImageUnreadableError(this.#strayed(url));
      }
      const isLate = isError(cause) && cause.code === 'UND_ERR_CONNECT_TIMEOUT';
      throw new RegistryTroubleError(
        isLate ? 'timeout' : 'unreachable',
        `${this.#name} cannot be reached at ${url.host}: ${reason}`,
      );
    }
  }

  async #exchange<T>(
    outer: AbortSignal,
    work: (signal: AbortSignal, onChunk: () => void) => Promise<T>,
  ): Promise<T> {
    const { silenceMs, wholeMs } = this.#limits;
    const late = new AbortController();
    const whole = setTimeout(() => late.abort(), wholeMs);
    const silence = setTimeout(() => late.abort(), silenceMs);
    try {
      return await work(AbortSignal.any([outer, late.signal]), () =>
        silence.refresh(),
      );
    } catch (error) {
      outer.throwIfAborted();
      if (late.signal.aborted) {
        throw new RegistryTroubleError(
          'timeout',
          `${this.#name} did not answer within ${silenceMs / 1000} s`,
        );
      }
      if (error instanceof TypeError) {
        throw new RegistryTroubleError(
          'unreachable',
          `${this.#name} broke off in the middle of an answer`,
        );
      }
      throw error;
    } finally {
      clearTimeout(whole);
      clearTimeout(silence);
    }
  }

  /** What it says beside the code is not repeated: some quote what they were sent. */
  async #refusal(
    response: Response,
    what: string,
    onChunk: () => void,
  ): Promise<Error> {
    const { status } = response;
    const body = await readBody(response.body, { ...this.#limits, onChunk });
    const code = problemSchema.safeParse(parseJson(body)).data?.errors[0]?.code;
    const answer = `HTTP ${status}${
      code && /^[A-Z_]{1,40}$/.test(code) ? ` ${code}` : ''
    }`;
    switch (status) {
      case 404:
        return new ImageUnreadableError(
          `${this.#name} has no such ${what}: ${answer}`,
        );
      case 401:
      case 403:
        return new ImageUnreadableError(
          `${this.#name} does not let the portal read ${what}: ${answer}`,
        );
      default:
        return this.#trouble(response);
    }
  }

  #trouble(response: Response): RegistryTroubleError {
    const wait = this.#retryAfter(response);
    return new RegistryTroubleError(
      'stale',
      `${this.#name} answers HTTP ${response.status}${
        response.status === 429 ? ': it was asked too often' : ''
      }`,
      wait,
    );
  }

  #refusedCredentials(): RegistryTroubleError {
    return new RegistryTroubleError(
      'forbidden',
      `${
        this.#name
      } does not accept the portal's credentials; see 'environments.sources.registry' of ${
        this.#registry.host
      }`,
    );
  }

  get #name(): string {
    return `Registry ${this.#registry.host}`;
  }

  /** Seconds, or a date by the clock of the registry, which may not be ours. */
  #retryAfter({ headers }: Response): number | undefined {
    const header = headers.get('retry-after')?.trim();
    if (header === undefined) {
      return undefined;
    }
    const theirs = Date.parse(headers.get('date') ?? '');
    const ms = /^\d+$/.test(header)
      ? Number(header) * 1000
      : Date.parse(header) - (Number.isNaN(theirs) ? this.#now() : theirs);
    return Number.isFinite(ms) && ms > 0
      ? Math.min(ms, MAX_RETRY_AFTER_MS)
      : undefined;
  }
}

/** Undefined for what is not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
