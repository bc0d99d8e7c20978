import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { openApiDocument } from '@envmatrix/backstage-plugin-environments-common';
import request from 'supertest';
import { ada, entity } from './__testUtils__/facts';
import { Portal, startPortal } from './__testUtils__/startPortal';

/** What a request needs beside its path, so that it is refused for no other reason than the caller's rights. */
const QUERIES: Readonly<Record<string, string>> = {
  '/v1/entities/{kind}/{namespace}/{name}/differences': '?from=staging&to=prod',
};
const BODIES: Readonly<Record<string, object>> = {
  '/v1/entities/{kind}/{namespace}/{name}/live-matrix': {
    clusters: [{ name: 'prod', token: 'a-token' }],
  },
  '/v1/entities/{kind}/{namespace}/{name}/promotions': { planId: '7' },
  '/v1/entities/{kind}/{namespace}/{name}/promotions/plan': {
    from: 'staging',
    to: 'prod',
  },
  '/v1/preview': { answers: { name: 'shop' } },
};

interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
}

/** Every route that the document has: one that is added comes under these tests by itself. */
const ROUTES: readonly Route[] = Object.entries(openApiDocument.paths).flatMap(
  ([path, operations]) =>
    (['get', 'post'] as const)
      .filter(method => method in operations)
      .map(method => ({ method, path })),
);

const ABOUT_ENTITIES = ROUTES.filter(({ path }) => path.includes('{name}'));

function ask(portal: Portal, { method, path }: Route, authorization: string) {
  const target = path
    .replace('{kind}', 'component')
    .replace('{namespace}', 'default')
    .replace('{name}', 'checkout')
    .replace('{id}', '7');
  const sent = request(portal.server)
    [method](`/api/environments${target}${QUERIES[path] ?? ''}`)
    .set('Authorization', authorization);
  return method === 'post' ? sent.send(BODIES[path]) : sent;
}

describe('every route of the API', () => {
  it('is in the document with an answer for what goes wrong', () => {
    expect(ROUTES.length).toBeGreaterThan(14);
    expect(ABOUT_ENTITIES.length).toBeGreaterThan(11);
    const withoutFailure = Object.entries(openApiDocument.paths).flatMap(
      ([path, operations]) =>
        Object.values(operations)
          .filter(({ responses }) => !('default' in responses))
          .map(() => path),
    );
    expect(withoutFailure).toEqual([]);
  });

  it('asks who calls', async () => {
    const portal = await startPortal();
    for (const route of ROUTES) {
      const { status } = await ask(
        portal,
        route,
        mockCredentials.none.header(),
      );
      expect({ ...route, status }).toEqual({ ...route, status: 401 });
    }
    await portal.stop();
  });

  it('asks for the permission, and notes who was refused', async () => {
    const auditor = mockServices.auditor.mock();
    const line = { success: jest.fn(), fail: jest.fn() };
    auditor.createEvent.mockResolvedValue(line);
    const portal = await startPortal({
      features: [
        auditor.factory,
        mockServices.permissions.factory({ result: AuthorizeResult.DENY }),
      ],
    });

    for (const route of ROUTES) {
      auditor.createEvent.mockClear();
      line.fail.mockClear();
      const { status, body } = await ask(
        portal,
        route,
        mockCredentials.user.header(),
      );
      expect({ ...route, status, name: body.error?.name }).toEqual({
        ...route,
        status: 403,
        name: 'NotAllowedError',
      });
      expect(auditor.createEvent).toHaveBeenCalledTimes(1);
      expect(line.fail).toHaveBeenCalledTimes(1);
    }
    await portal.stop();
  });

  it('knows no entity that the catalog does not show to the caller', async () => {
    const catalog = catalogServiceMock({ entities: [entity, ada] });
    const portal = await startPortal({
      catalog: {
        ...catalog,
        getEntityByRef: async () => undefined,
        getEntitiesByRefs: async ({ entityRefs }) => ({
          items: entityRefs.map(() => undefined),
        }),
        streamEntities: (query, options) =>
          catalog.streamEntities(query, options),
      },
    });

    for (const route of ABOUT_ENTITIES) {
      const { status, body } = await ask(
        portal,
        route,
        mockCredentials.user.header(),
      );
      expect({ ...route, status, error: body.error }).toEqual({
        ...route,
        status: 404,
        error: {
          name: 'NotFoundError',
          message: 'There is no entity component:default/checkout',
        },
      });
    }
    await portal.stop();
  });

  it('takes no query and no body that the document does not know', async () => {
    const portal = await startPortal();
    for (const route of ROUTES) {
      const query = QUERIES[route.path];
      const { status } = await request(portal.server)
        [route.method](
          `/api/environments${route.path
            .replace('{kind}', 'component')
            .replace('{namespace}', 'default')
            .replace('{name}', 'checkout')
            .replace('{id}', '7')}${query ? `${query}&` : '?'}nonsense=1`,
        )
        .set('Authorization', mockCredentials.user.header())
        .send(route.method === 'post' ? BODIES[route.path] : undefined);
      expect({ ...route, status }).toEqual({ ...route, status: 400 });
    }
    for (const [path, body] of Object.entries(BODIES)) {
      const route = { method: 'post', path } as const;
      const { status } = await ask(
        portal,
        route,
        mockCredentials.user.header(),
      ).send({ ...body, nonsense: 1 });
      expect({ ...route, status }).toEqual({ ...route, status: 400 });
    }
    await portal.stop();
  });

  it('answers nothing, outside of production, that the document does not promise', async () => {
    const portal = await startPortal();
    await (
      await portal.prod.sink()
    ).state(JSON.parse('{"status":"excellent"}'));

    const { status, body } = await request(portal.server)
      .get('/api/environments/v1/environments')
      .set('Authorization', mockCredentials.user.header());

    expect(status).toBe(500);
    expect(JSON.stringify(body.error)).toMatch(/status/);
    await portal.stop();
  });
});
