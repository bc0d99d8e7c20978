import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import environmentsPlugin from '@envmatrix/backstage-plugin-environments-backend';
import { sourcesModule } from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { Matrix } from '@envmatrix/engine';
import { ServerResponse } from 'http';
import request from 'supertest';
import { ClusterSource } from './ClusterSource';
import { groupPathOf, WATCHED_KINDS } from './kinds';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { Timing } from './timing';
import {
  Listed,
  recordedEvents,
  recordedList,
  recording,
} from './__testUtils__/recording';
import { json, TestCluster } from './__testUtils__/TestCluster';

const DEPLOYMENTS = '/apis/apps/v1/deployments';
const PATHS = WATCHED_KINDS.map(kind => `${groupPathOf(kind)}/${kind.plural}`);

const checkout: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'checkout',
    namespace: 'default',
    annotations: { 'backstage.io/kubernetes-label-selector': 'app=checkout' },
  },
  spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
};

/** A cluster that answers has all the time that a busy machine takes. */
const PATIENT: Partial<Timing> = {
  probeTimeoutMs: 30_000,
  troubledTimeoutMs: 30_000,
  requestTimeoutMs: 30_000,
};

/** For a cluster that hangs: so that it is not waited for long. */
const HASTY: Partial<Timing> = {
  probeTimeoutMs: 1_500,
  troubledTimeoutMs: 1_500,
  requestTimeoutMs: 3_000,
};

/** Both clusters hold what was recorded of the one without production. */
const DEFINITIONS = [
  { name: 'dev', cluster: 'nonprod', namespace: 'checkout-dev' },
  {
    name: 'prod',
    kind: 'production',
    cluster: 'prod',
    namespace: 'checkout-staging',
  },
];

function deploymentOfDev(): Listed {
  const found = recordedList('deployments').items.find(
    ({ metadata }) => metadata.namespace === 'checkout-dev',
  );
  if (!found) {
    throw new Error('The Deployment of dev is not in the recording');
  }
  return found;
}

describe('what the matrix says when there are only clusters, and one', () => {
  const ends: (() => Promise<void>)[] = [];

  /** The portal with two clusters and no Argo CD; what is done goes to `nonprod`, and `prod` is well throughout. */
  async function start(patience: Partial<Timing> = PATIENT) {
    const clusters = {
      nonprod: await TestCluster.start(),
      prod: await TestCluster.start(),
    };
    const sources = (['nonprod', 'prod'] as const).map(
      name =>
        new ClusterSource({
          cluster: name,
          client: new KubernetesPluginClient({
            auth: mockServices.auth(),
            discovery: {
              getBaseUrl: async () => clusters[name].url,
              getExternalBaseUrl: async () => clusters[name].url,
            },
            maxBodyBytes: 2 * 1024 * 1024,
          }),
          timing: {
            ...(name === 'nonprod' ? patience : PATIENT),
            probeMs: 50,
            troubledProbeMs: 20,
            openMs: 20,
            garbledMs: 500,
            unavailableMs: 60,
            discoveryMs: 30,
            backoffMs: { first: 20, max: 100 },
            batchMs: 10,
          },
        }),
    );
    const backend = await startTestBackend({
      features: [
        environmentsPlugin,
        sourcesModule(sources),
        catalogServiceMock.factory({ entities: [checkout] }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'https://portal.example.com' },
            backend: { baseUrl: 'http://localhost:7007' },
            environments: {
              definitions: DEFINITIONS,
              tracking: { interval: { milliseconds: 200 } },
            },
          },
        }),
      ],
    });
    ends.push(async () => {
      await backend.stop();
      await Promise.all([clusters.nonprod.close(), clusters.prod.close()]);
    });
    const seen: Matrix[] = [];
    const untilMatrix = async (
      condition: (found: Matrix) => boolean,
    ): Promise<Matrix> => {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const { status, body } = await request(backend.server).get(
          '/api/environments/v1/entities/component/default/checkout/matrix',
        );
        expect(status).toBe(200);
        seen.push(body);
        if (condition(body)) {
          return body;
        }
        if (Date.now() > deadline) {
          throw new Error(
            `It did not come to that: ${JSON.stringify(body).slice(0, 3_000)}`,
          );
        }
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    };
    return { nonprod: clusters.nonprod, untilMatrix, seen };
  }

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  const version = ({ environments }: Matrix, name: string) => {
    const column = environments.find(environment => environment.name === name);
    return {
      value: column?.summary.version,
      ...column?.summary.observations.version,
    };
  };
  const cellOf = ({ groups }: Matrix, row: string) =>
    groups.flatMap(({ rows }) => rows).find(({ id }) => id === row)?.cells.dev;
  const quotas = (matrix: Matrix) =>
    matrix.groups
      .flatMap(({ rows }) => rows)
      .filter(({ id }) => id.startsWith('platform.quota'))
      .map(({ cells }) => cells.dev);

  const isWell = (matrix: Matrix) =>
    ['dev', 'prod'].every(name => version(matrix, name).status === 'observed');

  /** From now on every request is answered so, those of open watches too. */
  const answerAll =
    (answer: (response: ServerResponse) => void) => (cluster: TestCluster) => {
      ['/version', '/apis', ...PATHS].forEach(path =>
        cluster.answers.set(path, answer),
      );
      PATHS.forEach(path => cluster.end(path, 'ended'));
    };
  const answerStatus = (
    code: number,
    message: string,
    headers: Record<string, string> = {},
  ) =>
    answerAll(response => {
      response.writeHead(code, {
        'content-type': 'application/json',
        ...headers,
      });
      response.end(
        JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, message }),
      );
    });
  const half = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"metadata":{"resourceVersion":"1"},"items":[{');
  };

  const endless = (response: ServerResponse) => {
    half(response);
    const goOn = () => {
      while (
        !response.destroyed &&
        response.write(Buffer.alloc(256 * 1024, ' '))
      ) {
        // as fast as it is read
      }
    };
    response.on('drain', goOn);
    goOn();
  };

  it.each<[string, (cluster: TestCluster) => void, string, RegExp]>([
    [
      'refuses connections',
      cluster => cluster.set('refuses'),
      'unreachable',
      /^Cluster nonprod cannot be reached: ECONNREFUSED$/,
    ],
    [
      'accepts connections, and says nothing',
      cluster => cluster.set('hangs'),
      'timeout',
      /^Cluster nonprod did not answer within/,
    ],
    ['hangs mid-body', answerAll(half), 'timeout', /did not answer within/],
    [
      'cuts answers off',
      answerAll(response => {
        half(response);
        setImmediate(() => response.destroy());
      }),
      'unreachable',
      /The connection to cluster nonprod .* failed/,
    ],
    [
      'answers nonsense',
      answerAll(response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('<html>welcome</html>\n');
      }),
      'stale',
      /of cluster nonprod are last known: .*not understood|no event/,
    ],
    [
      'answers without an end',
      cluster => {
        cluster.answers.set(DEPLOYMENTS, endless);
        cluster.end(DEPLOYMENTS, 'ended');
      },
      'stale',
      /^deployments of cluster nonprod are last known: .*(does not end|is longer than 2 MiB)$/,
    ],
    [
      'does not accept the token any more',
      answerAll(response =>
        json(response, 401, recording('error/401-bad-token').response.body),
      ),
      'forbidden',
      /^Cluster nonprod does not accept the portal's credentials: Unauthorized$/,
    ],
    [
      'is an address where something else is',
      answerAll(response => {
        response.writeHead(404, { 'content-type': 'text/plain' });
        response.end('404 page not found\n');
      }),
      'stale',
      /404 page not found/,
    ],
    [
      'has too much to do',
      answerStatus(429, 'Too many requests', { 'retry-after': '1' }),
      'stale',
      /Too many requests/,
    ],
    [
      'fails',
      answerStatus(500, 'etcdserver: request timed out'),
      'stale',
      /etcdserver: request timed out/,
    ],
    [
      'has moved',
      answerAll(response => {
        response.writeHead(308, { location: 'https://new.example.com/x' });
        response.end();
      }),
      'stale',
      /sends the portal on to https:\/\/new.example.com; if it has moved/,
    ],
    [
      'has a certificate that is not trusted',
      answerAll(response =>
        json(response, 500, {
          error: {
            name: 'FetchError',
            message: 'request failed',
            cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
          },
        }),
      ),
      'unreachable',
      /^The certificate of cluster nonprod is not accepted/,
    ],
  ])(
    '%s: values stay, with why and since when, the other is untouched, until it is well again',
    async (_, misbehave, status, reason) => {
      const { nonprod, untilMatrix, seen } = await start(
        status === 'timeout' ? HASTY : PATIENT,
      );
      await untilMatrix(isWell);

      misbehave(nonprod);
      const matrix = await untilMatrix(
        found => version(found, 'dev').status === status,
      );

      expect(version(matrix, 'dev')).toEqual({
        value: '1.5.0',
        status,
        reason: expect.stringMatching(reason),
        since: expect.any(String),
      });
      expect(cellOf(matrix, 'release.version')).toMatchObject({
        display: '1.5.0',
        observation: { status },
        provenance: { observedAt: expect.any(String) },
      });
      expect(matrix.sources).toContainEqual(
        expect.objectContaining({
          kind: 'kubernetes',
          name: 'nonprod',
          status,
          lastObservedAt: expect.any(String),
        }),
      );

      nonprod.answers.clear();
      nonprod.write(DEPLOYMENTS, 'DELETED', deploymentOfDev());
      nonprod.set('up');
      await untilMatrix(found => version(found, 'dev').status === 'absent');
      const others = seen
        .slice(seen.findIndex(isWell))
        .map(found => version(found, 'prod').status);
      expect(new Set(others)).toEqual(new Set(['observed']));
    },
  );

  it('forbids one kind: that kind says so, and heals with the right; the rest is known', async () => {
    const { nonprod, untilMatrix } = await start();
    await untilMatrix(isWell);

    nonprod.answers.set('/api/v1/resourcequotas', response =>
      json(response, 403, recording('error/403-kind-not-served').response.body),
    );
    nonprod.end('/api/v1/resourcequotas', 'ended');
    const matrix = await untilMatrix(found =>
      quotas(found).some(cell => cell?.observation.status === 'forbidden'),
    );

    expect(quotas(matrix).map(cell => cell?.observation.reason)).toContainEqual(
      expect.stringContaining('may not read resourcequotas of cluster nonprod'),
    );
    expect(version(matrix, 'dev').status).toBe('observed');

    nonprod.answers.clear();
    await untilMatrix(found =>
      quotas(found).some(cell => cell?.observation.status === 'observed'),
    );
  });

  it('does not serve a kind: nothing of it is shown, and nothing else is missing', async () => {
    const { nonprod, untilMatrix, seen } = await start();
    nonprod.answers.set('/apis', response =>
      json(response, 200, {
        groups: [{ versions: [{ groupVersion: 'apps/v1' }] }],
      }),
    );
    const matrix = await untilMatrix(isWell);
    expect(matrix.sources).toContainEqual(
      expect.objectContaining({ name: 'nonprod', status: 'observed' }),
    );
    expect(JSON.stringify(seen)).not.toContain('"forbidden"');
  });

  it('has forgotten the version that a watch goes on from: what happened meanwhile is seen, and nobody hears of it', async () => {
    const { nonprod, untilMatrix, seen } = await start();
    await untilMatrix(isWell);
    const since = seen.length;

    const [expired] = recordedEvents('watch/410-after-restart');
    const others = recordedList('deployments').items.filter(
      ({ metadata }) => metadata.namespace !== 'checkout-dev',
    );
    nonprod.answers.set(DEPLOYMENTS, (response, { query }) => {
      if (query.has('watch')) {
        response.write('');
      } else {
        json(response, 200, {
          metadata: { resourceVersion: '20000' },
          items: others,
        });
      }
    });
    nonprod.send(DEPLOYMENTS, JSON.stringify(expired));
    await untilMatrix(found => version(found, 'dev').status === 'absent');

    expect(
      new Set(
        seen
          .slice(since)
          .flatMap(({ sources }) => sources.map(({ status }) => status)),
      ),
    ).toEqual(new Set(['observed']));
  });
});
