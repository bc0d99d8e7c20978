import { createHash, randomBytes } from 'crypto';
import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { freePorts } from '../__testUtils__/freePorts';
import type { LocalService } from '../core';
import { createIdentityProvider } from './createIdentityProvider';
import { removeFolder } from '../__testUtils__/removeFolder';

const PORTAL = 'http://localhost:7007';
const CALLBACK = `${PORTAL}/api/auth/oidc/handler/frame`;
const CLIENT = { id: 'portal', secret: 'a secret: of the portal' };
const ADA = {
  name: 'ada',
  displayName: 'Ada <Adams>',
  email: 'ada@example.com',
  groups: ['payments'],
};

describe('sign-in', () => {
  let directory: string;
  let port: number;
  let provider: LocalService;

  const start = async () => {
    provider = await createIdentityProvider({
      port,
      users: [ADA],
      client: CLIENT,
      portalUrl: PORTAL,
      file: path.join(directory, 'identity.json'),
    });
    await provider.start();
  };

  beforeEach(async () => {
    directory = await fs.mkdtemp(path.join(os.tmpdir(), 'identity-'));
    port = await freePorts();
    await start();
  });

  afterEach(async () => {
    await provider.stop();
    await removeFolder(directory);
  });

  const at = (where: string) => `http://localhost:${port}${where}`;

  const credentials = (secret = CLIENT.secret) =>
    `Basic ${Buffer.from(
      `${encodeURIComponent(CLIENT.id)}:${encodeURIComponent(secret)}`,
    ).toString('base64')}`;

  async function post(
    where: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ) {
    return await fetch(at(where), {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams(form),
    });
  }

  /** The code that the browser brings back to the portal. */
  async function pick(form: Record<string, string> = {}): Promise<string> {
    const response = await post('/authorize', {
      redirect_uri: CALLBACK,
      state: 'where I was',
      nonce: 'n-1',
      user: 'ada',
      ...form,
    });
    expect(response.status).toBe(302);
    const target = new URL(response.headers.get('location') ?? '');
    expect(target.searchParams.get('state')).toBe('where I was');
    return target.searchParams.get('code') ?? '';
  }

  const exchange = (code: string, form: Record<string, string> = {}) =>
    post(
      '/token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        ...form,
      },
      { authorization: credentials() },
    );

  it('is found by its own description', async () => {
    const response = await fetch(at('/.well-known/openid-configuration'));
    expect(await response.json()).toMatchObject({
      issuer: `http://localhost:${port}`,
      token_endpoint: at('/token'),
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('lets one pick who one is, and escapes what it writes', async () => {
    const query = new URLSearchParams({
      client_id: CLIENT.id,
      redirect_uri: CALLBACK,
      state: '"><script>',
    });
    const text = await (await fetch(at(`/authorize?${query}`))).text();
    expect(text).toContain('Ada &#60;Adams&#62;');
    expect(text).not.toContain('<script>');
  });

  it('gives a signed token for a code, once', async () => {
    const code = await pick();
    const response = await exchange(code);
    const tokens = await response.json();
    const { payload } = await jwtVerify(
      tokens.id_token,
      createRemoteJWKSet(new URL(at('/jwks'))),
      { issuer: `http://localhost:${port}`, audience: CLIENT.id },
    );
    expect(payload).toMatchObject({
      sub: 'ada',
      email: 'ada@example.com',
      nonce: 'n-1',
    });
    const user = await fetch(at('/userinfo'), {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await user.json()).toMatchObject({ sub: 'ada' });

    const again = await exchange(code);
    expect(again.status).toBe(400);
    expect(await again.json()).toEqual({ error: 'invalid_grant' });
  });

  it('holds the one who exchanges a code to the challenge', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const wrong = await exchange(await pick({ code_challenge: challenge }), {
      code_verifier: 'something else',
    });
    expect(wrong.status).toBe(400);
    const right = await exchange(await pick({ code_challenge: challenge }), {
      code_verifier: verifier,
    });
    expect(right.status).toBe(200);
  });

  it('sends nobody to another place than the portal', async () => {
    const query = new URLSearchParams({
      client_id: CLIENT.id,
      redirect_uri: 'http://elsewhere.example/api/auth/',
    });
    expect((await fetch(at(`/authorize?${query}`))).status).toBe(400);
    const response = await post('/authorize', {
      redirect_uri: 'http://elsewhere.example/',
      user: 'ada',
    });
    expect(response.status).toBe(400);
    const stolen = await exchange(await pick(), {
      redirect_uri: `${PORTAL}/api/auth/other`,
    });
    expect(stolen.status).toBe(400);
  });

  it('refuses another client, and a token that it never gave', async () => {
    const response = await post(
      '/token',
      { grant_type: 'authorization_code', code: await pick() },
      { authorization: credentials('guessed') },
    );
    expect(response.status).toBe(401);
    const user = await fetch(at('/userinfo'), {
      headers: { authorization: 'Bearer nonsense' },
    });
    expect(user.status).toBe(401);
    expect(user.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('refreshes a session once for each refresh token, over a restart too', async () => {
    const { refresh_token: refreshToken } = await (
      await exchange(await pick())
    ).json();
    await provider.stop();
    await start();
    const refresh = () =>
      post(
        '/token',
        { grant_type: 'refresh_token', refresh_token: refreshToken },
        { authorization: credentials() },
      );
    const refreshed = await refresh();
    expect(refreshed.status).toBe(200);
    expect((await refreshed.json()).refresh_token).not.toBe(refreshToken);
    expect((await refresh()).status).toBe(400);
  });
});
