import { isError } from '@backstage/errors';
import { MisbehavingServer } from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { instanceAt } from './__testUtils__/instance';
import { recording } from './__testUtils__/recording';
import { ArgoCdDelivery } from './ArgoCdDelivery';
import { ArgoCdClient } from './client/ArgoCdClient';

const PROD = {
  instance: 'main',
  application: 'checkout-prod',
  namespace: 'team a',
  project: 'checkout/prod',
};

describe('ArgoCdDelivery', () => {
  let server: MisbehavingServer;
  let delivery: ArgoCdDelivery;

  beforeEach(async () => {
    server = await MisbehavingServer.start({ answer: () => ({ json: {} }) });
    const client = new ArgoCdClient({ instance: instanceAt(server.url) });
    delivery = new ArgoCdDelivery({ clients: new Map([['main', client]]) });
  });
  afterEach(() => server.close());

  it('syncs one application, of its namespace and project, to one revision', async () => {
    await delivery.sync({ ...PROD, revision: 'c0ffee', prune: true });

    expect(server.requests).toHaveLength(1);
    const [{ method, url, headers, body }] = server.requests;
    expect([method, url, headers['content-type']]).toEqual([
      'POST',
      '/api/v1/applications/checkout-prod/sync',
      'application/json',
    ]);
    expect(JSON.parse(body)).toEqual({
      appNamespace: 'team a',
      project: 'checkout/prod',
      prune: true,
      dryRun: false,
      revision: 'c0ffee',
    });
  });

  it('lets an application be looked at again', async () => {
    await delivery.refresh(PROD);

    expect(
      server.requests.map(({ method, url }) => `${method} ${url}`),
    ).toEqual([
      'GET /api/v1/applications/checkout-prod?refresh=normal&appNamespace=team+a&project=checkout%2Fprod',
    ]);
  });

  it('leads nowhere else, whatever an application is called', async () => {
    await delivery.sync({ ...PROD, application: '../clusters', prune: false });

    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/v1/applications/..%2Fclusters/sync',
    ]);
  });

  it.each(['denied-by-window', 'while-operation-in-progress', 'bad-revision'])(
    'says why a sync was refused: %s',
    async name => {
      const { status, body } = recording(`error/${name}`).response;
      server.misbehave({ status: Number(status), body: JSON.stringify(body) });

      const message = await delivery.sync({ ...PROD, prune: false }).then(
        () => undefined,
        error => (isError(error) ? error.message : undefined),
      );

      // What a command printed into it is not for a page: of an error that is as long as that, its first line.
      const [said] = `${JSON.parse(JSON.stringify(body)).message}`.split('\n');
      expect(message).toMatch(/^Argo CD main, \/api\/v1\/applications\//);
      expect(message).toContain(said.slice(0, 100));
    },
  );

  it('knows the instances that are configured, and no other', async () => {
    await expect(
      delivery.sync({ ...PROD, instance: 'other', prune: false }),
    ).rejects.toThrow("There is no Argo CD instance 'other'");
    expect(server.requests).toEqual([]);
  });
});
