import { mockServices } from '@backstage/backend-test-utils';
import { Discovery } from './Discovery';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { kindNamed } from './__testUtils__/kindNamed';
import { recording } from './__testUtils__/recording';
import { json, TestCluster } from './__testUtils__/TestCluster';

const GROUPS = '/apis';
const groups = (...versions: string[]) => ({
  groups: [{ versions: versions.map(groupVersion => ({ groupVersion })) }],
});

describe('Discovery', () => {
  let cluster: TestCluster;

  beforeEach(async () => {
    cluster = await TestCluster.start();
  });

  afterEach(() => cluster.close());

  const discover = (rememberMs = 60_000) =>
    new Discovery({
      client: new KubernetesPluginClient({
        auth: mockServices.auth(),
        discovery: {
          getBaseUrl: async () => cluster.url,
          getExternalBaseUrl: async () => cluster.url,
        },
      }),
      cluster: 'nonprod',
      signal: new AbortController().signal,
      timeoutMs: 10_000,
      rememberMs,
    });

  it('asks once for many kinds', async () => {
    const discovery = discover();
    const found = await Promise.all(
      ['ExternalSecret', 'SecretStore', 'ClusterSecretStore', 'Pod'].map(kind =>
        discovery.find(kindNamed(kind)),
      ),
    );
    expect(found).toEqual(Array(4).fill({ status: 'served', version: 'v1' }));
    expect(cluster.requests.map(({ path }) => path)).toEqual([
      GROUPS,
      '/apis/external-secrets.io/v1',
      '/api/v1',
    ]);
  });

  it('takes the earlier version where the newest is not served', async () => {
    cluster.answers.set(GROUPS, response =>
      json(response, 200, groups('external-secrets.io/v1beta1')),
    );
    cluster.answers.set('/apis/external-secrets.io/v1beta1', response =>
      json(response, 200, { resources: [{ name: 'externalsecrets' }] }),
    );
    const discovery = discover();
    expect(await discovery.find(kindNamed('ExternalSecret'))).toEqual({
      status: 'served',
      version: 'v1beta1',
    });
    expect(await discovery.find(kindNamed('SecretStore'))).toEqual({
      status: 'absent',
    });
  });

  it('takes the earlier version where the newest lacks the kind', async () => {
    cluster.answers.set('/apis/gateway.networking.k8s.io/v1', response =>
      json(response, 200, { resources: [{ name: 'gateways' }] }),
    );
    cluster.answers.set('/apis/gateway.networking.k8s.io/v1beta1', response =>
      json(response, 200, { resources: [{ name: 'httproutes' }] }),
    );
    expect(await discover().find(kindNamed('HTTPRoute'))).toEqual({
      status: 'served',
      version: 'v1beta1',
    });
  });

  it('asks for nothing of a group that is not there', async () => {
    cluster.answers.set(GROUPS, response =>
      json(response, 200, groups('apps/v1')),
    );
    expect(await discover().find(kindNamed('Certificate'))).toEqual({
      status: 'absent',
    });
    expect(cluster.requests.map(({ path }) => path)).toEqual([GROUPS]);
  });

  it('does not know where it may not ask', async () => {
    cluster.answers.set(GROUPS, response =>
      json(response, 403, recording('error/403-kind-not-served').response.body),
    );
    expect(await discover().find(kindNamed('Rollout'))).toEqual({
      status: 'unknown',
    });
  });

  it('does not remember a failure, nor an answer for longer than it holds', async () => {
    cluster.answers.set(GROUPS, response => {
      cluster.answers.delete(GROUPS);
      response.writeHead(500);
      response.end('trouble');
    });
    const discovery = discover(0);
    await expect(discovery.find(kindNamed('Pod'))).rejects.toThrow('trouble');
    expect(await discovery.find(kindNamed('Pod'))).toMatchObject({
      status: 'served',
    });
    cluster.answers.set('/api/v1', response =>
      json(response, 200, { resources: [] }),
    );
    expect(await discovery.find(kindNamed('Pod'))).toEqual({
      status: 'absent',
    });
  });
});
