import { createHmac, randomBytes, timingSafeEqual } from 'crypto';
import type { Request } from 'express';
import type { Application } from '../resources';
import { ApiError } from './answers';

/** Who may do what over the API. */
export interface Account {
  readonly name: string;
  /** API key, as in `Authorization: Bearer`. */
  readonly token?: string;
  /** For `POST /api/v1/session`. */
  readonly password?: string;
  /** Projects whose applications it may see; all when absent. */
  readonly projects?: readonly string[];
  /** May sync the applications that it may see. */
  readonly sync: boolean;
  /** May read projects and clusters. */
  readonly platform: boolean;
}

const SESSION_SECONDS = 24 * 60 * 60;

function isSame(left: string, right: string): boolean {
  const [first, second] = [left, right].map(text => Buffer.from(text));
  return first.length === second.length && timingSafeEqual(first, second);
}

const encoded = (value: unknown) =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** Knows accounts by their keys, and those who signed in by their session. */
export class Accounts {
  private readonly secret = randomBytes(32);
  private readonly sessions = new Map<string, Account>();

  constructor(
    private readonly accounts: readonly Account[],
    /** When the keys were made, as refusals tell it. */
    readonly issuedAt: string,
  ) {}

  /** @throws ApiError when the request does not say who asks. */
  authenticated(request: Request): Account {
    const account = this.identified(request);
    if (!account) {
      throw new ApiError(16, 'no session information');
    }
    return account;
  }

  identified(request: Request): Account | undefined {
    const token =
      /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ??
      /(?:^|;\s*)argocd\.token=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (token === undefined) {
      return undefined;
    }
    const account =
      this.accounts.find(
        candidate =>
          candidate.token !== undefined && isSame(candidate.token, token),
      ) ?? this.sessions.get(token);
    if (!account && token.split('.').length === 3) {
      throw new ApiError(
        16,
        'invalid session: token signature is invalid: signature is invalid',
      );
    }
    return account;
  }

  /** Signs in. @returns the session's token. */
  open(username: string, password: string, now: number): string {
    const account = this.accounts.find(
      candidate =>
        candidate.name === username &&
        candidate.password !== undefined &&
        isSame(candidate.password, password),
    );
    if (!account) {
      throw new ApiError(16, 'Invalid username or password');
    }
    const iat = Math.floor(now / 1_000);
    const content = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({
      iss: 'argocd',
      sub: username,
      iat,
      exp: iat + SESSION_SECONDS,
      jti: randomBytes(16).toString('hex'),
    })}`;
    const signature = createHmac('sha256', this.secret)
      .update(content)
      .digest('base64url');
    const token = `${content}.${signature}`;
    this.sessions.set(token, account);
    return token;
  }

  /** @throws ApiError with what was not permitted. */
  demand(account: Account, action: string, application: Application): void {
    if (!may(account, action, application.spec.project)) {
      const { name } = application.metadata;
      throw new ApiError(
        7,
        `permission denied: applications, ${action}, ${application.spec.project}/${name}, sub: ${account.name}, iat: ${this.issuedAt}`,
      );
    }
  }
}

/** Whether an account may do something with the applications of a project. */
export function may(
  account: Account,
  action: string,
  project: string,
): boolean {
  const sees =
    account.projects === undefined || account.projects.includes(project);
  return sees && (action === 'get' || (action === 'sync' && account.sync));
}
