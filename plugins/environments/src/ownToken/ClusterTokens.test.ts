import {
  gitlabAuthApiRef,
  googleAuthApiRef,
  microsoftAuthApiRef,
  oktaAuthApiRef,
  oneloginAuthApiRef,
} from '@backstage/core-plugin-api';
import { TestApiRegistry } from '@backstage/test-utils';
import { ClusterTokens } from './ClusterTokens';
import { kubernetesAuthProvidersApiRef } from './kubernetesAuthProvidersApi';

describe('ClusterTokens', () => {
  const session = (token: string) => ({
    getIdToken: jest.fn(async () => token),
    getAccessToken: jest.fn(async () => token),
  });
  const getCredentials = jest.fn(async (way: string) => ({
    token: `token of ${way}`,
  }));
  const kubernetes = [
    kubernetesAuthProvidersApiRef,
    { getCredentials },
  ] as const;

  beforeEach(() => getCredentials.mockClear());

  it.each([
    { way: 'oidc.okta', ref: oktaAuthApiRef },
    { way: 'oidc.gitlab', ref: gitlabAuthApiRef },
    { way: 'oidc.google', ref: googleAuthApiRef },
    { way: 'oidc.microsoft', ref: microsoftAuthApiRef },
    { way: 'oidc.onelogin', ref: oneloginAuthApiRef },
  ])('never asks for a sign-in by itself: $way', async ({ way, ref }) => {
    const [authProvider, tokenProvider] = way.split('.');
    const need = { authProvider, tokenProvider };
    const signedOut = session('');
    expect(
      await new ClusterTokens(
        TestApiRegistry.from(kubernetes, [ref, signedOut]),
      ).silently(need),
    ).toBeUndefined();
    expect(signedOut.getIdToken).toHaveBeenCalledWith({ optional: true });
    expect(getCredentials).not.toHaveBeenCalled();

    const tokens = new ClusterTokens(
      TestApiRegistry.from(kubernetes, [ref, session('yes')]),
    );
    expect(await tokens.silently(need)).toBe(`token of ${way}`);
    await tokens.ask(need);
    expect(await tokens.silently(need)).toBe(`token of ${way}`);
    // Each time anew, as tokens expire.
    expect(getCredentials).toHaveBeenCalledTimes(3);
  });

  it.each([
    {
      way: 'google',
      ref: googleAuthApiRef,
      scope: 'https://www.googleapis.com/auth/cloud-platform.read-only',
    },
    {
      way: 'aks',
      ref: microsoftAuthApiRef,
      scope: '6dae42f8-4368-4678-94ff-3960e28e3630/user.read',
    },
  ])('asks for the rights that $way needs, silently', async options => {
    const { way, ref, scope } = options;
    const signedOut = session('');
    const tokens = new ClusterTokens(
      TestApiRegistry.from(kubernetes, [ref, signedOut]),
    );
    expect(await tokens.silently({ authProvider: way })).toBeUndefined();
    expect(signedOut.getAccessToken).toHaveBeenCalledWith(scope, {
      optional: true,
    });
    expect(getCredentials).not.toHaveBeenCalled();
    expect(await tokens.ask({ authProvider: way })).toBe(`token of ${way}`);
    // There is no session where it was looked for: it came from elsewhere.
    expect(await tokens.silently({ authProvider: way })).toBe(
      `token of ${way}`,
    );
    expect(getCredentials).toHaveBeenCalledTimes(1);
  });

  it('keeps a token that it could not get again without asking, until it is refused', async () => {
    const tokens = new ClusterTokens(TestApiRegistry.from(kubernetes));
    for (const need of [
      { authProvider: 'pinniped' },
      { authProvider: 'oidc', tokenProvider: 'companySSO' },
    ]) {
      expect(await tokens.silently(need)).toBeUndefined();
      expect(getCredentials).not.toHaveBeenCalled();
      const token = await tokens.ask(need);
      expect(await tokens.silently(need)).toBe(token);
      expect(getCredentials).toHaveBeenCalledTimes(1);
      tokens.forget(need);
      expect(await tokens.silently(need)).toBeUndefined();
      getCredentials.mockClear();
    }
  });

  it('takes trouble with a session for none', async () => {
    const tokens = new ClusterTokens(
      TestApiRegistry.from(kubernetes, [
        oktaAuthApiRef,
        {
          getIdToken: async () => {
            throw new Error('The auth backend does not answer');
          },
        },
      ]),
    );
    expect(
      await tokens.silently({ authProvider: 'oidc', tokenProvider: 'okta' }),
    ).toBeUndefined();
  });

  it('is not possible without the frontend of the Kubernetes plugin', () => {
    expect(new ClusterTokens(TestApiRegistry.from()).isPossible).toBe(false);
    expect(new ClusterTokens(TestApiRegistry.from(kubernetes)).isPossible).toBe(
      true,
    );
  });
});
