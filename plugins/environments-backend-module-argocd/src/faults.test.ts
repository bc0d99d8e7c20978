import {
  coreServices,
  createServiceFactory,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import environmentsPlugin from '@envmatrix/backstage-plugin-environments-backend';
import {
  Misbehaviour,
  sourcesModule,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { Matrix } from '@envmatrix/engine';
import { Knex } from 'knex';
import request from 'supertest';
import { selfSigned } from './__testUtils__/certificate';
import { instanceAt } from './__testUtils__/instance';
import { neverAccepting } from './__testUtils__/neverAccepting';
import {
  RecordedApplication,
  recordedApplications,
} from './__testUtils__/recording';
import { TestArgoCd } from './__testUtils__/TestArgoCd';
import { ArgoCdClient } from './client/ArgoCdClient';
import { ArgoCdInstance } from './readInstances';
import { ArgoCdSource } from './watch/ArgoCdSource';

/** What the recorded session has in place of its token. */
const sessionToken = '<jwt>';

/** An instance that answers has all the time that a busy machine takes. */
const PATIENT = { silenceMs: 30_000, wholeMs: 60_000 };

/** For one that hangs: so that it is not waited for long. */
const HASTY = { silenceMs: 400, wholeMs: 2_000 };

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

const checkout: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'checkout',
    namespace: 'default',
    annotations: {
      'argocd/app-selector': 'app.kubernetes.io/part-of=checkout',
    },
  },
  spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
};

/** With a status that differs, as the next thing that happens to an application. */
function degraded(name: string): RecordedApplication {
  const found = recordedApplications('list/all').find(
    ({ metadata }) => metadata.name === name,
  );
  if (!found) {
    throw new Error(`${name} is not in the recording`);
  }
  return {
    ...found,
    metadata: { ...found.metadata, resourceVersion: '9000' },
    status: {
      ...(typeof found.status === 'object' ? found.status : {}),
      health: { status: 'Degraded' },
    },
  };
}

describe('what the matrix says when Argo CD is the only source, and', () => {
  const ends: (() => Promise<void>)[] = [];

  /** The portal with one instance of Argo CD and no cluster of its own. */
  async function start(
    options: {
      tls?: { key: string; cert: string };
      /** Where it is said to be, when that is elsewhere. */
      url?: string;
      credentials?: ArgoCdInstance['credentials'];
      logger?: LoggerService;
      knex?: Knex;
      limits?: { silenceMs: number; wholeMs: number };
      before?: (argocd: TestArgoCd) => void;
    } = {},
  ) {
    const argocd = await TestArgoCd.start(
      recordedApplications('list/all'),
      options.tls,
    );
    options.before?.(argocd);
    const instance = instanceAt(
      options.url ?? argocd.server.url,
      options.credentials ? { credentials: options.credentials } : {},
    );
    const source = new ArgoCdSource({
      instance,
      client: new ArgoCdClient({
        instance,
        limits: { ...PATIENT, ...options.limits, maxBytes: 4 * 1024 * 1024 },
      }),
      timing: {
        probeMs: 50,
        openMs: 30,
        listMs: 100,
        listWithoutStreamMs: 100,
        backoffMs: { first: 20, max: 50 },
        batchMs: 10,
      },
    });
    const backend = await startTestBackend({
      features: [
        environmentsPlugin,
        sourcesModule([source]),
        ...(options.logger
          ? [
              createServiceFactory({
                service: coreServices.logger,
                deps: {},
                factory: () => options.logger ?? mockServices.logger.mock(),
              }),
            ]
          : []),
        ...(options.knex
          ? [mockServices.database.factory({ knex: options.knex })]
          : []),
        catalogServiceMock.factory({ entities: [checkout] }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'https://portal.example.com' },
            backend: { baseUrl: 'http://localhost:7007' },
            environments: { tracking: { interval: { milliseconds: 200 } } },
          },
        }),
      ],
    });
    ends.push(async () => {
      await backend.stop();
      await argocd.server.close();
    });
    const matrix = async (): Promise<Matrix> => {
      const { status, body } = await request(backend.server).get(
        '/api/environments/v1/entities/component/default/checkout/matrix',
      );
      expect(status).toBe(200);
      return body;
    };
    const untilMatrix = async (
      condition: (found: Matrix) => boolean,
    ): Promise<Matrix> => {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const found = await matrix();
        if (condition(found)) {
          return found;
        }
        if (Date.now() > deadline) {
          throw new Error(
            `It did not come to that: ${JSON.stringify(found).slice(0, 3_000)}`,
          );
        }
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    };
    const urls = () =>
      ['matrix', 'history', 'findings', 'promotions'].map(
        async path =>
          (
            await request(backend.server).get(
              `/api/environments/v1/entities/component/default/checkout/${path}`,
            )
          ).text,
      );
    return { argocd, server: argocd.server, untilMatrix, urls };
  }

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  const isWell = ({ environments }: Matrix) =>
    environments.length === 3 &&
    environments.every(
      ({ summary }) => summary.observations.sync.status === 'observed',
    );

  const cellOf = ({ groups }: Matrix, id: string) =>
    groups.flatMap(({ rows }) => rows).find(row => row.id === id)?.cells.prod;

  const isPlatformWell = (found: Matrix) =>
    ['delivery.sync-windows', 'platform.kubernetes'].every(
      id => cellOf(found, id)?.observation.status === 'observed',
    );

  it('all is well: environments by the labels of applications, releases by their images, and what is missing', async () => {
    const { untilMatrix } = await start();

    const matrix = await untilMatrix(
      found => isWell(found) && isPlatformWell(found),
    );

    expect(
      matrix.environments.map(({ name, summary }) => [
        name,
        summary.version,
        summary.health,
        summary.observations.ready.status,
      ]),
    ).toEqual([
      ['dev', '1.4.0', 'Healthy', 'not-configured'],
      ['staging', '1.3.1', 'Healthy', 'not-configured'],
      ['prod', undefined, 'Missing', 'not-configured'],
    ]);
    expect(matrix.inference?.from).toBe('applications');
    const rows = matrix.groups.flatMap(group => group.rows);
    const cellsOf = (id: string) => rows.find(row => row.id === id)?.cells;
    expect(cellsOf('delivery.sync-windows')?.prod.observation.status).toBe(
      'observed',
    );
    expect(cellsOf('platform.kubernetes')?.prod.display).toBe('1.36.1');
    expect(cellsOf('rollout.ready')?.prod.observation.reason).toMatch(
      /no cluster 'prod'/,
    );
  });

  it.each<[string, Misbehaviour | 'refuse', string, RegExp]>([
    ['it refuses connections', 'refuse', 'unreachable', /ECONNREFUSED/],
    ['it hangs at headers', 'hang-at-headers', 'timeout', /did not answer/],
    ['it hangs mid-body', 'hang-mid-body', 'timeout', /did not answer/],
    ['it cuts answers off', 'truncate', 'unreachable', /cannot be reached/],
    ['it answers nonsense', 'malformed', 'stale', /is not JSON/],
    ['it answers without an end', 'endless', 'stale', /larger than 4 MiB/],
    [
      'the token has expired',
      { status: 401, body: '{"message":"token has expired"}' },
      'forbidden',
      /token has expired/,
    ],
    [
      'it forbids',
      { status: 403, body: '{"message":"permission denied"}' },
      'forbidden',
      /permission denied/,
    ],
    ['it is not there', { status: 404, body: 'no' }, 'stale', /no/],
    [
      'it has too much to do',
      { status: 429, headers: { 'retry-after': '1' } },
      'stale',
      /HTTP 429/,
    ],
    ['it fails', { status: 500, body: '{"message":"oops"}' }, 'stale', /oops/],
    [
      'it has moved',
      { status: 308, headers: { location: 'https://new.example.com/api' } },
      'stale',
      /sends the portal on to https:\/\/new.example.com; if it has moved/,
    ],
  ])(
    '%s: values stay, with why and since when, until it is well again',
    async (_, misbehaviour, status, reason) => {
      const { argocd, server, untilMatrix } = await start({
        limits: status === 'timeout' ? HASTY : PATIENT,
      });
      await untilMatrix(isWell);

      if (misbehaviour === 'refuse') {
        await server.close();
      } else {
        server.misbehave(misbehaviour);
        argocd.endStreams();
      }

      // What was under way when it began may end otherwise.
      const { environments, sources, groups } = await untilMatrix(matrix => {
        const { sync } = matrix.environments[0].summary.observations;
        return sync.status === status && reason.test(sync.reason ?? '');
      });
      const [dev] = environments;
      expect(dev.summary).toMatchObject({
        version: '1.4.0',
        sync: 'Synced',
        health: 'Healthy',
        observations: {
          sync: {
            status,
            reason: expect.any(String),
            since: expect.any(String),
          },
        },
      });
      const sync = groups
        .flatMap(({ rows }) => rows)
        .find(({ id }) => id === 'delivery.sync')?.cells.dev;
      expect(sync).toMatchObject({
        display: 'Synced',
        observation: { status },
        provenance: { observedAt: expect.any(String) },
      });
      expect(sources).toContainEqual(
        expect.objectContaining({
          kind: 'argocd',
          name: 'main',
          status,
          lastObservedAt: expect.any(String),
        }),
      );

      argocd.put(degraded('checkout-dev'));
      if (misbehaviour === 'refuse') {
        await server.listen();
      } else {
        server.behave();
      }
      await untilMatrix(
        matrix =>
          isWell(matrix) &&
          matrix.environments[0].summary.health === 'Degraded',
      );
    },
  );

  describe.each<[path: string, row: string, display: RegExp, part: string]>([
    ['/projects', 'delivery.sync-windows', /^(open|by hand only)/, 'projects'],
    ['/clusters', 'platform.kubernetes', /^1\.36\.1$/, 'clusters'],
  ])('only %s is not to be had, and', (path, row, display, part) => {
    const forbids = { status: 403, body: '{"message":"permission denied"}' };
    const fails = { status: 500, body: '{"message":"oops"}' };

    it.each<[string, Misbehaviour, string, string, string]>([
      [
        'it forbids',
        forbids,
        'forbidden',
        'forbidden',
        `does not tell its ${part}: Argo CD main, /api/v1${path}: permission denied; the portal's account needs the right '${part}, get'`,
      ],
      [
        'it fails',
        fails,
        'unknown',
        'stale',
        `does not tell its ${part}: Argo CD main, /api/v1${path}: oops`,
      ],
      [
        'it hangs at headers',
        'hang-at-headers',
        'timeout',
        'timeout',
        `does not tell its ${part}: Argo CD main did not answer within 0.4 s`,
      ],
    ])(
      '%s: that alone is unknown, then last known, and heals',
      async (_, misbehaviour, unread, lastKnown, reason) => {
        const { argocd, server, untilMatrix } = await start({
          limits: misbehaviour === 'hang-at-headers' ? HASTY : PATIENT,
          before: ({ server: before }) =>
            before.misbehave(misbehaviour, { url: new RegExp(path) }),
        });
        const cellSays = (found: Matrix, status: string) => {
          const { observation } = cellOf(found, row) ?? {};
          return (
            observation?.status === status &&
            observation.reason === `Argo CD main ${reason}`
          );
        };

        const never = await untilMatrix(
          found => isWell(found) && cellSays(found, unread),
        );
        expect(cellOf(never, row)).toMatchObject({
          observation: { since: expect.any(String) },
        });
        expect(cellOf(never, row)).not.toHaveProperty('value');

        server.behave();
        const read = await untilMatrix(
          found => isWell(found) && isPlatformWell(found),
        );
        expect(cellOf(read, row)?.display).toMatch(display);

        server.misbehave(misbehaviour, { url: new RegExp(path) });
        argocd.put(degraded('checkout-dev'));
        argocd.endStreams();
        const known = await untilMatrix(
          found =>
            isWell(found) &&
            cellSays(found, lastKnown) &&
            found.environments[0].summary.health === 'Degraded',
        );
        expect(cellOf(known, row)).toMatchObject({
          display: expect.stringMatching(display),
          observation: { since: expect.any(String) },
          provenance: { observedAt: expect.any(String) },
        });
        expect(known.sources).toContainEqual(
          expect.objectContaining({ kind: 'argocd', status: 'observed' }),
        );

        server.behave();
        await untilMatrix(found => isWell(found) && isPlatformWell(found));
      },
    );
  });

  it('nobody trusts its certificate: it says so, and shows nothing as known', async () => {
    const { untilMatrix } = await start({ tls: await selfSigned() });

    const { problem, environments } = await untilMatrix(found =>
      Boolean(found.problem?.includes('certificate')),
    );

    expect(problem).toMatch(/self-signed certificate/);
    expect(environments).toEqual([]);
  });

  it('nobody even accepts a connection: it says so, and shows nothing as known', async () => {
    const { url, close } = await neverAccepting();
    ends.push(close);
    const { untilMatrix } = await start({ url, limits: HASTY });

    const { problem, environments } = await untilMatrix(found =>
      Boolean(found.problem?.includes('did not answer')),
    );

    expect(problem).toContain('Argo CD main did not answer within 0.4 s');
    expect(environments).toEqual([]);
  });

  it('its stream drops events, or falls silent: the next list tells', async () => {
    const { argocd, untilMatrix } = await start();
    await untilMatrix(isWell);

    argocd.put(degraded('checkout-dev'));

    const { sources } = await untilMatrix(
      ({ environments }) => environments[0].summary.health === 'Degraded',
    );
    expect(sources.map(({ status }) => status)).not.toContain('stale');
  });

  it.each<[string, ArgoCdInstance['credentials']]>([
    ['token', { kind: 'token', token: 'tok-secret-1' }],
    [
      'password',
      { kind: 'password', username: 'portal', password: 'pass-secret-2' },
    ],
  ])(
    'errors repeat what was sent: no %s in a log, a row or an answer',
    async (_, credentials) => {
      const logger = mockServices.logger.mock();
      logger.child.mockReturnValue(logger);
      const knex = await databases.init('SQLITE_3');
      const { argocd, server, untilMatrix, urls } = await start({
        credentials,
        logger,
        knex,
      });
      await untilMatrix(isWell);
      const secrets =
        credentials.kind === 'token'
          ? [credentials.token]
          : ['pass-secret-2', sessionToken];

      for (const status of [401, 403, 404, 500]) {
        server.misbehave(
          {
            status,
            body: JSON.stringify({ message: `bad ${secrets.join(' ')}` }),
          },
          { url: /applications|version/ },
        );
        argocd.endStreams();
        await untilMatrix(({ sources }) =>
          sources.some(source => source.reason?.includes('***')),
        );
        server.behave();
        await untilMatrix(isWell);
      }

      const said = JSON.stringify(
        [logger.error, logger.warn, logger.info, logger.debug].map(
          line => line.mock.calls,
        ),
      );
      const rows = await Promise.all(
        ['sources', 'facts', 'transitions', 'changes', 'leases'].map(table =>
          knex(table).select(),
        ),
      );
      const answers = await Promise.all(urls());
      const all = `${said} ${JSON.stringify(rows)} ${answers.join(' ')}`;
      expect(all).toContain('checkout-dev');
      expect(secrets.filter(secret => all.includes(secret))).toEqual([]);
    },
  );
});
