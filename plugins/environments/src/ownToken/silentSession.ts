import {
  ApiHolder,
  ApiRef,
  gitlabAuthApiRef,
  googleAuthApiRef,
  microsoftAuthApiRef,
  OAuthApi,
  oktaAuthApiRef,
  oneloginAuthApiRef,
  OpenIdConnectApi,
} from '@backstage/core-plugin-api';
import { UserTokenNeed } from '@envmatrix/engine';

type Ask = (apis: ApiHolder) => Promise<string | undefined> | undefined;

/** Asked in this way, nobody is signed in who was not. */
const SILENTLY = { optional: true } as const;

const accessToken =
  (ref: ApiRef<OAuthApi>, scope: string): Ask =>
  apis =>
    apis.get(ref)?.getAccessToken(scope, SILENTLY);

const idToken =
  (ref: ApiRef<OpenIdConnectApi>): Ask =>
  apis =>
    apis.get(ref)?.getIdToken(SILENTLY);

/** Where the Kubernetes plugin takes which token from, with the scopes that it asks for. */
const ASKS: Readonly<Record<string, Ask>> = {
  google: accessToken(
    googleAuthApiRef,
    'https://www.googleapis.com/auth/cloud-platform.read-only',
  ),
  aks: accessToken(
    microsoftAuthApiRef,
    '6dae42f8-4368-4678-94ff-3960e28e3630/user.read',
  ),
  'oidc.gitlab': idToken(gitlabAuthApiRef),
  'oidc.google': idToken(googleAuthApiRef),
  'oidc.microsoft': idToken(microsoftAuthApiRef),
  'oidc.okta': idToken(oktaAuthApiRef),
  'oidc.onelogin': idToken(oneloginAuthApiRef),
};

/** How the Kubernetes plugin calls the way to a token. */
export function wayOf({ authProvider, tokenProvider }: UserTokenNeed): string {
  return authProvider === 'oidc' && tokenProvider !== undefined
    ? `oidc.${tokenProvider}`
    : authProvider;
}

/**
 * Whether the person is known to be signed in where a token comes from, without asking them.
 */
export async function hasSession(
  apis: ApiHolder,
  need: UserTokenNeed,
): Promise<boolean> {
  const ask = Object.entries(ASKS).find(([way]) => way === wayOf(need))?.[1];
  try {
    return Boolean(await ask?.(apis));
  } catch {
    return false; // whoever clicks sees what is wrong
  }
}
