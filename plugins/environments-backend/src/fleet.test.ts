import {
  actionsRegistryServiceMock,
  metricsServiceMock,
} from '@backstage/backend-test-utils/alpha';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { readFileSync } from 'fs';
import path from 'path';
import request from 'supertest';
import { ada, entity, ENTITY_REF } from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { Portal, startPortal, until } from './__testUtils__/startPortal';

const named = (name: string) => ({
  ...entity,
  metadata: { ...entity.metadata, name, title: name },
});

const serving = (actions: ReturnType<typeof actionsRegistryServiceMock>) =>
  createServiceFactory({
    service: actionsRegistryServiceRef,
    deps: {},
    factory: () => actions,
  });

describe('the fleet', () => {
  let portal: Portal;
  const actions = actionsRegistryServiceMock();
  const metrics = metricsServiceMock.mock();

  const fleet = async (query: string = '') => {
    const { status, body } = await request(portal.server).get(
      `/api/environments/v1/fleet${query}`,
    );
    return { status, body };
  };

  beforeAll(async () => {
    portal = await startPortal({
      entities: [entity, ada, named('orders'), named('basket')],
      features: [serving(actions), metrics.factory],
    });
    await runService(portal, { dev: '1.1.0', staging: '1.0.0', prod: '1.0.0' });
    const scm = await portal.scm.sink();
    await scm.upsert([
      {
        kind: 'comparison',
        scope: ENTITY_REF,
        name: '1.1.0...1.0.0',
        value: {
          from: '1.1.0',
          to: '1.0.0',
          status: 'behind',
          behindBy: 3,
          aheadBy: 0,
        },
        observedAt: new Date().toISOString(),
      },
    ]);
    await portal.untilMatrix(
      ({ environments }) => environments[1].summary.behind?.commits === 3,
    );
    await until(
      () => fleet(),
      ({ body }) =>
        body.items.length === 3 &&
        body.items.every(
          (item: { environments: object[]; problem?: string }) =>
            item.environments.length > 0 || item.problem !== undefined,
        ),
    );
  });

  afterAll(async () => {
    await portal.stop();
  });

  const refs = ({ body }: { body: { items: { entityRef: string }[] } }) =>
    body.items.map(({ entityRef }) => entityRef.replace(/.*\//, ''));

  it('has one row per entity, with one cell per environment', async () => {
    const { status, body } = await fleet();

    expect(status).toBe(200);
    expect(body.total).toBe(3);
    expect(refs({ body })).toEqual(['basket', 'checkout', 'orders']);
    expect(body.items[1]).toMatchObject({
      entityRef: ENTITY_REF,
      owners: ['group:default/payments'],
      lag: 3,
      environments: [
        { name: 'dev', summary: { version: '1.1.0' } },
        { name: 'staging', summary: { version: '1.0.0' } },
        { name: 'prod', kind: 'production', summary: { version: '1.0.0' } },
      ],
    });
    expect(body.items[0]).toMatchObject({
      environments: [],
      problem: expect.any(String),
    });
  });

  it('orders, filters, and goes on where a page ended', async () => {
    expect(refs(await fleet('?order=-lag'))[0]).toBe('checkout');
    expect(refs(await fleet('?order=-name'))).toEqual([
      'orders',
      'checkout',
      'basket',
    ]);
    const lagging = await fleet('?filter=state%3Dlagging');
    expect(refs(lagging)).toEqual(['checkout']);
    expect(lagging.body).toMatchObject({
      total: 1,
      counts: { all: 3, lagging: 1, violating: expect.any(Number) },
      sources: expect.any(Array),
    });
    expect(refs(await fleet('?order=system'))).toEqual([
      'basket',
      'checkout',
      'orders',
    ]);
    expect(
      refs(
        await fleet(
          '?filter=owner%3Dgroup:default/none,owner%3Dgroup:default/payments,text%3DORD',
        ),
      ),
    ).toEqual(['orders']);
    expect(
      refs(await fleet('?filter=owner%3Dgroup:default/payments,text%3DORD')),
    ).toEqual(['orders']);
    expect(refs(await fleet('?filter=owner%3Dgroup:default/none'))).toEqual([]);

    const first = await fleet('?limit=2');
    expect(refs(first)).toEqual(['basket', 'checkout']);
    const second = await fleet(`?limit=2&cursor=${first.body.nextCursor}`);
    expect(refs(second)).toEqual(['orders']);
    expect(second.body.nextCursor).toBeUndefined();
    expect(second.body.total).toBe(3);
  });

  it.each(['?filter=nonsense', '?cursor=e30', '?order=colour', '?limit=0'])(
    'refuses %s',
    async query => {
      expect((await fleet(query)).status).toBe(400);
    },
  );

  describe('as actions', () => {
    const invoke = async (name: string, input: object) =>
      await actions.invoke({
        id: `test:${name}`,
        input: JSON.parse(JSON.stringify(input)),
        credentials: mockCredentials.user(),
      });

    it('get-environment-matrix says what runs where', async () => {
      const { output } = await invoke('get-environment-matrix', {
        entityRef: ENTITY_REF,
      });

      expect(output).toMatchObject({
        entityRef: ENTITY_REF,
        environments: [
          { name: 'dev', summary: { version: '1.1.0' } },
          { name: 'staging' },
          { name: 'prod' },
        ],
      });
    });

    it('explain-difference says by which rule, and what to do', async () => {
      const { output } = await invoke('explain-difference', {
        entityRef: ENTITY_REF,
        from: 'dev',
        to: 'prod',
      });

      expect(output).toMatchObject({
        total: expect.any(Number),
        differences: expect.arrayContaining([
          expect.objectContaining({
            subject: 'apps/Deployment checkout',
            class: expect.any(String),
          }),
        ]),
      });
      await expect(
        invoke('explain-difference', {
          entityRef: ENTITY_REF,
          from: 'dev',
          to: 'nowhere',
        }),
      ).rejects.toThrow("There is no environment 'nowhere'");
    });

    it('list-lagging-services names who is behind, the furthest first', async () => {
      const { output } = await invoke('list-lagging-services', {});

      expect(output).toEqual({
        services: [
          {
            entityRef: ENTITY_REF,
            owners: ['group:default/payments'],
            environment: 'staging',
            version: '1.0.0',
            behind: 'dev',
            status: 'behind',
            commits: 3,
          },
        ],
      });
      expect(
        (await invoke('list-lagging-services', { environment: 'prod' })).output,
      ).toEqual({ services: [] });
    });

    it('do not know what the catalog does not show', async () => {
      await expect(
        invoke('get-environment-matrix', {
          entityRef: 'component:default/hidden',
        }),
      ).rejects.toThrow('There is no entity component:default/hidden');
      await expect(
        invoke('get-environment-matrix', { entityRef: ':::' }),
      ).rejects.toThrow('is not an entity reference');
    });
  });

  it('is measured', async () => {
    const gauge = metrics.createObservableGauge.mock.results.map(
      ({ value }) => value,
    );
    const observed: [number, object][] = [];
    for (const { addCallback } of gauge) {
      for (const [callback] of addCallback.mock.calls) {
        await callback({
          observe: (value: number, attributes: object) =>
            observed.push([value, attributes]),
        });
      }
    }

    expect(
      metrics.createObservableGauge.mock.calls.map(([name]) => name),
    ).toEqual(['environments.source.up', 'environments.observation.lag']);
    expect(observed).toContainEqual([1, { kind: 'argocd', name: 'main' }]);
    const [histogram] = metrics.createHistogram.mock.results;
    expect(histogram.value.record.mock.calls.length).toBeGreaterThan(0);

    const { meter } = await portal.prod.context();
    meter?.request();
    meter?.watchRestart();
    const counted = (name: string) => {
      const at = metrics.createCounter.mock.calls.findIndex(
        ([created]) => created === name,
      );
      return metrics.createCounter.mock.results[at]?.value.add.mock.calls;
    };
    const prod = { kind: 'kubernetes', name: 'prod' };
    expect(counted('environments.source.requests')).toEqual([[1, prod]]);
    expect(counted('environments.source.watch_restarts')).toEqual([[1, prod]]);
  });

  it('is measured by what the documentation lists', () => {
    const created = [
      metrics.createObservableGauge,
      metrics.createCounter,
      metrics.createHistogram,
    ].flatMap(create => create.mock.calls.map(([name]) => name));
    const documentation = readFileSync(
      path.join(__dirname, '../../../docs/installation.md'),
      'utf8',
    );

    expect(documentation.match(/(?<=^\| `)environments\.[\w.]+/gm)).toEqual(
      expect.arrayContaining(created),
    );
    expect(created).toHaveLength(6);
  });
});

describe('the fleet without the permission', () => {
  it('is closed, and so are the actions', async () => {
    const actions = actionsRegistryServiceMock();
    const portal = await startPortal({
      features: [
        serving(actions),
        mockServices.permissions.mock({
          authorize: async queries =>
            queries.map(() => ({ result: AuthorizeResult.DENY })),
        }).factory,
      ],
    });

    const { status } = await request(portal.server).get(
      '/api/environments/v1/fleet',
    );
    expect(status).toBe(403);
    for (const [id, input] of [
      ['test:get-environment-matrix', { entityRef: ENTITY_REF }],
      [
        'test:explain-difference',
        { entityRef: ENTITY_REF, from: 'dev', to: 'prod' },
      ],
      ['test:list-lagging-services', {}],
    ] as const) {
      await expect(actions.invoke({ id, input })).rejects.toThrow(
        'environments.matrix.read',
      );
    }
    await portal.stop();
  });
});
