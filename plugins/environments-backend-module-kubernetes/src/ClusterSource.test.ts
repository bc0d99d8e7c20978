import { mockServices } from '@backstage/backend-test-utils';
import { ClusterSource } from './ClusterSource';
import { groupPathOf, WATCHED_KINDS } from './kinds';
import { reduceObject } from './reduce';
import { kindNamed } from './__testUtils__/kindNamed';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { Timing } from './timing';
import { MemorySink } from './__testUtils__/MemorySink';
import {
  recordedEvents,
  recordedList,
  recording,
} from './__testUtils__/recording';
import { json, TestCluster } from './__testUtils__/TestCluster';
import { until } from './__testUtils__/until';

const DEPLOYMENT = kindNamed('Deployment');
const DEPLOYMENTS = '/apis/apps/v1/deployments';
const PODS = '/api/v1/pods';
const LIMIT_RANGES = '/api/v1/limitranges';

/** Waits of the same kinds as in life, only shorter. A cluster that answers has all the time that a busy machine takes. */
const TIMING: Partial<Timing> = {
  probeMs: 50,
  probeTimeoutMs: 30_000,
  troubledProbeMs: 20,
  troubledTimeoutMs: 30_000,
  requestTimeoutMs: 30_000,
  openMs: 20,
  idleMs: 60_000,
  unavailableMs: 60,
  discoveryMs: 30,
  backoffMs: { first: 20, max: 100 },
  batchMs: 10,
};

/** For clusters that hang: so that it is not waited for long. */
const HASTY: Partial<Timing> = {
  probeTimeoutMs: 800,
  troubledTimeoutMs: 800,
};

describe('ClusterSource', () => {
  let cluster: TestCluster;
  let sink: MemorySink;
  let abort: AbortController;
  let running: Promise<void> | undefined;
  let source: ClusterSource;
  let counted: { requests: number; watchRestarts: number };

  beforeEach(async () => {
    cluster = await TestCluster.start();
    sink = new MemorySink();
    abort = new AbortController();
    counted = { requests: 0, watchRestarts: 0 };
  });

  afterEach(async () => {
    abort.abort();
    await running;
    running = undefined;
    await cluster.close();
  });

  const start = (
    timing: Partial<Timing> = {},
    maxBodyBytes?: number,
    random: () => number = () => 0.5,
  ) => {
    source = new ClusterSource({
      cluster: 'nonprod',
      client: new KubernetesPluginClient({
        auth: mockServices.auth(),
        discovery: {
          getBaseUrl: async () => cluster.url,
          getExternalBaseUrl: async () => cluster.url,
        },
        maxBodyBytes,
      }),
      timing: { ...TIMING, ...timing },
      random,
    });
    running = source.run({
      sink,
      interest: { entities: () => [], subscribe: () => () => {} },
      logger: mockServices.logger.mock(),
      meter: {
        request: () => {
          counted.requests += 1;
        },
        watchRestart: () => {
          counted.watchRestarts += 1;
        },
      },
      signal: abort.signal,
    });
  };

  const clusterFact = () => sink.fact('cluster', '', '')?.value;

  const startAndWatch = async (timing?: Partial<Timing>) => {
    start(timing);
    await until(() => sink.status === 'observed');
    await until(() => cluster.watches() === WATCHED_KINDS.length);
    await until(() => clusterFact() !== undefined);
  };

  const deployment = () => recordedList('deployments').items[0];
  const nameOf = (object: { metadata: { name: string } }) =>
    `apps/Deployment/${object.metadata.name}`;
  const isGone = () => {
    const { metadata } = deployment();
    return !sink.fact('object', `${metadata.namespace}`, nameOf({ metadata }));
  };

  it('lists and watches every kind once, as the proxy needs it asked', async () => {
    await startAndWatch();

    for (const kind of WATCHED_KINDS) {
      const path = `${groupPathOf(kind)}/${kind.plural}`;
      const { items } = recordedList(kind.plural);
      const prefix = kind.group
        ? `${kind.group}/${kind.kind}/`
        : `${kind.kind}/`;
      expect(sink.names(prefix)).toHaveLength(items.length);
      expect(cluster.seen(path, 'list')).toHaveLength(1);
      expect(cluster.seen(path, 'watch')).toHaveLength(1);
    }
    const [list] = cluster.seen(DEPLOYMENTS, 'list');
    expect(list.query.toString()).toBe('limit=500');
    const [watch] = cluster.seen(DEPLOYMENTS, 'watch');
    expect(Object.fromEntries(watch.query)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10000',
      timeoutSeconds: '330',
    });
    expect(watch.headers).toMatchObject({
      'accept-encoding': 'identity',
      'backstage-kubernetes-cluster': 'nonprod',
      authorization: expect.stringMatching(/^Bearer .*kubernetes/),
    });
  });

  it('has no two watches end at one time, and every one end by itself', async () => {
    let calls = 0;
    start({}, undefined, () => {
      calls += 1;
      return (calls % 97) / 97;
    });
    await until(() => cluster.watches() === WATCHED_KINDS.length);

    const seconds = cluster.requests
      .filter(({ query }) => query.has('watch'))
      .map(({ query }) => Number(query.get('timeoutSeconds')));
    expect(seconds).toHaveLength(WATCHED_KINDS.length);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(240);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(420);
    expect(new Set(seconds).size).toBeGreaterThan(WATCHED_KINDS.length / 2);
  });

  it('counts its requests, and the watches that are opened anew', async () => {
    await startAndWatch();
    expect(counted.watchRestarts).toBe(0);
    await until(() => counted.requests === cluster.requests.length);

    cluster.end(PODS, 'ended');
    await until(() => cluster.seen(PODS, 'watch').length === 2);
    expect(counted.watchRestarts).toBe(1);
    await until(() => counted.requests === cluster.requests.length);
  });

  it('only ever reads, and never Secrets', async () => {
    await startAndWatch();
    cluster.set('refuses');
    await until(() => sink.status === 'unreachable');
    cluster.set('up');
    await until(() => sink.status === 'observed');

    expect(new Set(cluster.requests.map(({ method }) => method))).toEqual(
      new Set(['GET']),
    );
    expect(
      cluster.requests.filter(({ path }) => /\/secrets(\/|$)/.test(path)),
    ).toEqual([]);
  });

  it('says what the cluster is', async () => {
    await startAndWatch();
    expect(clusterFact()).toEqual({
      gitVersion: 'v1.36.1',
      version: '1.36',
      groupVersions: expect.arrayContaining(['v1', 'apps/v1', 'batch/v1']),
      unavailable: [],
    });
  });

  it('reads long lists page by page', async () => {
    cluster.answers.set(PODS, (response, { query }) => {
      if (!query.has('watch')) {
        const page = query.has('continue') ? 'list/page-2' : 'list/page-1';
        json(response, 200, recording(page).response.body);
      }
    });
    start();
    await until(() => sink.status === 'observed');

    expect(sink.names('Pod/')).toHaveLength(4);
    const [, second] = cluster.seen(PODS, 'list');
    expect(second.query.get('continue')).toMatch(/^eyJ/);
    expect(second.query.get('limit')).toBe('500');
    await until(() => cluster.seen(PODS, 'watch').length > 0);
    expect(cluster.seen(PODS, 'watch')[0].query.get('resourceVersion')).toBe(
      '1399',
    );
  });

  it('follows what happens, a burst of events as one change', async () => {
    await startAndWatch({ batchMs: 500 });
    const before = sink.calls.length;
    const object = deployment();
    for (let replicas = 3; replicas <= 12; replicas += 1) {
      cluster.write(DEPLOYMENTS, 'MODIFIED', { ...object, spec: { replicas } });
    }
    const fact = () =>
      sink.fact('object', `${object.metadata.namespace}`, nameOf(object));
    await until(() => JSON.stringify(fact()?.value).includes('"replicas":12'));
    expect(sink.calls.slice(before)).toEqual([`upsert ${nameOf(object)}`]);

    cluster.write(DEPLOYMENTS, 'DELETED', object);
    await until(() => fact() === undefined);
  });

  it('tells a recorded rollout as the API server did', async () => {
    await startAndWatch();
    const events = recordedEvents('stories/rollout/deployments');
    events.forEach(event => cluster.send(DEPLOYMENTS, JSON.stringify(event)));
    const last = reduceObject(DEPLOYMENT, events.at(-1)?.object);
    const fact = () =>
      sink.fact(
        'object',
        `${last?.metadata.namespace}`,
        `apps/Deployment/${last?.metadata.name}`,
      );
    await until(() => JSON.stringify(fact()?.value) === JSON.stringify(last));
    expect(fact()?.labels).toEqual(last?.metadata.labels);
  });

  describe('watches', () => {
    it('resume where they ended, without a list', async () => {
      await startAndWatch();
      cluster.write(DEPLOYMENTS, 'MODIFIED', deployment());
      await until(() =>
        sink.calls.some(call => call.startsWith('upsert apps/')),
      );
      cluster.end(DEPLOYMENTS, 'ended');
      await until(() => cluster.seen(DEPLOYMENTS, 'watch').length === 2);

      expect(
        cluster.seen(DEPLOYMENTS, 'watch')[1].query.get('resourceVersion'),
      ).toBe('10001');
      expect(cluster.seen(DEPLOYMENTS, 'list')).toHaveLength(1);
    });

    it('resume from bookmarks', async () => {
      await startAndWatch();
      const [bookmark] = recordedEvents('watch/server-shutdown');
      expect(bookmark.type).toBe('BOOKMARK');
      cluster.send(PODS, JSON.stringify(bookmark));
      cluster.end(PODS, 'ended');
      await until(() => cluster.seen(PODS, 'watch').length === 2);
      expect(cluster.seen(PODS, 'watch')[1].query.get('resourceVersion')).toBe(
        '1350',
      );
    });

    it('list again at once when their version is too old', async () => {
      await startAndWatch({ backoffMs: { first: 60_000, max: 60_000 } });
      const object = {
        ...deployment(),
        metadata: { name: 'new', namespace: 'x' },
      };
      cluster.write(DEPLOYMENTS, 'MODIFIED', deployment());
      await until(() =>
        sink.calls.some(call => call.startsWith('upsert apps/')),
      );
      cluster.writeSilently(DEPLOYMENTS, object);
      const [expired] = recordedEvents('watch/410-after-restart');
      cluster.send(DEPLOYMENTS, JSON.stringify(expired));

      await until(() => sink.names('apps/Deployment/new').length === 1);
      await until(() => cluster.watches(DEPLOYMENTS) === 1);
      expect(cluster.seen(DEPLOYMENTS, 'list')).toHaveLength(2);
      expect(sink.states).toEqual([{ status: 'observed' }]);
    });

    it('do not hurry when every version is too old', async () => {
      const [expired] = recordedEvents('watch/410-after-restart');
      cluster.answers.set(LIMIT_RANGES, (response, { query }) => {
        if (query.has('watch')) {
          response.end(`${JSON.stringify(expired)}\n`);
        } else {
          json(response, 200, {
            metadata: { resourceVersion: '5' },
            items: [],
          });
        }
      });
      start({
        openMs: 60_000,
        backoffMs: { first: 60_000, max: 60_000 },
      });
      await until(() => cluster.seen(LIMIT_RANGES, 'watch').length === 1);
      await until(() => cluster.watches() === WATCHED_KINDS.length - 1);
      const probes = cluster.seen('/version').length;
      await until(() => cluster.seen('/version').length > probes + 2);
      expect(cluster.seen(LIMIT_RANGES, 'list')).toHaveLength(1);
    });

    it('do not hurry when every one ends at once', async () => {
      cluster.answers.set(LIMIT_RANGES, (response, { query }) => {
        if (query.has('watch')) {
          response.end();
        } else {
          json(response, 200, {
            metadata: { resourceVersion: '5' },
            items: [],
          });
        }
      });
      start({ openMs: 1_000 });
      await until(() => sink.status === 'stale');
      expect(sink.states.at(-1)?.reason).toContain('ended at once');
      cluster.answers.delete(LIMIT_RANGES);
      await until(() => sink.status === 'observed');
    });

    it.each<[string, (text: string) => void]>([
      ['a line that is no JSON', text => cluster.send(DEPLOYMENTS, text)],
      ['a line that is cut off', text => cluster.sendCut(DEPLOYMENTS, text)],
    ])('survive %s: what it would have said comes again', async (_, send) => {
      await startAndWatch();
      send('{"type":"DELETED","object":{"metadata":{"na');
      await until(() => cluster.seen(DEPLOYMENTS, 'watch').length === 2);
      expect(
        cluster.seen(DEPLOYMENTS, 'watch')[1].query.get('resourceVersion'),
      ).toBe('10000');
      cluster.write(DEPLOYMENTS, 'DELETED', deployment());
      await until(() => isGone());
      expect(sink.states).toEqual([{ status: 'observed' }]);
    });

    it('that deliver nothing any more are replaced, and nothing is missed', async () => {
      await startAndWatch({ idleMs: 1_000 });
      const watches = cluster.seen(PODS, 'watch').length;
      await until(() => cluster.seen(PODS, 'watch').length > watches);
      expect(cluster.seen(PODS, 'list')).toHaveLength(1);
      expect(sink.states).toEqual([{ status: 'observed' }]);
    });

    it('that bring the same garbage again and again are told of, and lists tell what they should have', async () => {
      await startAndWatch({ openMs: 5 });
      const others = recordedList('deployments').items.slice(1);
      cluster.answers.set(DEPLOYMENTS, (response, { query }) => {
        if (query.has('watch')) {
          // Only once it has long counted as open.
          setTimeout(() => response.write('{"type":"DELE\n'), 50);
        } else {
          json(response, 200, {
            metadata: { resourceVersion: '20000' },
            items: others,
          });
        }
      });
      cluster.end(DEPLOYMENTS, 'ended');

      await until(() => sink.status === 'stale');
      expect(sink.states.at(-1)?.reason).toBe(
        'deployments of cluster nonprod are last known: The watch of /apis/apps/v1/deployments delivered a line that is no event',
      );
      await until(() => isGone());

      cluster.answers.delete(DEPLOYMENTS);
      await until(() => cluster.watches(DEPLOYMENTS) === 1);
      cluster.write(DEPLOYMENTS, 'MODIFIED', deployment());
      await until(() => sink.status === 'observed');
      await until(() => !isGone());
    });

    it('that brought garbage are taken for well when they stay quiet', async () => {
      await startAndWatch({ garbledMs: 100 });
      cluster.answers.set(DEPLOYMENTS, (response, { query }) =>
        query.has('watch')
          ? response.write('nonsense\n')
          : json(response, 200, {
              metadata: { resourceVersion: '20000' },
              items: [],
            }),
      );
      cluster.end(DEPLOYMENTS, 'ended');
      await until(() => sink.status === 'stale');
      cluster.answers.delete(DEPLOYMENTS);
      await until(() => sink.status === 'observed');
      await until(() => cluster.watches(DEPLOYMENTS) === 1);
      expect(sink.status).toBe('observed');
    });

    it('survive a reset connection without a word', async () => {
      await startAndWatch();
      cluster.end(DEPLOYMENTS, 'cut');
      await until(() => cluster.seen(DEPLOYMENTS, 'watch').length === 2);
      cluster.write(DEPLOYMENTS, 'DELETED', deployment());
      await until(() => isGone());
      expect(sink.states).toEqual([{ status: 'observed' }]);
    });
  });

  describe('a cluster', () => {
    it('that refuses is unreachable, keeps its facts, and is back by itself', async () => {
      await startAndWatch();
      const facts = sink.facts.size;
      cluster.set('refuses');
      await until(() => sink.status === 'unreachable');
      expect(sink.states.at(-1)?.reason).toBe(
        'Cluster nonprod cannot be reached: ECONNREFUSED',
      );
      expect(sink.facts.size).toBe(facts);

      const [expired] = recordedEvents('watch/410-after-restart');
      cluster.answers.set(DEPLOYMENTS, (response, { query }) => {
        if (!query.has('watch')) {
          json(response, 200, {
            metadata: { resourceVersion: '20000' },
            items: [
              {
                ...deployment(),
                metadata: { name: 'meanwhile', namespace: 'x' },
              },
            ],
          });
        } else if (query.get('resourceVersion') !== '20000') {
          response.end(`${JSON.stringify(expired)}\n`);
        }
      });
      cluster.set('up');
      await until(() => sink.status === 'observed');
      await until(() => sink.names('apps/Deployment/meanwhile').length === 1);
      expect(sink.states.map(({ status }) => status)).toEqual([
        'observed',
        'unreachable',
        'observed',
      ]);
    });

    it('that refuses is asked by the probe alone', async () => {
      await startAndWatch();
      cluster.set('refuses');
      await until(() => sink.status === 'unreachable');
      const latest = () => cluster.requests.slice(-30).map(({ path }) => path);
      await until(() => latest().every(path => path === '/version'));
      expect(latest()).toHaveLength(30);
    });

    it('that hangs while it is watched is noticed, and is back by itself', async () => {
      await startAndWatch(HASTY);
      cluster.set('hangs');
      await until(() => sink.status === 'timeout');
      expect(sink.states.at(-1)?.reason).toMatch(
        /^Cluster nonprod did not answer within/,
      );
      cluster.set('up');
      await until(() => sink.status === 'observed');
      cluster.write(DEPLOYMENTS, 'DELETED', deployment());
      await until(() => isGone());
    });

    it('that hangs from the start, or amid an answer, is noticed', async () => {
      cluster.answers.set('/version', response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"major":"1",');
      });
      start(HASTY);
      await until(() => sink.status === 'timeout');
      expect(sink.states.at(-1)?.reason).toContain('did not answer');
      cluster.answers.delete('/version');
      await until(() => sink.status === 'observed');
    });

    it('that does not accept the credentials is forbidden', async () => {
      const unauthorized = recording('error/401-bad-token').response.body;
      cluster.answers.set('/version', response =>
        json(response, 401, unauthorized),
      );
      start();
      await until(() => sink.status === 'forbidden');
      expect(sink.states.at(-1)?.reason).toBe(
        "Cluster nonprod does not accept the portal's credentials: Unauthorized",
      );
    });

    it('that the Kubernetes plugin does not know is not configured', async () => {
      cluster.answers.set('/version', response =>
        json(response, 404, {
          error: { name: 'NotFoundError', message: "Cluster 'x' not found" },
        }),
      );
      start();
      await until(() => sink.status === 'not-configured');
      expect(sink.states.at(-1)?.reason).toBe(
        "The Kubernetes plugin knows no cluster 'nonprod'",
      );
    });
  });

  describe('a kind', () => {
    const forbidden = recording('error/403-kind-not-served').response.body;

    it('that may not be read is a state of its own, and heals when the right comes', async () => {
      cluster.answers.set(LIMIT_RANGES, response =>
        json(response, 403, forbidden),
      );
      start();
      await until(() => sink.status === 'observed');
      expect(clusterFact()).toMatchObject({
        unavailable: [
          {
            kind: 'LimitRange',
            status: 'forbidden',
            reason: expect.stringContaining('may not read limitranges'),
          },
        ],
      });
      expect(sink.names('LimitRange/')).toEqual([]);

      cluster.answers.delete(LIMIT_RANGES);
      await until(() => sink.names('LimitRange/').length > 0);
      await until(() => JSON.stringify(clusterFact()).includes('able":[]'));
    });

    it('that is not served is absent, although it is refused as well', async () => {
      cluster.answers.set(LIMIT_RANGES, response =>
        json(response, 403, forbidden),
      );
      cluster.answers.set('/api/v1', response =>
        json(response, 200, { resources: [{ name: 'pods' }] }),
      );
      start();
      await until(() => sink.status === 'observed');
      expect(clusterFact()).toMatchObject({
        unavailable: [
          {
            kind: 'LimitRange',
            status: 'absent',
            reason: 'Cluster nonprod does not serve limitranges',
          },
        ],
      });
    });

    it('whose group is not served is absent', async () => {
      const absent = recording('error/404-version').response.body;
      for (const path of [
        '/apis/autoscaling/v2',
        '/apis/autoscaling/v2/horizontalpodautoscalers',
      ]) {
        cluster.answers.set(path, response => json(response, 404, absent));
      }
      start();
      await until(() => sink.status === 'observed');
      expect(clusterFact()).toMatchObject({
        unavailable: [
          { kind: 'autoscaling/HorizontalPodAutoscaler', status: 'absent' },
        ],
      });
    });

    it('whose right was taken away amid a watch is not shown any longer', async () => {
      await startAndWatch();
      expect(sink.names('LimitRange/').length).toBeGreaterThan(0);
      cluster.answers.set(LIMIT_RANGES, response =>
        json(response, 403, forbidden),
      );
      cluster.end(LIMIT_RANGES, 'ended');
      await until(() => sink.names('LimitRange/').length === 0);
      expect(sink.status).toBe('observed');
    });

    it('that fails leaves the others alone, and says which it is', async () => {
      cluster.answers.set(LIMIT_RANGES, response =>
        json(response, 500, {
          kind: 'Status',
          code: 500,
          message: 'etcdserver: request timed out',
        }),
      );
      start();
      await until(() => sink.status === 'stale');
      expect(sink.states.at(-1)?.reason).toBe(
        'limitranges of cluster nonprod are last known: etcdserver: request timed out',
      );
      await until(() => sink.names('apps/Deployment/').length > 0);
      cluster.answers.delete(LIMIT_RANGES);
      await until(() => sink.status === 'observed');
    });

    it('whose answer is not JSON, or ends midway, fails and heals', async () => {
      cluster.answers.set(LIMIT_RANGES, response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"metadata":{"resourceVersion":"1"},"items":[{');
      });
      start();
      await until(() => sink.status === 'stale');
      expect(sink.states.at(-1)?.reason).toContain('is not understood');
      cluster.answers.delete(LIMIT_RANGES);
      await until(() => sink.status === 'observed');
    });
  });

  describe('an answer', () => {
    it('without end is given up before it fills the memory', async () => {
      cluster.answers.set(LIMIT_RANGES, response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const goOn = () => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 20))) {
            // as fast as it is read
          }
        };
        response.on('drain', goOn);
        goOn();
      });
      start({}, 2 * 1024 * 1024);
      await until(() => sink.status === 'stale');
      expect(sink.states.at(-1)?.reason).toMatch(
        /^limitranges of cluster nonprod are last known: .* is longer than 2 MiB$/,
      );
      cluster.answers.delete(LIMIT_RANGES);
      await until(() => sink.status === 'observed');
    });

    it('whose next page has expired is asked for again from the start', async () => {
      let isExpired = true;
      cluster.answers.set(PODS, (response, { query }) => {
        if (query.has('watch')) {
          return;
        }
        if (!query.has('continue')) {
          json(response, 200, recording('list/page-1').response.body);
        } else if (isExpired) {
          isExpired = false;
          json(response, 410, {
            kind: 'Status',
            code: 410,
            reason: 'Expired',
            message: 'The provided continue parameter is too old',
          });
        } else {
          json(response, 200, recording('list/page-2').response.body);
        }
      });
      start({ backoffMs: { first: 60_000, max: 60_000 } });
      await until(() => sink.status === 'observed');
      expect(sink.names('Pod/')).toHaveLength(4);
      expect(
        cluster.seen(PODS, 'list').map(({ query }) => query.has('continue')),
      ).toEqual([false, true, false, true]);
    });

    it('that asks for patience gets it, for the kind that it is about', async () => {
      let refusals = 0;
      cluster.answers.set(LIMIT_RANGES, response => {
        refusals += 1;
        response.writeHead(429, {
          'content-type': 'application/json',
          'retry-after': '3600',
        });
        response.end(
          JSON.stringify({ kind: 'Status', code: 429, message: 'Too many' }),
        );
      });
      start({ retryAfterMs: 60_000 });
      await until(() => refusals === 1);
      await until(() => cluster.watches() === WATCHED_KINDS.length - 1);
      const probes = cluster.seen('/version').length;
      await until(() => cluster.seen('/version').length > probes + 4);
      expect(refusals).toBe(1);
      expect(sink.names('apps/Deployment/').length).toBeGreaterThan(0);
    });
  });

  describe('a kind that is not part of Kubernetes', () => {
    const withoutGatewayApi = () => ({
      groups: [
        { versions: [{ groupVersion: 'apps/v1' }] },
        { versions: [{ groupVersion: 'argoproj.io/v1alpha1' }] },
      ],
    });

    it('is not asked for until discovery says that it is there, and is watched from then on', async () => {
      cluster.answers.set('/apis', response =>
        json(response, 200, withoutGatewayApi()),
      );
      start();
      await until(() => sink.status === 'observed');
      expect(clusterFact()).toMatchObject({
        unavailable: expect.arrayContaining([
          {
            kind: 'gateway.networking.k8s.io/HTTPRoute',
            status: 'absent',
            reason: 'Cluster nonprod does not serve httproutes',
          },
        ]),
      });
      const routes = '/apis/gateway.networking.k8s.io/v1/httproutes';
      expect(cluster.seen(routes)).toEqual([]);

      cluster.answers.delete('/apis');
      await until(
        () =>
          sink.names('gateway.networking.k8s.io/HTTPRoute/').length ===
          recordedList('httproutes').items.length,
      );
      await until(() => cluster.watches(routes) === 1);
      await until(() => JSON.stringify(clusterFact()).includes('able":[]'));
    });
  });

  it('has no more lists under way at a time than it may, and as many watches after a hundred reconnects as before', async () => {
    let listing = 0;
    let most = 0;
    cluster.onRequest = ({ query }, response) => {
      if (query.has('limit')) {
        listing += 1;
        most = Math.max(most, listing);
        response.on('close', () => {
          listing -= 1;
        });
      }
    };
    await startAndWatch();
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
    const lists = cluster.seen(PODS, 'list').length;
    const reconnect = async (how: 'cut' | 'ended') => {
      const before = cluster.seen(PODS, 'watch').length;
      await until(() => cluster.watches(PODS) === 1);
      cluster.end(PODS, how);
      await until(() => cluster.seen(PODS, 'watch').length > before);
    };
    for (let round = 0; round < 100; round += 1) {
      await reconnect(round % 2 ? 'cut' : 'ended');
    }
    await until(() => cluster.watches() === WATCHED_KINDS.length);
    expect(cluster.seen(PODS, 'list')).toHaveLength(lists);
  });

  it('is forbidden while its token has expired, and is back with the renewed one', async () => {
    await startAndWatch();
    const facts = sink.facts.size;
    const unauthorized = recording('error/401-bad-token').response.body;
    const paths = [
      '/version',
      ...WATCHED_KINDS.map(kind => `${groupPathOf(kind)}/${kind.plural}`),
    ];
    paths.forEach(path =>
      cluster.answers.set(path, response => json(response, 401, unauthorized)),
    );
    cluster.end(PODS, 'ended');
    await until(() => sink.status === 'forbidden');
    expect(sink.facts.size).toBe(facts);

    cluster.answers.clear();
    await until(() => sink.status === 'observed');
    cluster.write(DEPLOYMENTS, 'DELETED', deployment());
    await until(() => isGone());
  });

  it('says of a certificate that is not accepted what to look at', async () => {
    cluster.answers.set('/version', response =>
      json(response, 500, {
        error: {
          name: 'FetchError',
          message: 'request failed',
          cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
        },
      }),
    );
    start();
    await until(() => sink.status === 'unreachable');
    expect(sink.states.at(-1)?.reason).toBe(
      'The certificate of cluster nonprod is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT): check its caData in the Kubernetes configuration',
    );
  });

  it('follows nobody who sends it elsewhere, and says where it is sent', async () => {
    const elsewhere = await TestCluster.start();
    const paths = [
      '/version',
      ...WATCHED_KINDS.map(kind => `${groupPathOf(kind)}/${kind.plural}`),
    ];
    paths.forEach(path =>
      cluster.answers.set(path, response => {
        response.writeHead(307, {
          location: `${elsewhere.url}/proxy/version?ticket=secret-ticket`,
        });
        response.end();
      }),
    );
    start();
    await until(() => sink.status === 'stale');

    expect(sink.states.at(-1)?.reason).toMatch(
      /last known: Cluster nonprod sends the portal on to http:\/\/127.0.0.1:\d+; if it has moved, put its new address into the Kubernetes configuration$/,
    );
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
    cluster.answers.clear();
    await until(() => sink.status === 'observed');
  });

  it("goes by the portal's clock, whatever the cluster's says", async () => {
    const before = new Date().toISOString();
    await startAndWatch();
    const ahead = {
      ...deployment().metadata,
      creationTimestamp: '2099-01-01T00:00:00Z',
    };
    cluster.write(DEPLOYMENTS, 'MODIFIED', {
      ...deployment(),
      metadata: ahead,
    });
    const fact = () =>
      sink.fact(
        'object',
        `${deployment().metadata.namespace}`,
        nameOf(deployment()),
      );
    await until(() => JSON.stringify(fact()?.value).includes('2099-01-01'));
    expect(`${fact()?.observedAt}` >= before).toBe(true);
    expect(`${fact()?.observedAt}` <= new Date().toISOString()).toBe(true);
  });

  it('lists again what could not be stored', async () => {
    await startAndWatch();
    sink.fault = new Error('database is locked');
    cluster.write(DEPLOYMENTS, 'DELETED', deployment());
    await until(() => cluster.seen(DEPLOYMENTS, 'list').length === 2);
    await until(() => isGone());
    expect(sink.status).toBe('observed');
  });

  it('keeps as many watches open after many reconnects as before', async () => {
    await startAndWatch();
    const outage = async () => {
      cluster.set('refuses');
      await until(() => sink.status === 'unreachable');
      cluster.set('up');
      await until(() => sink.status === 'observed');
    };
    for (let round = 0; round < 10; round += 1) {
      await outage();
    }
    await until(() => cluster.watches() === WATCHED_KINDS.length);
    expect(sink.states.map(({ status }) => status)).toEqual([
      'observed',
      ...Array(10).fill(['unreachable', 'observed']).flat(),
    ]);
  });

  it('asks no more than once per silence while all is quiet', async () => {
    await startAndWatch();
    const before = cluster.requests.length;
    const probes = cluster.seen('/version').length;
    await until(() => cluster.seen('/version').length === probes + 5);
    expect(cluster.requests.slice(before).map(({ path }) => path)).toEqual(
      Array(5).fill('/version'),
    );
  });

  it('looks again when asked', async () => {
    await startAndWatch({ probeMs: 60_000 });
    cluster.answers.set('/version', response =>
      json(response, 200, {
        gitVersion: 'v1.37.0+k3s1',
        major: '1',
        minor: '37+',
      }),
    );
    await source.refresh({ signal: AbortSignal.timeout(60_000) });
    expect(clusterFact()).toMatchObject({ version: '1.37' });
  });

  it('ends when it is told to, with nothing left open', async () => {
    await startAndWatch();
    abort.abort();
    await running;
    await until(() => cluster.watches() === 0);
    const seen = cluster.requests.length;
    const calls = sink.calls.length;
    await source.refresh({ signal: AbortSignal.timeout(100) });
    expect(cluster.requests).toHaveLength(seen);
    expect(sink.calls).toHaveLength(calls);
  });
});
