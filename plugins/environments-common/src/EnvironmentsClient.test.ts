import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { EnvironmentsClient } from './EnvironmentsClient';

const BASE = 'http://portal.example.com/api/environments';

describe('EnvironmentsClient', () => {
  const server = setupServer();
  registerMswTestHooks(server);

  const client = new EnvironmentsClient({
    discoveryApi: {
      getBaseUrl: async pluginId => `http://portal.example.com/api/${pluginId}`,
    },
    fetchApi: { fetch: (...args) => fetch(...args) },
  });
  const entityRef = 'component:default/checkout';

  it('sends the ETag of an earlier matrix, and says when it still holds', async () => {
    server.use(
      http.get(
        `${BASE}/v1/entities/component/default/checkout/matrix`,
        ({ request }) =>
          request.headers.get('if-none-match') === '"1"'
            ? new HttpResponse(null, { status: 304 })
            : HttpResponse.json({ entityRef }, { headers: { etag: '"1"' } }),
      ),
    );

    const first = await client.getMatrix({ entityRef });
    expect(first).toEqual({ matrix: { entityRef }, etag: '"1"' });
    await expect(client.getMatrix({ entityRef, etag: '"1"' })).resolves.toBe(
      'unchanged',
    );
  });

  it('sends tokens in the body, where no address or log has them', async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(
        `${BASE}/v1/entities/component/default/checkout/live-matrix`,
        async ({ request }) => {
          sent.push(new URL(request.url).search, await request.json());
          return HttpResponse.json({ entityRef });
        },
      ),
    );
    const clusters = [{ name: 'prod', token: 'the-token' }];

    await expect(
      client.getLiveMatrix({ entityRef, clusters }),
    ).resolves.toEqual({ entityRef });
    expect(sent).toEqual(['', { clusters }]);
  });

  it('encodes what an entity is called, and leaves out what was not asked for', async () => {
    let url = '';
    server.use(
      http.get(`${BASE}/v1/entities/*`, ({ request }) => {
        url = request.url;
        return HttpResponse.json({ items: [] });
      }),
    );

    await client.getHistory({
      entityRef: 'component:default/a?b',
      environment: 'dev',
      limit: 5,
    });

    expect(url).toBe(
      `${BASE}/v1/entities/component/default/a%3Fb/history?environment=dev&limit=5`,
    );
  });

  it('asks for all services where no filter is given', async () => {
    let url = '';
    server.use(
      http.get(`${BASE}/v1/fleet`, ({ request }) => {
        url = request.url;
        return HttpResponse.json({ items: [] });
      }),
    );

    await client.getFleet({ filter: '', order: 'name', limit: 100 });
    expect(url).toBe(`${BASE}/v1/fleet?order=name&limit=100`);

    await client.getFleet({ filter: 'text=a b,state=lagging' });
    expect(url).toBe(`${BASE}/v1/fleet?filter=text%3Da+b%2Cstate%3Dlagging`);
  });

  it('posts what a promotion needs', async () => {
    const bodies: unknown[] = [];
    server.use(
      http.post(`${BASE}/v1/entities/*`, async ({ request }) => {
        const text = await request.text();
        bodies.push([
          new URL(request.url).pathname.split('/promotions')[1],
          text === '' ? undefined : JSON.parse(text),
        ]);
        return HttpResponse.json({ id: '1' });
      }),
    );

    await client.planPromotion({ entityRef, from: 'dev', to: 'staging' });
    await client.createPromotion({ entityRef, planId: 'p', reason: 'because' });
    await client.actOnPromotion({ entityRef, id: '1', action: 'merge' });

    expect(bodies).toEqual([
      ['/plan', { from: 'dev', to: 'staging' }],
      ['', { planId: 'p', reason: 'because' }],
      ['/1/merge', undefined],
    ]);
  });

  it('throws what the backend says', async () => {
    server.use(
      http.get(`${BASE}/v1/entities/*`, () =>
        HttpResponse.json(
          {
            error: { name: 'NotFoundError', message: 'No such entity' },
            response: { statusCode: 404 },
          },
          { status: 404 },
        ),
      ),
    );

    await expect(client.getFindings({ entityRef })).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 404,
      cause: { name: 'NotFoundError', message: 'No such entity' },
    });
  });
});
