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
    | { readonly kind: 'none' };
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
        credentials: credentialsOf(token, user, pass),
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
): ArgoCdInstance['credentials'] {
  if (token) {
    return { kind: 'token', token };
  }
  return username && password
    ? { kind: 'password', username, password }
    : { kind: 'none' };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
