import { AuthenticationError } from '@backstage/errors';
import { z } from 'zod';
import { Send } from './connection';
import { readText } from './readBody';

/** Argo CD locks an account for minutes after five wrong passwords. */
const REFUSED_MS = 120_000;

/** A token is some hundred bytes. */
const MAX_BYTES = 64 * 1024;

const sessionSchema = z.looseObject({ token: z.string() });

/**
 * A session of a user with a password: signed in once, shared by every request, and renewed when it has ended.
 */
export class Session {
  readonly #send: Send;
  readonly #instance: string;
  readonly #user: { readonly username: string; readonly password: string };
  readonly #now: () => number;
  #token: Promise<string> | undefined;
  #refusedUntil = 0;

  constructor(options: {
    send: Send;
    instance: string;
    user: { readonly username: string; readonly password: string };
    now?: () => number;
  }) {
    this.#send = options.send;
    this.#instance = options.instance;
    this.#user = options.user;
    this.#now = options.now ?? Date.now;
  }

  async token(signal: AbortSignal): Promise<string> {
    const token = (this.#token ??= this.#signIn(signal));
    try {
      return await token;
    } catch (error) {
      if (this.#token === token) {
        this.#token = undefined;
      }
      throw error;
    }
  }

  /** This token is not accepted any more; the next one who asks signs in. */
  async end(token: string): Promise<void> {
    const current = await this.#token?.catch(() => undefined);
    if (current === token) {
      this.#token = undefined;
    }
  }

  async #signIn(signal: AbortSignal): Promise<string> {
    if (this.#now() < this.#refusedUntil) {
      throw this.#refused();
    }
    const response = await this.#send(['api', 'v1', 'session'], {
      method: 'POST',
      body: this.#user,
      signal,
    });
    const text = await readText(response.body, { maxBytes: MAX_BYTES });
    if (response.status === 401 || response.status === 403) {
      this.#refusedUntil = this.#now() + REFUSED_MS;
      throw this.#refused();
    }
    const answer = sessionSchema.safeParse(parseJson(text));
    if (!answer.success) {
      throw new AuthenticationError(
        `Argo CD ${this.#instance} cannot sign the portal in: HTTP ${
          response.status
        }`,
      );
    }
    return answer.data.token;
  }

  #refused(): AuthenticationError {
    return new AuthenticationError(
      `Argo CD ${
        this.#instance
      } does not accept the user and password that are configured; it is asked again at most every ${
        REFUSED_MS / 60_000
      } minutes`,
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
