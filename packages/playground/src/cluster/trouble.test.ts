import fs from 'fs/promises';
import path from 'path';
import { namespace, orders, TestClusters } from './__testUtils__/testCluster';
import { openStream, send, until, type Stream } from './__testUtils__/request';
import type { Cluster } from './createCluster';

const BY = { fieldManager: 'argocd-controller' };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'stories',
  name: 'orders',
};

describe('watches, restarts and trouble', () => {
  let clusters: TestClusters;
  let cluster: Cluster;
  const streams: Stream[] = [];

  beforeEach(async () => {
    clusters = await TestClusters.create();
    cluster = await clusters.open();
    await cluster.handle.apply(namespace('stories'), BY);
  });

  afterEach(async () => {
    streams.splice(0).forEach(stream => stream.close());
    await clusters.close();
  });

  const watch = async (query: string, from = cluster) => {
    const stream = await openStream(
      from,
      `/api/v1/namespaces/stories/configmaps?watch=true&${query}`,
    );
    streams.push(stream);
    return stream;
  };
  const version = async (of = cluster): Promise<string> =>
    JSON.parse((await send(of, { path: '/api/v1/configmaps' })).text).metadata
      .resourceVersion;
  const write = (
    name: string,
    labels: Record<string, string> = {},
    data: Record<string, string> = {},
  ) =>
    cluster.handle.apply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'stories', labels },
        data,
      },
      BY,
    );
  const seen = ({ events }: Stream) =>
    events.map(({ type, object }) => `${type} ${object.metadata.name}`);

  it('a watch takes up every change since the version that a list has named', async () => {
    const from = await version();
    await write('a');
    await write('a', {}, { key: 'value' });
    const stream = await watch(`resourceVersion=${from}`);
    await write('b');
    await cluster.handle.remove({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'stories',
      name: 'a',
    });
    await until(() => stream.events.length === 4);
    expect(seen(stream)).toEqual([
      'ADDED a',
      'MODIFIED a',
      'ADDED b',
      'DELETED a',
    ]);
    const versions = stream.events.map(({ object }) =>
      Number(object.metadata.resourceVersion),
    );
    expect(versions).toEqual([...versions].sort((left, right) => left - right));

    const resumed = await watch(`resourceVersion=${versions[1]}`);
    await until(() => resumed.events.length === 2);
    expect(seen(resumed)).toEqual(['ADDED b', 'DELETED a']);
  });

  it('a watch with a selector sees what comes into view and what leaves it', async () => {
    const stream = await watch(
      `resourceVersion=${await version()}&labelSelector=tier%3Dweb`,
    );
    await write('a', { tier: 'db' });
    await write('a', { tier: 'web' });
    await write('a', { tier: 'web' }, { key: 'value' });
    await write('a', { tier: 'db' });
    await until(() => stream.events.length === 3);
    expect(seen(stream)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('a bookmark names a version that the next watch can start from', async () => {
    const stream = await watch(
      `resourceVersion=${await version()}&allowWatchBookmarks=true`,
    );
    await cluster.handle.apply(namespace('elsewhere'), BY);
    await clusters.clock.pass(60_000);
    await until(() => stream.events.length === 1);
    expect(stream.events[0]).toMatchObject({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        metadata: { resourceVersion: await version() },
      },
    });
    const next = await watch(
      `resourceVersion=${stream.events[0].object.metadata.resourceVersion}`,
    );
    await write('a');
    await until(() => next.events.length === 1);
    expect(seen(next)).toEqual(['ADDED a']);
  });

  it('a watch that reaches further back than the log is told to list again', async () => {
    await cluster.close();
    cluster = await clusters.open('nonprod', { historyLimit: 3 });
    const from = await version();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await write(name);
    }
    const stream = await watch(`resourceVersion=${from}`);
    await until(() => stream.ended === 'server');
    expect(stream.events).toMatchObject([
      { type: 'ERROR', object: { code: 410 } },
    ]);
  });

  it('one restart later everything is there, and only lists of the present are good to watch from', async () => {
    await cluster.handle.apply(orders(), BY);
    await clusters.clock.pass(10_000);
    const before = await cluster.handle.get(DEPLOYMENT);
    const last = await version();
    await cluster.close();

    const again = await clusters.open();
    expect(again.caCertificate).toBe(cluster.caCertificate);
    expect(await again.handle.get(DEPLOYMENT)).toEqual(before);
    const stale = await watch(`resourceVersion=${last}`, again);
    await until(() => stale.ended === 'server');
    expect(stale.events).toMatchObject([
      {
        type: 'ERROR',
        object: {
          code: 410,
          message: expect.stringMatching(
            /^too old resource version: \d+ \(\d+\)$/,
          ),
        },
      },
    ]);
    const fresh = await watch(`resourceVersion=${await version(again)}`, again);
    await again.handle.apply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'new', namespace: 'stories' },
      },
      BY,
    );
    await until(() => fresh.events.length === 1);
  });

  it('a rollout that a restart interrupts goes on after it', async () => {
    await cluster.handle.apply(orders(), BY);
    await clusters.clock.pass(1_000);
    expect(await cluster.handle.get(DEPLOYMENT)).not.toHaveProperty(
      'status.readyReplicas',
    );
    await cluster.close();
    const again = await clusters.open();
    await clusters.clock.pass(5_000);
    expect(await again.handle.get(DEPLOYMENT)).toMatchObject({
      status: { readyReplicas: 2 },
    });
  });

  it('the certificate and its key are readable to their owner alone', async () => {
    const { mode } = await fs.stat(
      path.join(clusters.directory, 'tls', 'nonprod.json'),
    );
    expect(mode.toString(8)).toBe('100600');
  });

  it('stopped, it refuses connections and its controllers rest; started, it goes on', async () => {
    const stream = await watch(`resourceVersion=${await version()}`);
    await cluster.handle.apply(orders(), BY);
    await cluster.service.stop();
    await until(() => stream.ended === 'broken');
    await expect(send(cluster, { path: '/version' })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await expect(cluster.handle.get(DEPLOYMENT)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await clusters.clock.pass(10_000);
    await cluster.service.start();
    expect(await cluster.handle.get(DEPLOYMENT)).not.toHaveProperty(
      'status.readyReplicas',
    );
    await clusters.clock.pass(10_000);
    expect(await cluster.handle.get(DEPLOYMENT)).toMatchObject({
      status: { readyReplicas: 2 },
    });
  });

  it('hanging, it takes requests and answers none, inside the process too; woken, it answers them', async () => {
    const stream = await watch(`resourceVersion=${await version()}`);
    await cluster.service.hang();
    const outside = send(cluster, { path: '/version' });
    const inside = cluster.handle.apply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'late', namespace: 'stories' },
      },
      BY,
    );
    const { requests } = cluster.service.traffic;
    await until(() => cluster.service.traffic.requests > requests);
    expect(stream).toMatchObject({ events: [], ended: undefined });
    expect(cluster.service.traffic.open).toBe(2);

    await cluster.service.start();
    expect((await outside).status).toBe(200);
    expect((await inside).metadata.name).toBe('late');
    await until(() => stream.events.length === 1);
    expect(seen(stream)).toEqual(['ADDED late']);
  });
});
