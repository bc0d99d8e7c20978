import { mockServices } from '@backstage/backend-test-utils';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import {
  Misbehaviour,
  SourceBench,
  until,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { selfSigned } from '../__testUtils__/certificate';
import { trackedEntity } from '../__testUtils__/entities';
import { instanceAt } from '../__testUtils__/instance';
import {
  RecordedApplication,
  recordedApplication,
  recordedApplications,
  recordedLines,
  recording,
} from '../__testUtils__/recording';
import { TestArgoCd } from '../__testUtils__/TestArgoCd';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { ArgoCdInstance } from '../readInstances';
import { ArgoCdSource } from './ArgoCdSource';
import { Timing } from './timing';

const checkout = trackedEntity({
  'argocd/app-selector': 'app.kubernetes.io/part-of=checkout',
});

/** Quick where a test waits for it, and otherwise as good as never. */
const TIMING: Partial<Timing> = {
  probeMs: 50,
  openMs: 30,
  listMs: 600_000,
  listWithoutStreamMs: 600_000,
  backoffMs: { first: 20, max: 50 },
  batchMs: 10,
};

/** An instance that answers has all the time that a busy machine takes. */
const PATIENT = { silenceMs: 30_000, wholeMs: 60_000 };

/** For one that hangs: so that it is not waited for long. */
const HASTY = { silenceMs: 400, wholeMs: 2_000 };

const named = (name: string): RecordedApplication => {
  const application = recordedApplications('list/all').find(
    ({ metadata }) => metadata.name === name,
  );
  if (!application) {
    throw new Error(`${name} is not in the recording`);
  }
  return application;
};

const changed = (
  application: RecordedApplication,
  resourceVersion: string,
  health: string,
): RecordedApplication => ({
  ...application,
  metadata: { ...application.metadata, resourceVersion },
  status: {
    ...(typeof application.status === 'object' ? application.status : {}),
    health: { status: health },
  },
});

describe('ArgoCdSource', () => {
  const ends: (() => Promise<void>)[] = [];

  async function start(
    options: {
      applications?: readonly RecordedApplication[];
      entities?: readonly TrackedEntity[];
      instance?: Partial<ArgoCdInstance>;
      timing?: Partial<Timing>;
      limits?: { silenceMs: number; wholeMs: number };
      tls?: { key: string; cert: string };
      now?: () => Date;
      before?: (argocd: TestArgoCd) => void;
    } = {},
  ) {
    const argocd = await TestArgoCd.start(
      options.applications ?? recordedApplications('list/all'),
      options.tls,
    );
    options.before?.(argocd);
    const instance = instanceAt(argocd.server.url, options.instance);
    const source = new ArgoCdSource({
      instance,
      client: new ArgoCdClient({
        instance,
        limits: { ...PATIENT, ...options.limits, maxBytes: 4 * 1024 * 1024 },
      }),
      timing: { ...TIMING, ...options.timing },
      now: options.now,
    });
    const bench = new SourceBench(source, {
      logger: mockServices.logger.mock(),
      entities: options.entities ?? [checkout],
    });
    ends.push(async () => {
      await bench.stop();
      await argocd.server.close();
    });
    const { sink } = bench;
    return { argocd, bench, sink, server: argocd.server };
  }

  const valueOf = (bench: SourceBench, name: string) =>
    bench.sink.get('application', 'argocd', name)?.value;

  const isObserved = ({ sink }: SourceBench) => sink.status === 'observed';

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  it('asks who made a commit that no git host tells about, when it appears and never again', async () => {
    const { bench, server } = await start();
    await until(() => isObserved(bench));
    const asked = () =>
      server.requests.filter(({ url }) => url.includes('/revisions/'));
    expect(asked()).toEqual([]);

    const entity: TrackedEntity = {
      ...checkout,
      revisions: [
        {
          instance: 'main',
          repoURL: 'https://git.test/deploy',
          revision: '256186b760543e03f761a7afc3d904dd4da6e69d',
          application: { namespace: 'argocd', name: 'checkout-dev' },
        },
      ],
    };
    bench.setEntities([entity]);
    await until(() => bench.sink.all('argo-revision').length === 1);
    bench.setEntities([
      entity,
      { ...entity, entityRef: 'component:default/b' },
    ]);
    await bench.refresh([checkout.entityRef]);

    expect(asked().map(({ url }) => url)).toEqual([
      '/api/v1/applications/checkout-dev/revisions/256186b760543e03f761a7afc3d904dd4da6e69d/metadata?appNamespace=argocd&project=checkout-dev',
    ]);
  });

  it('lists in outlines, and reads as a whole what belongs to entities', async () => {
    const { bench, server } = await start({
      applications: [
        ...recordedApplications('list/all'),
        recordedApplication('application/multi-source'),
      ],
    });
    await until(() => isObserved(bench));

    expect(valueOf(bench, 'checkout-dev')).toMatchObject({
      health: { status: 'Healthy' },
      history: expect.arrayContaining([expect.objectContaining({ id: 0 })]),
      resourceVersion: expect.any(String),
    });
    expect(valueOf(bench, 'multi-source')).toMatchObject({ history: [] });
    const [list] = server.requestsTo('/api/v1/applications');
    const fields = new URL(list.url, 'http://x').searchParams.get('fields');
    expect(fields?.split(',')).toContain('items.status.sync.revision');
    expect(
      server.requests
        .map(({ url }) => url)
        .filter(url => url.startsWith('/api/v1/applications/'))
        .sort(),
    ).toEqual([
      '/api/v1/applications/checkout-dev?appNamespace=argocd&project=checkout-dev',
      '/api/v1/applications/checkout-prod?appNamespace=argocd&project=checkout-prod',
      '/api/v1/applications/checkout-staging?appNamespace=argocd&project=checkout-staging',
    ]);
    await until(
      () =>
        bench.sink.all('argo-cluster').length > 0 &&
        bench.sink.all('argo-project').length > 0,
    );
    expect(bench.sink.get('argo-cluster', '', 'nonprod')?.value).toMatchObject({
      serverVersion: 'v1.36.1',
      connectionState: { status: 'Successful' },
    });
    expect(
      bench.sink.get('argo-project', '', 'checkout-prod')?.value,
    ).toMatchObject({
      syncWindows: [
        {
          kind: 'deny',
          schedule: '0 16 * * 5',
          duration: '64h',
          manualSync: true,
          applications: ['*'],
          isActive: expect.any(Boolean),
          changesAt: expect.any(String),
        },
      ],
    });
  });

  it('reads as a whole what an entity claims later', async () => {
    const { bench, server } = await start({ entities: [] });
    await until(() => isObserved(bench));
    expect(valueOf(bench, 'checkout-dev')).toMatchObject({ history: [] });
    expect(
      server.requests.filter(({ url }) =>
        url.startsWith('/api/v1/applications/'),
      ),
    ).toEqual([]);

    bench.setEntities([checkout]);

    await until(
      () =>
        !JSON.stringify(valueOf(bench, 'checkout-dev')).includes(
          '"history":[]',
        ),
    );
  });

  it('follows a recorded release, and writes a burst of it down together', async () => {
    const { argocd, bench, sink } = await start({ timing: { batchMs: 200 } });
    await until(() => isObserved(bench) && argocd.streams === 1);
    const lines = recordedLines('stories/new-release-in-dev');
    const before = sink.calls.length;

    lines.forEach(line => argocd.sendLine(line));

    const last = JSON.parse(lines[lines.length - 1]).result.application;
    await until(() =>
      JSON.stringify(valueOf(bench, 'checkout-dev')).includes(
        last.status.sync.revision,
      ),
    );
    expect(valueOf(bench, 'checkout-dev')).toMatchObject({
      sync: { status: 'Synced', revision: last.status.sync.revision },
      history: expect.arrayContaining([
        expect.objectContaining({ revision: last.status.sync.revision }),
      ]),
    });
    expect(sink.calls.length - before).toBeLessThan(lines.length);
  });

  it('takes what is deleted away, and does not take an older word for a newer one', async () => {
    const { argocd, bench } = await start();
    await until(() => isObserved(bench) && argocd.streams === 1);
    const dev = named('checkout-dev');

    argocd.send('MODIFIED', changed(dev, '9000', 'Degraded'));
    // Late, and no more what a list would tell.
    argocd.sendLine(
      JSON.stringify({
        result: {
          type: 'MODIFIED',
          application: changed(dev, '8000', 'Healthy'),
        },
      }),
    );
    argocd.send('DELETED', named('checkout-prod'));

    await until(() => valueOf(bench, 'checkout-prod') === undefined);
    expect(valueOf(bench, 'checkout-dev')).toMatchObject({
      health: { status: 'Degraded' },
    });
  });

  it('sees with the next list what the stream dropped, and opens it anew', async () => {
    const { argocd, bench, server } = await start({ timing: { listMs: 150 } });
    await until(() => isObserved(bench) && argocd.streams === 1);
    const streams = () => server.requestsTo('/api/v1/stream/applications');
    const before = streams().length;

    argocd.put(changed(named('checkout-dev'), '9000', 'Degraded'));

    await until(() =>
      JSON.stringify(valueOf(bench, 'checkout-dev')).includes('Degraded'),
    );
    await until(() => streams().length > before && argocd.streams === 1);
    expect(bench.sink.states.map(({ status }) => status)).toEqual(['observed']);
  });

  it('opens a stream anew that is silent for too long, or that ended, without a word about it', async () => {
    const { argocd, bench, server } = await start({ timing: { idleMs: 200 } });
    await until(() => isObserved(bench) && argocd.streams === 1);
    const streams = () =>
      server.requestsTo('/api/v1/stream/applications').length;
    await until(() => streams() >= 3);
    await until(() => argocd.streams === 1);

    argocd.endStreams();
    const before = streams();

    await until(() => streams() > before);
    expect(bench.sink.states.map(({ status }) => status)).toEqual(['observed']);
  });

  it('lists more often where a stream is not to be had', async () => {
    const { bench, argocd } = await start({
      timing: { listWithoutStreamMs: 100 },
      before: ({ server }) =>
        server.misbehave({ status: 404, body: 'not here' }, { url: /stream/ }),
    });
    await until(() => isObserved(bench));

    argocd.put(changed(named('checkout-dev'), '9000', 'Degraded'));

    await until(() =>
      JSON.stringify(valueOf(bench, 'checkout-dev')).includes('Degraded'),
    );
    expect(bench.sink.states.map(({ status }) => status)).toEqual(['observed']);
  });

  it.each<[string, Misbehaviour | 'refuse', string, RegExp]>([
    ['refuses connections', 'refuse', 'unreachable', /ECONNREFUSED/],
    ['hangs', 'hang-at-headers', 'timeout', /did not answer within 0.4 s/],
    ['hangs mid-body', 'hang-mid-body', 'timeout', /did not answer/],
    ['cuts answers off', 'truncate', 'unreachable', /cannot be reached/],
    ['answers nonsense', 'malformed', 'stale', /is not JSON/],
    ['answers without an end', 'endless', 'stale', /larger than 4 MiB/],
    [
      'does not accept the token',
      { status: 401, body: '{"message":"token has expired"}' },
      'forbidden',
      /does not accept the portal's credentials: token has expired/,
    ],
    [
      'forbids',
      { status: 403, body: '{"message":"permission denied"}' },
      'forbidden',
      /permission denied/,
    ],
    ['is not there', { status: 404, body: 'no' }, 'stale', /no/],
    [
      'has too much to do',
      { status: 429, headers: { 'retry-after': '1' } },
      'stale',
      /HTTP 429/,
    ],
    ['fails', { status: 500, body: '{"message":"oops"}' }, 'stale', /oops/],
  ])(
    'keeps what it knew while the instance %s, says why, and heals',
    async (_, misbehaviour, status, reason) => {
      const { argocd, bench, server } = await start({
        timing: { listMs: 100 },
        limits: status === 'timeout' ? HASTY : PATIENT,
      });
      await until(() => isObserved(bench));

      if (misbehaviour === 'refuse') {
        await server.close();
      } else {
        server.misbehave(misbehaviour);
        argocd.endStreams();
      }
      // What was under way when it began may end otherwise.
      await until(
        () =>
          bench.sink.status === status && reason.test(bench.sink.reason ?? ''),
      );

      expect(bench.sink.reason).toMatch(/^Argo CD main/);
      expect(valueOf(bench, 'checkout-dev')).toBeDefined();

      // What happened meanwhile is seen when it is back.
      argocd.put(changed(named('checkout-dev'), '9000', 'Degraded'));
      if (misbehaviour === 'refuse') {
        await server.listen();
      } else {
        server.behave();
      }
      await until(() => isObserved(bench));
      await until(() =>
        JSON.stringify(valueOf(bench, 'checkout-dev')).includes('Degraded'),
      );
    },
  );

  it('says so when its certificate cannot be trusted', async () => {
    const { bench } = await start({ tls: await selfSigned() });

    await until(() => bench.sink.status === 'unreachable');

    expect(bench.sink.reason).toMatch(/self-signed certificate/);
  });

  it('renews a session that has ended without a word', async () => {
    const { bench, server } = await start({
      instance: {
        credentials: { kind: 'password', username: 'a', password: 'b' },
      },
      timing: { listMs: 100 },
    });
    await until(() => isObserved(bench));
    const lists = server.requestsTo('/api/v1/applications').length;

    server.misbehave({ status: 401 }, { url: /applications\?/, times: 1 });
    await until(
      () => server.requestsTo('/api/v1/applications').length > lists + 2,
    );

    expect(server.requestsTo('/api/v1/session').length).toBe(2);
    expect(bench.sink.states.map(({ status }) => status)).toEqual(['observed']);
  });

  it("goes by the portal's clock, whatever the instance's says", async () => {
    const before = new Date().toISOString();
    const { argocd, bench } = await start();
    await until(() => isObserved(bench) && argocd.streams > 0);
    const ahead = changed(named('checkout-dev'), '9000', 'Degraded');
    argocd.send('MODIFIED', {
      ...ahead,
      status: {
        ...(typeof ahead.status === 'object' ? ahead.status : {}),
        reconciledAt: '2099-01-01T00:00:00Z',
      },
    });
    await until(() =>
      JSON.stringify(valueOf(bench, 'checkout-dev')).includes('2099-01-01'),
    );

    const fact = bench.sink.get('application', 'argocd', 'checkout-dev');
    expect(`${fact?.observedAt}` >= before).toBe(true);
    expect(`${fact?.observedAt}` <= new Date().toISOString()).toBe(true);
  });

  it('counts its requests, and the streams that are opened anew', async () => {
    const { argocd, bench, server } = await start();
    await until(() => isObserved(bench) && argocd.streams > 0);
    expect(bench.counted.watchRestarts).toBe(0);
    await until(() => bench.counted.requests === server.requests.length);

    argocd.endStreams();
    await until(
      () => server.requestsTo('/api/v1/stream/applications').length === 2,
    );
    expect(bench.counted.watchRestarts).toBe(1);
  });

  it('sees a sync window open and close by itself', async () => {
    // The recorded project of production denies syncs from Friday at four for 64 hours.
    let now = new Date('2026-11-27T15:59:00Z');
    const { bench, server } = await start({ now: () => now });
    const denial = () =>
      JSON.stringify(
        bench.sink.get('argo-project', '', 'checkout-prod')?.value ?? '',
      );
    await until(
      () => isObserved(bench) && denial().includes('"isActive":false'),
    );

    now = new Date('2026-11-27T16:00:00Z');
    await until(() => denial().includes('"isActive":true'));
    now = new Date('2026-11-30T08:00:00Z');
    await until(() => denial().includes('"isActive":false'));

    expect(server.requestsTo('/api/v1/projects')).toHaveLength(1);
  });

  it('reads the projects again when an application of a new one comes, and once where it is not shown', async () => {
    const { argocd, bench, sink, server } = await start({
      before: testArgoCd => {
        testArgoCd.projects = { items: null };
      },
    });
    await until(() => isObserved(bench) && argocd.streams === 1);
    expect(sink.all('argo-project')).toEqual([]);
    const asked = () => server.requestsTo('/api/v1/projects').length;
    const before = asked();

    argocd.send('MODIFIED', changed(named('checkout-dev'), '9000', 'Healthy'));
    await until(() => asked() === before + 1);
    const probes = server.requestsTo('/api/version').length;
    argocd.send('MODIFIED', changed(named('checkout-dev'), '9001', 'Degraded'));
    await until(() => server.requestsTo('/api/version').length > probes + 2);
    expect(asked()).toBe(before + 1);

    argocd.projects = recording('projects/list').response.body;
    argocd.send('MODIFIED', changed(named('checkout-prod'), '9002', 'Healthy'));
    await until(
      () => sink.get('argo-project', '', 'checkout-prod') !== undefined,
    );
  });

  it('shows applications also without the right to clusters', async () => {
    const { bench, sink } = await start({
      before: argocd => {
        argocd.clusters = recording(
          'clusters/list-without-the-right',
        ).response.body;
      },
    });
    await until(() => isObserved(bench));
    expect(sink.all('argo-cluster')).toEqual([]);

    const { bench: other } = await start({
      before: ({ server }) =>
        server.misbehave({ status: 500 }, { url: /clusters|projects/ }),
    });
    await until(() => isObserved(other));
    expect(valueOf(other, 'checkout-dev')).toBeDefined();
  });

  it('waits for nothing but the applications, and names their clusters once these are known', async () => {
    const byAddress = named('checkout-dev');
    const { bench, server } = await start({
      applications: [
        {
          ...byAddress,
          spec: {
            ...(typeof byAddress.spec === 'object' ? byAddress.spec : {}),
            destination: {
              server: 'https://elsewhere.example.com/',
              namespace: 'checkout-dev',
            },
          },
        },
      ],
      timing: { listMs: 100, listWithoutStreamMs: 100 },
      before: testArgoCd => {
        testArgoCd.clusters = {
          items: [{ server: 'https://elsewhere.example.com', name: 'far' }],
        };
        testArgoCd.server.misbehave('hang-at-headers', {
          url: /clusters|projects/,
        });
      },
      limits: { silenceMs: 4_000, wholeMs: 8_000 },
    });
    const destination = () =>
      JSON.stringify(valueOf(bench, 'checkout-dev') ?? '');

    await until(() => isObserved(bench));
    // Neither was refused yet, so none of this waited for them.
    expect(bench.sink.all('argo-part')).toEqual([]);
    expect(destination()).toContain('"server":"https://elsewhere');
    expect(destination()).not.toContain('"name":"far"');

    await until(() => bench.sink.all('argo-part').length === 2);
    expect(bench.sink.get('argo-part', '', 'clusters')?.value).toMatchObject({
      status: 'timeout',
      reason:
        'Argo CD main does not tell its clusters: Argo CD main did not answer within 4 s',
    });

    server.behave();
    await until(
      () =>
        destination().includes('"name":"far"') &&
        bench.sink.all('argo-part').length === 0,
    );
  });

  it('passes by one application that cannot be read, and one line that is none', async () => {
    const { argocd, bench } = await start({
      applications: [
        ...recordedApplications('list/all'),
        { metadata: { name: 'broken', namespace: 'argocd' } },
      ],
      before: ({ server }) =>
        server.misbehave({ status: 404 }, { url: /checkout-prod/ }),
    });
    await until(() => isObserved(bench) && argocd.streams === 1);
    expect(valueOf(bench, 'checkout-prod')).toMatchObject({ history: [] });
    const asked = () =>
      argocd.server.requestsTo('/api/v1/applications/checkout-prod').length;
    const before = asked();
    bench.setEntities([checkout]);
    await bench.refresh(['component:default/nobody']);
    expect(asked()).toBe(before);

    argocd.sendLine('{"result":{"type":"MODIFIED","application":{}}}');
    argocd.send('MODIFIED', changed(named('checkout-dev'), '9000', 'Degraded'));

    await until(() =>
      JSON.stringify(valueOf(bench, 'checkout-dev')).includes('Degraded'),
    );
  });

  it('sees again what the database did not take', async () => {
    const { argocd, bench, sink } = await start();
    await until(() => isObserved(bench) && argocd.streams === 1);

    const lists = () =>
      sink.calls.filter(call => call.startsWith('replace application')).length;
    const before = lists();
    sink.failOnce(new Error('the database is away'));
    argocd.send('MODIFIED', changed(named('checkout-dev'), '9000', 'Degraded'));

    await until(() =>
      JSON.stringify(valueOf(bench, 'checkout-dev')).includes('Degraded'),
    );
    expect(lists()).toBeGreaterThan(before);
  });

  it('looks again at the applications of an entity when it is asked to, and at no others', async () => {
    const { argocd, bench, server } = await start();
    await until(() => isObserved(bench) && argocd.streams === 1);
    argocd.put(changed(named('checkout-dev'), '9000', 'Degraded'));
    const before = server.requests.length;

    await bench.refresh([checkout.entityRef]);

    expect(valueOf(bench, 'checkout-dev')).toMatchObject({
      health: { status: 'Degraded' },
    });
    const asked = server.requests
      .slice(before)
      .map(({ url }) => url.split('?')[0])
      .filter(url => url !== '/api/version');
    expect(asked.sort()).toEqual([
      '/api/v1/applications/checkout-dev',
      '/api/v1/applications/checkout-prod',
      '/api/v1/applications/checkout-staging',
    ]);
  });

  it('reads many whole applications with one list', async () => {
    const dev = named('checkout-dev');
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...dev,
      metadata: { ...dev.metadata, name: `checkout-${index}` },
    }));
    const { bench, server } = await start({ applications: many });
    await until(() => isObserved(bench));

    expect(
      server
        .requestsTo('/api/v1/applications')
        .map(({ url }) => url.includes('fields=')),
    ).toEqual(expect.arrayContaining([true, false]));
    expect(
      server.requests.filter(({ url }) =>
        url.startsWith('/api/v1/applications/'),
      ),
    ).toEqual([]);
    expect(valueOf(bench, 'checkout-7')).toMatchObject({
      history: expect.arrayContaining([expect.objectContaining({ id: 0 })]),
    });
  });

  it('leaves nothing open when it is stopped', async () => {
    const { argocd, bench, server } = await start();
    await until(() => isObserved(bench) && argocd.streams === 1);

    await bench.stop();

    await until(() => argocd.streams === 0);
    const asked = server.requests.length;
    await bench.refresh([checkout.entityRef]);
    expect(server.requests.length).toBe(asked);
  });
});
