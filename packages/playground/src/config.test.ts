import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { parse } from 'yaml';
import { writePortalConfig } from './config';
import { openState } from './core';
import { portsFrom } from './ports';
import { removeFolder } from './__testUtils__/removeFolder';

describe('the configuration of the portal', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'playground-config-'));
  });

  afterEach(() => removeFolder(folder));

  async function write() {
    const state = await openState(folder, { clusters: ['nonprod', 'prod'] });
    const file = await writePortalConfig({
      ports: portsFrom(8100),
      state,
      gitUsername: 'portal',
      caCertificates: { nonprod: 'CA OF NONPROD', prod: 'CA OF PROD' },
      catalog: {
        organization: '/repo/org.yaml',
        templates: ['/repo/template.yaml'],
      },
    });
    return {
      file,
      credentials: state.credentials,
      config: parse(await fs.readFile(file, 'utf8')),
    };
  }

  it('is what an adopter would write, and readable to its owner alone', async () => {
    const { file, credentials, config } = await write();
    expect(file).toBe(path.join(folder, 'app-config.playground.yaml'));
    expect(((await fs.stat(file)).mode % 0o1000).toString(8)).toBe('600');
    expect(config).toEqual({
      app: { baseUrl: 'http://localhost:8100', signIn: { provider: 'oidc' } },
      backend: {
        baseUrl: 'http://localhost:8100',
        listen: { host: '127.0.0.1', port: 8100 },
        database: {
          client: 'better-sqlite3',
          connection: { directory: path.join(folder, 'portal') },
        },
      },
      auth: {
        environment: 'production',
        session: { secret: credentials.sessionSecret },
        providers: {
          guest: null,
          oidc: {
            production: {
              metadataUrl:
                'http://localhost:8105/.well-known/openid-configuration',
              clientId: 'portal',
              clientSecret: credentials.oidcClientSecret,
              prompt: 'auto',
              signIn: {
                resolvers: [
                  { resolver: 'emailMatchingUserEntityProfileEmail' },
                ],
              },
            },
          },
        },
      },
      integrations: {
        gitea: [
          {
            host: 'localhost:8101',
            baseUrl: 'http://localhost:8101',
            username: 'portal',
            password: credentials.gitToken,
          },
        ],
      },
      catalog: {
        locations: [
          {
            type: 'file',
            target: '/repo/org.yaml',
            rules: [{ allow: ['User', 'Group', 'System', 'Domain'] }],
          },
          {
            type: 'file',
            target: '/repo/template.yaml',
            rules: [{ allow: ['Template'] }],
          },
        ],
      },
      kubernetes: {
        serviceLocatorMethod: { type: 'multiTenant' },
        clusterLocatorMethods: [
          {
            type: 'config',
            clusters: [
              {
                name: 'nonprod',
                url: 'https://localhost:8103',
                authProvider: 'serviceAccount',
                serviceAccountToken: credentials.clusterTokens.nonprod,
                caData: Buffer.from('CA OF NONPROD').toString('base64'),
                skipMetricsLookup: true,
              },
              {
                name: 'prod',
                url: 'https://localhost:8104',
                authProvider: 'serviceAccount',
                serviceAccountToken: credentials.clusterTokens.prod,
                caData: Buffer.from('CA OF PROD').toString('base64'),
                skipMetricsLookup: true,
              },
            ],
          },
        ],
      },
      argocd: {
        baseUrl: 'http://localhost:8102',
        appLocatorMethods: [
          {
            type: 'config',
            instances: [
              {
                name: 'main',
                url: 'http://localhost:8102',
                token: credentials.argoCdToken,
              },
            ],
          },
        ],
      },
    });
  });

  it("makes the git host one of Backstage's own Gitea integrations", async () => {
    const { config } = await write();
    const integrations = ScmIntegrations.fromConfig(new ConfigReader(config));
    expect(
      integrations.byUrl('http://localhost:8101/acme/checkout'),
    ).toMatchObject({ type: 'gitea', title: 'localhost:8101' });
  });

  it.each([0, -1, 65_533, 7007.5, Number.NaN])(
    'does not begin at port %s',
    port => {
      expect(() => portsFrom(port)).toThrow(
        'The port must be a number from 1 to 65529',
      );
    },
  );
});
