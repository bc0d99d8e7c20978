import { stringify } from 'yaml';
import { writeFileAtomically, type PlaygroundState } from './core';
import type { Ports } from './ports';

export interface ConfigOptions {
  ports: Ports;
  state: PlaygroundState;
  /** The user of the git host that the portal acts as. */
  gitUsername: string;
  /** What the clusters' certificates are checked with, in PEM, by the cluster's name. */
  caCertificates: Readonly<Record<'nonprod' | 'prod', string>>;
  /** Absolute paths of the catalog files of people and systems, and of the templates. */
  catalog: { organization: string; templates: readonly string[] };
}

const HEADER = `# Written at every start of the playground; what is changed here is lost. It is what an adopter would write for a git host, two
# clusters, an Argo CD and a sign-in of their own.
`;

/** The configuration with which a portal uses the playground; nothing in the portal knows more of it. */
export function portalConfig({
  ports,
  state,
  gitUsername,
  caCertificates,
  catalog,
}: ConfigOptions): Record<string, unknown> {
  const { credentials } = state;
  const local = (port: number) => `http://localhost:${port}`;
  const cluster = (name: 'nonprod' | 'prod') => ({
    name,
    url: `https://localhost:${ports[name]}`,
    authProvider: 'serviceAccount',
    serviceAccountToken: credentials.clusterTokens[name],
    caData: Buffer.from(caCertificates[name]).toString('base64'),
    skipMetricsLookup: true,
  });
  return {
    app: { baseUrl: local(ports.portal), signIn: { provider: 'oidc' } },
    backend: {
      baseUrl: local(ports.portal),
      listen: { host: '127.0.0.1', port: ports.portal },
      database: {
        client: 'better-sqlite3',
        connection: { directory: state.path('portal') },
      },
    },
    auth: {
      environment: 'production',
      session: { secret: credentials.sessionSecret },
      providers: {
        guest: null,
        oidc: {
          production: {
            metadataUrl: `${local(
              ports.identity,
            )}/.well-known/openid-configuration`,
            clientId: credentials.oidcClientId,
            clientSecret: credentials.oidcClientSecret,
            prompt: 'auto',
            signIn: {
              resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }],
            },
          },
        },
      },
    },
    integrations: {
      gitea: [
        {
          host: `localhost:${ports.git}`,
          baseUrl: local(ports.git),
          username: gitUsername,
          password: credentials.gitToken,
        },
      ],
    },
    catalog: {
      // A list replaces the one of another file, so the templates are here again.
      locations: [
        {
          type: 'file',
          target: catalog.organization,
          rules: [{ allow: ['User', 'Group', 'System', 'Domain'] }],
        },
        ...catalog.templates.map(target => ({
          type: 'file',
          target,
          rules: [{ allow: ['Template'] }],
        })),
      ],
    },
    kubernetes: {
      serviceLocatorMethod: { type: 'multiTenant' },
      clusterLocatorMethods: [
        { type: 'config', clusters: [cluster('nonprod'), cluster('prod')] },
      ],
    },
    argocd: {
      baseUrl: local(ports.argoCd),
      appLocatorMethods: [
        {
          type: 'config',
          instances: [
            {
              name: 'main',
              url: local(ports.argoCd),
              token: credentials.argoCdToken,
            },
          ],
        },
      ],
    },
  };
}

/** Writes the configuration; returns where. */
export async function writePortalConfig(
  options: ConfigOptions,
): Promise<string> {
  const file = options.state.path('app-config.playground.yaml');
  // It holds tokens.
  await writeFileAtomically(
    file,
    `${HEADER}${stringify(portalConfig(options), { lineWidth: 0 })}`,
    0o600,
  );
  return file;
}
