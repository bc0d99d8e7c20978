import { UserTokenNeed } from '@envmatrix/engine';

const PREFIX = 'Backstage-Kubernetes-Authorization';

/** The Kubernetes plugin takes the name of the header apart at hyphens, and sees it in lower case. */
const WAY = /^[a-z0-9]+$/;
const PROVIDER = /^[a-z0-9._-]+$/;

/**
 * The header in which the proxy of the Kubernetes plugin takes somebody's token for a cluster: the one that its strategy for the cluster asks
 * for, so that a strategy of the adopter's sees the token. A name that cannot be part of a header as it is goes without one: the token
 * then reaches the cluster as it is, which is what the strategies of the plugin itself do with it.
 */
export function tokenHeader(
  needs: Pick<UserTokenNeed, 'authProvider' | 'tokenProvider'>,
  token: string,
): readonly [name: string, value: string] {
  const { authProvider, tokenProvider } = needs;
  if (
    !WAY.test(authProvider) ||
    (tokenProvider !== undefined && !PROVIDER.test(tokenProvider))
  ) {
    return [PREFIX, `Bearer ${token}`];
  }
  return [
    [PREFIX, authProvider, tokenProvider].filter(Boolean).join('-'),
    token,
  ];
}
