import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import {
  FactKinds,
  OnDemandRequest,
} from '@envmatrix/backstage-plugin-environments-node';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { UserTokenCluster } from './UserTokenCluster';
import { MemorySink } from './__testUtils__/MemorySink';
import { json, TestCluster } from './__testUtils__/TestCluster';
import { until } from './__testUtils__/until';

const PODS = '/api/v1/namespaces/checkout-dev/pods';

describe('UserTokenCluster', () => {
  let cluster: TestCluster;
  let source: UserTokenCluster;

  beforeEach(async () => {
    cluster = await TestCluster.start();
    source = new UserTokenCluster({
      cluster: {
        name: 'nonprod',
        authProvider: 'oidc',
        oidcTokenProvider: 'okta',
      },
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

  const read = (request: Partial<OnDemandRequest> = {}) =>
    source.onDemand.read({
      credentials: mockCredentials.user('user:default/ada'),
      token: 'the-token',
      namespaces: ['checkout-dev'],
      signal: new AbortController().signal,
      ...request,
    });

  const unavailable = async (kind: string) => {
    const { facts } = await read();
    const fact = facts.find(each => each.kind === FactKinds.cluster);
    return JSON.parse(JSON.stringify(fact?.value)).unavailable.filter(
      (entry: { kind: string }) => entry.kind === kind,
    );
  };

  it('asks in the name of the person, with their token where the Kubernetes plugin wants it', async () => {
    const { observation, facts } = await read();

    expect(observation).toEqual({ status: 'observed' });
    expect(
      facts.some(
        ({ scope, name }) =>
          scope === 'checkout-dev' && name === 'apps/Deployment/checkout',
      ),
    ).toBe(true);
    expect(
      facts.filter(({ scope }) => !['', 'checkout-dev'].includes(scope)),
    ).toEqual([]);
    for (const { headers } of cluster.requests) {
      expect(headers['backstage-kubernetes-authorization-oidc-okta']).toBe(
        'the-token',
      );
      expect(headers.authorization).toMatch(/user:default\/ada/);
    }
  });

  it('has every request counted that it costs the cluster', async () => {
    const meter = { request: jest.fn(), watchRestart: jest.fn() };
    await read({ meter });
    expect(cluster.requests.length).toBeGreaterThan(10);
    expect(meter.request).toHaveBeenCalledTimes(cluster.requests.length);
    expect(meter.watchRestart).not.toHaveBeenCalled();
  });

  it('says what right a person lacks in the portal', async () => {
    cluster.answers.set('/version', response =>
      json(response, 403, {
        error: { name: 'NotAllowedError', message: 'Unauthorized' },
      }),
    );
    expect(await read()).toEqual({
      observation: {
        status: 'forbidden',
        reason:
          'You may not read clusters through the portal (permission kubernetes.proxy of the Kubernetes plugin): The Kubernetes plugin refuses the request: Unauthorized',
      },
      facts: [],
    });
  });

  it('reads no list that does not end', async () => {
    let pages = 0;
    cluster.answers.set(PODS, response => {
      pages += 1;
      json(response, 200, {
        metadata: { resourceVersion: '1', continue: `page-${pages}` },
        items: [],
      });
    });
    expect(await unavailable('Pod')).toEqual([
      {
        kind: 'Pod',
        namespace: 'checkout-dev',
        status: 'unknown',
        reason: expect.stringMatching(/does not end within 2000 objects$/),
      },
    ]);
    expect(pages).toBe(4);
  });

  it('reads no more than fits, over all answers', async () => {
    const half = 'x'.repeat(12 * 1024 * 1024);
    for (const plural of ['pods', 'services', 'limitranges']) {
      cluster.answers.set(
        `/api/v1/namespaces/checkout-dev/${plural}`,
        response =>
          json(response, 200, {
            metadata: { resourceVersion: '1', half },
            items: [],
          }),
      );
    }
    const { facts } = await read();

    const value = JSON.stringify(
      facts.find(each => each.kind === FactKinds.cluster)?.value,
    );
    // Two of the three fit, and so does all that is small.
    expect(value.match(/does not fit into the 32 MiB/g)).toHaveLength(1);
    cluster.answers.clear();
    cluster.answers.set(PODS, response =>
      json(response, 200, {
        metadata: { resourceVersion: '1', half: half + half },
        items: [],
      }),
    );
    expect(await unavailable('Pod')).toEqual([
      expect.objectContaining({
        reason: expect.stringContaining('is longer than 16 MiB'),
      }),
    ]);
  });

  it('returns what it has when its time is over', async () => {
    cluster.answers.set(PODS, () => {});
    const enough = new AbortController();
    const reading = read({ signal: enough.signal });
    await until(
      () =>
        cluster.requests.filter(({ path }) => path.includes('/namespaces/'))
          .length > 15,
    );
    enough.abort();

    const { observation, facts } = await reading;
    expect(observation.status).toBe('observed');
    expect(facts.some(({ name }) => name === 'apps/Deployment/checkout')).toBe(
      true,
    );
  });

  it('keeps nothing of the time when the portal was let in', async () => {
    const sink = new MemorySink();
    await sink.upsert([
      {
        kind: FactKinds.object,
        scope: 'checkout-dev',
        name: 'Pod/one',
        value: {},
        observedAt: '2026-11-30T10:00:00Z',
      },
    ]);
    const abort = new AbortController();
    const running = source.run({
      sink,
      interest: { entities: () => [], subscribe: () => () => {} },
      logger: mockServices.logger.mock(),
      signal: abort.signal,
    });
    await until(() => sink.status === 'not-configured');
    abort.abort();
    await running;

    expect(sink.facts.size).toBe(0);
    expect(cluster.requests).toEqual([]);
  });
});
