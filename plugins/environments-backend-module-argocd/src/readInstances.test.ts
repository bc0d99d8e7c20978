import { ConfigReader } from '@backstage/config';
import { readInstances, whyNoInstances } from './readInstances';

const read = (data: object) =>
  readInstances(new ConfigReader(JSON.parse(JSON.stringify(data))));

describe('readInstances', () => {
  it('has none where nothing is configured, or only a proxy', () => {
    expect(read({})).toEqual([]);
    expect(read({ argocd: { baseUrl: 'https://argocd.example.com' } })).toEqual(
      [],
    );
  });

  it('reads every form of credentials: of the instance, of all, a token before a password, and none', () => {
    const instances = read({
      argocd: {
        username: 'portal',
        password: 'secret',
        baseUrl: 'https://argocd.example.com/',
        appLocatorMethods: [
          { type: 'other', instances: [{ name: 'x', url: 'https://x' }] },
          {
            type: 'config',
            instances: [
              { name: 'a', url: 'https://a.example.com/', token: 'a-token' },
              {
                name: 'b',
                url: 'https://b.example.com/argocd',
                frontendUrl: 'https://b-pages.example.com/',
                username: 'own',
                password: 'own-secret',
              },
            ],
          },
          {
            type: 'config',
            instances: [{ name: 'c', url: 'https://c.example.com' }],
          },
        ],
      },
      environments: {
        sources: {
          argocd: {
            a: { tls: { ca: 'PEM' } },
            c: { tls: { skipVerify: true } },
          },
        },
      },
    });

    expect(instances).toEqual([
      {
        name: 'a',
        url: 'https://a.example.com',
        pageUrl: 'https://argocd.example.com',
        credentials: { kind: 'token', token: 'a-token' },
        tls: { ca: 'PEM', rejectUnauthorized: true },
      },
      {
        name: 'b',
        url: 'https://b.example.com/argocd',
        pageUrl: 'https://b-pages.example.com',
        credentials: {
          kind: 'password',
          username: 'own',
          password: 'own-secret',
        },
        tls: { ca: undefined, rejectUnauthorized: true },
      },
      {
        name: 'c',
        url: 'https://c.example.com',
        pageUrl: 'https://argocd.example.com',
        credentials: {
          kind: 'password',
          username: 'portal',
          password: 'secret',
        },
        tls: { ca: undefined, rejectUnauthorized: false },
      },
    ]);
  });

  it('sends nothing that is not configured', () => {
    expect(
      read({
        argocd: {
          appLocatorMethods: [
            { type: 'config', instances: [{ name: 'a', url: 'https://a' }] },
          ],
        },
      })[0].credentials,
    ).toEqual({ kind: 'none' });
  });

  const oidcConfig = { provider: 'azure', providerConfigKey: 'azure' };

  it('says which way of signing in is configured that it does not know, where it is the only one', () => {
    const withInstance = (instance: object) =>
      read({
        argocd: {
          oidcConfig,
          appLocatorMethods: [
            {
              type: 'config',
              instances: [{ name: 'a', url: 'https://a', ...instance }],
            },
          ],
        },
      })[0].credentials;

    expect(withInstance({})).toEqual({
      kind: 'none',
      unsupported:
        "'argocd.oidcConfig' (provider azure) is configured, which the portal does not support",
    });
    expect(withInstance({ token: 't' })).toEqual({ kind: 'token', token: 't' });
  });

  it.each<[string, object, RegExp]>([
    [
      'nothing of Argo CD',
      { proxy: { endpoints: { '/ci': {} } } },
      /^nothing$/,
    ],
    [
      'an instance beside a proxy',
      {
        argocd: {
          baseUrl: 'https://argocd',
          appLocatorMethods: [
            { type: 'config', instances: [{ name: 'a', url: 'https://a' }] },
          ],
        },
        proxy: { '/argocd/api': { target: 'https://argocd/api/v1/' } },
      },
      /^nothing$/,
    ],
    [
      'an address for links',
      { argocd: { baseUrl: 'https://argocd' } },
      /^Of Argo CD only 'argocd.baseUrl' can be found .*'argocd.appLocatorMethods'/,
    ],
    [
      'that and a proxy',
      {
        argocd: { baseUrl: 'https://argocd' },
        proxy: { endpoints: { '/argocd/api': { target: 'https://argocd' } } },
      },
      /only 'argocd.baseUrl' and the proxy endpoint '\/argocd\/api' can be found .* a 'token', or a 'username' and 'password'/,
    ],
    [
      'a proxy as it was written before',
      { proxy: { '/argocd/api': 'https://argocd' } },
      /only the proxy endpoint '\/argocd\/api' can be found/,
    ],
  ])('says why there are no instances, of %s', (_, data, problem) => {
    const said = whyNoInstances(
      new ConfigReader(JSON.parse(JSON.stringify(data))),
    );

    expect(said ?? 'nothing').toMatch(problem);
  });
});
