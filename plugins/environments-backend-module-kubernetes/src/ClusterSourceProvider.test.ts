import { mockServices } from '@backstage/backend-test-utils';
import { ClusterSourceProvider } from './ClusterSourceProvider';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { MemorySink } from './__testUtils__/MemorySink';
import { TestCluster } from './__testUtils__/TestCluster';
import { until } from './__testUtils__/until';

describe('ClusterSourceProvider', () => {
  let cluster: TestCluster;
  let provider: ClusterSourceProvider;

  beforeEach(async () => {
    cluster = await TestCluster.start();
    provider = new ClusterSourceProvider({
      client: new KubernetesPluginClient({
        auth: mockServices.auth(),
        discovery: {
          getBaseUrl: async () => cluster.url,
          getExternalBaseUrl: async () => cluster.url,
        },
      }),
    });
  });

  afterEach(() => cluster.close());

  it('has a source per cluster of the Kubernetes plugin, the same one each time', async () => {
    cluster.clusters = [
      { name: 'nonprod', authProvider: 'serviceAccount' },
      { name: 'prod', authProvider: 'aws' },
    ];
    const first = await provider.getSources();
    const second = await provider.getSources();
    expect(first.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'kubernetes/nonprod',
      'kubernetes/prod',
    ]);
    expect(second[0]).toBe(first[0]);

    cluster.clusters = [{ name: 'prod', authProvider: 'aws' }];
    expect(await provider.getSources()).toEqual([first[1]]);
  });

  it.each(['oidc', 'google', 'aks', 'pinniped'])(
    "says why a cluster that needs the viewer's token (%s) is not watched, and asks it nothing",
    async authProvider => {
      cluster.clusters = [{ name: 'prod', authProvider }];
      const [source] = await provider.getSources();
      expect(source.onDemand?.needs).toEqual({ authProvider });
      const sink = new MemorySink();
      const abort = new AbortController();
      const running = source.run({
        sink,
        interest: { entities: () => [], subscribe: () => () => {} },
        logger: mockServices.logger.mock(),
        signal: abort.signal,
      });
      await until(() => sink.status === 'not-configured');
      expect(sink.states[0].reason).toContain(authProvider);
      abort.abort();
      await running;
      expect(cluster.requests).toEqual([]);
    },
  );

  it('has another source for a cluster that is read in another way from now on', async () => {
    const asked = async (oidcTokenProvider: string) => {
      cluster.clusters = [
        { name: 'prod', authProvider: 'oidc', oidcTokenProvider },
      ];
      return (await provider.getSources())[0];
    };
    const first = await asked('okta');
    expect(await asked('okta')).toBe(first);
    expect((await asked('gitlab')).onDemand?.needs).toEqual({
      authProvider: 'oidc',
      tokenProvider: 'gitlab',
    });
  });

  it('fails as a whole when the Kubernetes plugin does not answer', async () => {
    await cluster.close();
    await expect(provider.getSources()).rejects.toThrow();
    cluster = await TestCluster.start();
  });
});
