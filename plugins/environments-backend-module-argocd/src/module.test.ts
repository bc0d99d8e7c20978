import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import environmentsPlugin from '@envmatrix/backstage-plugin-environments-backend';
import { MisbehavingServer } from '@envmatrix/backstage-plugin-environments-node/testUtils';
import request from 'supertest';
import { environmentsModuleArgocd } from './module';

const checkout: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'checkout',
    namespace: 'default',
    annotations: { 'argocd/app-name': 'checkout' },
  },
  spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
};

describe('the matrix of an adopter whose Argo CD is configured in a way that is not supported', () => {
  const ends: (() => Promise<unknown>)[] = [];

  /** What the matrix says is wrong, once it says that. */
  async function untilProblem(
    config: JsonObject,
    expected: RegExp,
  ): Promise<string> {
    const backend = await startTestBackend({
      features: [
        environmentsPlugin,
        environmentsModuleArgocd,
        catalogServiceMock.factory({ entities: [checkout] }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'https://portal.example.com' },
            backend: { baseUrl: 'http://localhost:7007' },
            environments: { tracking: { interval: { milliseconds: 200 } } },
            ...config,
          },
        }),
      ],
    });
    ends.push(() => backend.stop());
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { body } = await request(backend.server).get(
        '/api/environments/v1/entities/component/default/checkout/matrix',
      );
      if (expected.test(body.problem) || Date.now() > deadline) {
        return body.problem;
      }
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  it('says that Argo CD is not asked through the proxy', async () => {
    const expected =
      /'argocd.baseUrl' and the proxy endpoint '\/argocd\/api' can be found .* not supported/;

    expect(
      await untilProblem(
        {
          argocd: { baseUrl: 'https://argocd.example.com' },
          proxy: { endpoints: { '/argocd/api': 'https://argocd.example.com' } },
        },
        expected,
      ),
    ).toMatch(expected);
  });

  it("says that the portal does not sign in as 'oidcConfig' says", async () => {
    const server = await MisbehavingServer.start({
      answer: () => ({
        status: 401,
        json: { message: 'no session information' },
      }),
    });
    ends.push(() => server.close());
    const expected =
      /main wants the portal to sign in \(no session information\). 'argocd.oidcConfig' \(provider azure\) is configured, which the portal does not support: give instance 'main' .* a 'token'/;

    expect(
      await untilProblem(
        {
          argocd: {
            oidcConfig: { provider: 'azure', providerConfigKey: 'azure' },
            appLocatorMethods: [
              {
                type: 'config',
                instances: [{ name: 'main', url: server.url }],
              },
            ],
          },
        },
        expected,
      ),
    ).toMatch(expected);
  });
});
