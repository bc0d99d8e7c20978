import { Config } from '@backstage/config';

/**
 * One Argo CD instance, as the adopter's configuration has it.
 */
export interface ArgoCdInstance {
  readonly name: string;
  readonly url: string;
  /** Where people open it. */
  readonly pageUrl: string;
  readonly credentials:
    | { readonly kind: 'token'; readonly token: string }
    | {
        readonly kind: 'password';
        readonly username: string;
        readonly password: string;
      }
    | {
        readonly kind: 'none';
        /** What is configured to sign in with instead, and cannot be used: one sentence's beginning. */
        readonly unsupported?: string;
      };
  readonly tls: { readonly ca?: string; readonly rejectUnauthorized: boolean };
}

/**
 * Reads `argocd.appLocatorMethods`, as the Argo CD plugins of Backstage do, and what an instance needs beyond it under `environments.sources.argocd`.
 * Nothing is sent that is not configured: there are no default credentials.
 */
export function readInstances(config: Config): ArgoCdInstance[] {
  const argocd = config.getOptionalConfig('argocd');
  const username = argocd?.getOptionalString('username');
  const password = argocd?.getOptionalString('password');
  const baseUrl = argocd?.getOptionalString('baseUrl');
  const oidc = argocd?.getOptionalConfig('oidcConfig');
  const unsupported =
    oidc &&
    `'argocd.oidcConfig' (provider ${
      oidc.getOptionalString('provider') ?? 'not named'
    }) is configured, which the portal does not support`;
  return (argocd?.getOptionalConfigArray('appLocatorMethods') ?? [])
    .filter(method => method.getOptionalString('type') === 'config')
    .flatMap(method => method.getOptionalConfigArray('instances') ?? [])
    .map(instance => {
      const name = instance.getString('name');
      const url = withoutSlash(instance.getString('url'));
      const token = instance.getOptionalString('token');
      const user = instance.getOptionalString('username') ?? username;
      const pass = instance.getOptionalString('password') ?? password;
      const tls = config
        .getOptionalConfig('environments.sources.argocd')
        ?.getOptionalConfig(name)
        ?.getOptionalConfig('tls');
      return {
        name,
        url,
        pageUrl: withoutSlash(
          instance.getOptionalString('frontendUrl') ?? baseUrl ?? url,
        ),
        credentials: credentialsOf(token, user, pass, unsupported),
        tls: {
          ca: tls?.getOptionalString('ca'),
          rejectUnauthorized: !(tls?.getOptionalBoolean('skipVerify') ?? false),
        },
      };
    });
}

function credentialsOf(
  token: string | undefined,
  username: string | undefined,
  password: string | undefined,
  unsupported: string | undefined,
): ArgoCdInstance['credentials'] {
  if (token) {
    return { kind: 'token', token };
  }
  return username && password
    ? { kind: 'password', username, password }
    : { kind: 'none', ...(unsupported ? { unsupported } : {}) };
}

/**
 * Why there are no instances although Argo CD is configured: as its plugins can be that ask through the portal's proxy alone. Undefined where there
 * are some, or nothing of Argo CD is configured.
 */
export function whyNoInstances(config: Config): string | undefined {
  if (readInstances(config).length > 0) {
    return undefined;
  }
  const found = [
    ...(config.has('argocd.baseUrl') ? [`'argocd.baseUrl'`] : []),
    ...proxyPaths(config).map(path => `the proxy endpoint '${path}'`),
  ];
  return found.length === 0
    ? undefined
    : `Of Argo CD only ${found.join(
        ' and ',
      )} can be found in the configuration, which is not supported: the portal watches Argo CD itself, and not through its proxy. List the instance in 'argocd.appLocatorMethods', in a method of type 'config', with its 'name', its 'url' and a 'token', or a 'username' and 'password', of an account for the portal`;
}

/** Endpoints of the proxy that lead to Argo CD by their path, as it is written now or was before. */
function proxyPaths(config: Config): string[] {
  return ['proxy.endpoints', 'proxy']
    .flatMap(place => config.getOptionalConfig(place)?.keys() ?? [])
    .filter(path => /^\/?argo-?cd\b/i.test(path));
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
