import { createHash, randomBytes } from 'crypto';
import express, { Request, Response } from 'express';
import PromiseRouter from 'express-promise-router';
import {
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  importSPKI,
  JWK,
  SignJWT,
} from 'jose';
import { createService, JsonDocument, type LocalService } from '../core';
import { html, page } from '../core/html';

export interface IdentityUser {
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export interface IdentityProviderOptions {
  readonly port: number;
  readonly users: readonly IdentityUser[];
  readonly client: { readonly id: string; readonly secret: string };
  /** Address of the portal: the only place that people are sent back to. */
  readonly portalUrl: string;
  readonly file: string;
}

interface IdentityDocument {
  privateKey: string;
  publicKey: string;
  /** Refresh tokens that were given out, by the user's name. */
  refreshTokens: Record<string, string>;
}

interface Grant {
  readonly user: IdentityUser;
  readonly redirectUri: string;
  readonly nonce?: string;
  readonly challenge?: string;
  readonly until: number;
}

const CODE_MS = 60_000;
const TOKEN_SECONDS = 3600;
const ALGORITHM = 'RS256';

/**
 * An OpenID Connect provider without passwords: one picks who one is. For a playground alone.
 */
export async function createIdentityProvider(
  options: IdentityProviderOptions,
): Promise<LocalService> {
  const { users, client, portalUrl } = options;
  const issuer = `http://localhost:${options.port}`;
  const document = await JsonDocument.open<Partial<IdentityDocument>>({
    file: options.file,
    initial: () => ({}),
    mode: 0o600,
  });
  const keys = await keysOf(document);
  const grants = new Map<string, Grant>();
  const accessTokens = new Map<string, IdentityUser>();

  const isRedirect = (uri: unknown): uri is string =>
    typeof uri === 'string' && uri.startsWith(`${portalUrl}/api/auth/`);

  const issue = async (user: IdentityUser, nonce?: string) => {
    const accessToken = randomBytes(24).toString('hex');
    accessTokens.set(accessToken, user);
    const refreshToken = randomBytes(24).toString('hex');
    document.value.refreshTokens = {
      ...document.value.refreshTokens,
      [refreshToken]: user.name,
    };
    document.changed();
    const idToken = await new SignJWT({
      email: user.email,
      email_verified: true,
      name: user.displayName,
      ...(nonce ? { nonce } : {}),
    })
      .setProtectedHeader({ alg: ALGORITHM, kid: keys.jwk.kid })
      .setIssuer(issuer)
      .setSubject(user.name)
      .setAudience(client.id)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(keys.privateKey);
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      refresh_token: refreshToken,
      id_token: idToken,
      scope: 'openid profile email',
    };
  };

  const app = express();
  app.disable('x-powered-by');
  const router = PromiseRouter();
  router.use(express.urlencoded({ extended: false, limit: '20kb' }));

  router.get('/.well-known/openid-configuration', (_, response) => {
    response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [ALGORITHM],
      scopes_supported: ['openid', 'profile', 'email'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
      ],
    });
  });

  router.get('/jwks', (_, response) => {
    response.json({ keys: [keys.jwk] });
  });

  router.get('/authorize', (request, response) => {
    const {
      redirect_uri: redirectUri,
      client_id: clientId,
      state = '',
      nonce = '',
      code_challenge: challenge = '',
    } = request.query;
    if (clientId !== client.id || !isRedirect(redirectUri)) {
      response.status(400).send(
        page(
          'Not signed in',
          html`<h1>Not signed in</h1>
            <p>This request does not come from the portal at ${portalUrl}.</p>`,
        ),
      );
      return;
    }
    const hidden = (name: string, value: unknown) =>
      html`<input type="hidden" name="${name}" value="${String(value)}" />`;
    response.send(
      page(
        'Sign in',
        html`<h1>Who are you?</h1>
          <p>This is a playground: pick anyone, there are no passwords.</p>
          <form method="post" action="/authorize" class="people">
            ${hidden('redirect_uri', redirectUri)}${hidden(
              'state',
              state,
            )}${hidden('nonce', nonce)}${hidden('code_challenge', challenge)}
            ${users.map(
              user =>
                html`<button name="user" value="${user.name}">
                  <strong>${user.displayName}</strong><br /><small
                    >${user.email} · ${user.groups.join(', ')}</small
                  >
                </button>`,
            )}
          </form>`,
      ),
    );
  });

  router.post('/authorize', (request, response) => {
    const {
      redirect_uri: redirectUri,
      state,
      nonce,
      code_challenge: challenge,
      user: name,
    } = request.body;
    const user = users.find(candidate => candidate.name === name);
    if (!user || !isRedirect(redirectUri)) {
      response.status(400).send(
        page(
          'Not signed in',
          html`<h1>Not signed in</h1>
            <p>Pick somebody from the list.</p>`,
        ),
      );
      return;
    }
    const code = randomBytes(24).toString('hex');
    grants.set(code, {
      user,
      redirectUri,
      nonce: nonce || undefined,
      challenge: challenge || undefined,
      until: Date.now() + CODE_MS,
    });
    const target = new URL(redirectUri);
    target.searchParams.set('code', code);
    target.searchParams.set('state', String(state ?? ''));
    response.redirect(302, target.toString());
  });

  router.post('/token', async (request, response) => {
    if (!isClient(request)) {
      response.status(401).json({ error: 'invalid_client' });
      return;
    }
    const {
      grant_type: type,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      refresh_token: refreshToken,
    } = request.body;
    if (type === 'refresh_token') {
      const user = users.find(
        ({ name }) =>
          name === document.value.refreshTokens?.[String(refreshToken)],
      );
      if (!user) {
        response.status(400).json({ error: 'invalid_grant' });
        return;
      }
      const { [String(refreshToken)]: _, ...rest } =
        document.value.refreshTokens ?? {};
      document.value.refreshTokens = rest;
      response.json(await issue(user));
      return;
    }
    const grant = grants.get(String(code));
    grants.delete(String(code));
    const proof = verifier
      ? createHash('sha256').update(String(verifier)).digest('base64url')
      : undefined;
    if (
      type !== 'authorization_code' ||
      !grant ||
      grant.until < Date.now() ||
      grant.redirectUri !== redirectUri ||
      (grant.challenge && grant.challenge !== proof)
    ) {
      response.status(400).json({ error: 'invalid_grant' });
      return;
    }
    response.json(await issue(grant.user, grant.nonce));
  });

  router.all('/userinfo', (request, response) => {
    const user = accessTokens.get(
      (request.headers.authorization ?? '').replace(/^Bearer /i, ''),
    );
    if (!user) {
      response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
      response.status(401).json({ error: 'invalid_token' });
      return;
    }
    response.json({
      sub: user.name,
      name: user.displayName,
      preferred_username: user.name,
      email: user.email,
      email_verified: true,
    });
  });

  router.get('/', (_, response) => {
    response.send(
      page(
        'Sign-in',
        html`<h1>Sign-in of the playground</h1>
          <p>Start at the portal: <a href="${portalUrl}">${portalUrl}</a></p>`,
      ),
    );
  });

  app.use(router);
  app.use((_: Request, response: Response) => {
    response.status(404).send(page('Not found', html`<h1>Not found</h1>`));
  });

  function isClient(request: Request): boolean {
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(
      ' ',
    );
    if (/^basic$/i.test(scheme)) {
      const [id, secret] = Buffer.from(value, 'base64')
        .toString('utf8')
        .split(':')
        .map(decodeURIComponent);
      return id === client.id && secret === client.secret;
    }
    return (
      request.body.client_id === client.id &&
      request.body.client_secret === client.secret
    );
  }

  return createService({
    name: 'identity',
    port: options.port,
    handler: app,
    save: () => document.flush(),
  });
}

async function keysOf(
  document: JsonDocument<Partial<IdentityDocument>>,
): Promise<{ privateKey: Awaited<ReturnType<typeof importPKCS8>>; jwk: JWK }> {
  const { value } = document;
  if (!value.privateKey || !value.publicKey) {
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    value.privateKey = await exportPKCS8(pair.privateKey);
    value.publicKey = await exportSPKI(pair.publicKey);
    document.changed();
  }
  const jwk = await exportJWK(await importSPKI(value.publicKey, ALGORITHM));
  const kid = createHash('sha256')
    .update(value.publicKey)
    .digest('hex')
    .slice(0, 16);
  return {
    privateKey: await importPKCS8(value.privateKey, ALGORITHM),
    jwk: { ...jwk, kid, alg: ALGORITHM, use: 'sig' },
  };
}
