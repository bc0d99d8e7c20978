import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  EnvironmentSourceProvider,
  environmentsSourcesExtensionPoint,
} from '@envmatrix/backstage-plugin-environments-node';
import { JsonObject } from '@backstage/types';
import environmentsModuleRegistry from './index';
import { readRegistries } from './readRegistries';

const registriesOf = (registry: JsonObject) =>
  readRegistries(new ConfigReader({ environments: { sources: { registry } } }));

describe('the registries that the portal may ask', () => {
  it('are none where none is configured', () => {
    expect(readRegistries(new ConfigReader({}))).toEqual([]);
  });

  it('are those that are configured, as they are reached', () => {
    expect(
      registriesOf({
        'ghcr.io': { username: 'robot', password: 'secret' },
        'docker.io': { anonymous: true },
        'registry.example.com:5000': {
          token: 'secret',
          baseUrl: 'http://inner.example.com:5000/',
          hosts: ['minio.example.com'],
          tls: { ca: 'PEM' },
        },
      }),
    ).toEqual([
      {
        host: 'ghcr.io',
        baseUrl: 'https://ghcr.io',
        credentials: { kind: 'basic', username: 'robot', password: 'secret' },
        hosts: [],
      },
      {
        host: 'docker.io',
        baseUrl: 'https://registry-1.docker.io',
        credentials: { kind: 'anonymous' },
        hosts: ['auth.docker.io'],
      },
      {
        host: 'registry.example.com:5000',
        baseUrl: 'http://inner.example.com:5000',
        credentials: { kind: 'token', token: 'secret' },
        hosts: ['minio.example.com'],
        ca: 'PEM',
      },
    ]);
  });

  it.each<[string, JsonObject]>([
    ['needs one of', { 'ghcr.io': {} }],
    ['needs one of', { 'ghcr.io': { username: 'robot' } }],
    [
      'needs one of',
      { 'ghcr.io': { anonymous: true, username: 'a', password: 'b' } },
    ],
    ['needs one of', { 'ghcr.io': { token: 'a', password: 'b' } }],
    ['baseUrl', { 'ghcr.io': { anonymous: true, baseUrl: 'file:///etc' } }],
    ['is not a host', { 'https://ghcr.io': { anonymous: true } }],
    ['passwort', { 'ghcr.io': { username: 'a', passwort: 'never-seen' } }],
    ['password', { 'ghcr.io': { username: 'a', password: 12345 } }],
  ])('have to be meant: %s', (message, registry) => {
    let problem = '';
    try {
      registriesOf(registry);
    } catch (error) {
      problem = `${error}`;
    }
    expect(problem).toContain(message);
    expect(problem).not.toMatch(/never-seen|12345/);
  });

  it('become sources of the backend', async () => {
    const providers: EnvironmentSourceProvider[] = [];
    const backend = await startTestBackend({
      features: [
        environmentsModuleRegistry,
        createBackendModule({
          pluginId: 'environments',
          moduleId: 'sources',
          register(env) {
            env.registerExtensionPoint(environmentsSourcesExtensionPoint, {
              addSourceProvider: provider => providers.push(provider),
            });
            env.registerInit({ deps: {}, async init() {} });
          },
        }),
        mockServices.rootConfig.factory({
          data: {
            environments: {
              sources: { registry: { 'ghcr.io': { anonymous: true } } },
            },
          },
        }),
      ],
    });

    const sources = await Promise.all(
      providers.map(provider => provider.getSources()),
    );
    expect(sources.flat().map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'registry/ghcr.io',
    ]);
    await backend.stop();
  });
});
