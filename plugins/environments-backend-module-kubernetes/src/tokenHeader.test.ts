import { tokenHeader } from './tokenHeader';

it.each([
  [
    { authProvider: 'google' },
    'Backstage-Kubernetes-Authorization-google',
    'token',
  ],
  [
    { authProvider: 'oidc', tokenProvider: 'okta-internal' },
    'Backstage-Kubernetes-Authorization-oidc-okta-internal',
    'token',
  ],
  [
    { authProvider: 'oidc', tokenProvider: 'companySSO' },
    'Backstage-Kubernetes-Authorization',
    'Bearer token',
  ],
  [
    { authProvider: 'oidc', tokenProvider: 'a b' },
    'Backstage-Kubernetes-Authorization',
    'Bearer token',
  ],
  [
    { authProvider: 'my-own' },
    'Backstage-Kubernetes-Authorization',
    'Bearer token',
  ],
])('the token for %j goes in %s', (needs, name, value) => {
  expect(tokenHeader(needs, 'token')).toEqual([name, value]);
});
