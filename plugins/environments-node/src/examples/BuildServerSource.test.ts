import { readFileSync } from 'fs';
import path from 'path';
import { mockServices } from '@backstage/backend-test-utils';
import { intentSchema } from '@envmatrix/engine';
import { TrackedEntity } from '..';
import {
  Misbehaviour,
  MisbehavingServer,
  SourceBench,
  until,
} from '../testUtils';
import { BuildServerSource } from './BuildServerSource';

const checkout: TrackedEntity = {
  entityRef: 'component:default/checkout',
  entity: {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'checkout' },
  },
  intent: intentSchema.parse({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'checkout', owner: 'group:default/payments' },
    isolation: 'shared-nonprod',
    clusters: [{ name: 'one', environments: ['prod'] }],
    environments: [
      {
        name: 'prod',
        level: 10,
        kind: 'production',
        cluster: 'one',
        namespace: 'checkout',
        delivery: { sync: 'manual' },
      },
    ],
  }),
  versions: ['1.1.0', '1.0.0'],
};

describe('BuildServerSource', () => {
  const ends: (() => Promise<void>)[] = [];

  async function start() {
    const server = await MisbehavingServer.start({
      answer: ({ url }) =>
        url === '/builds/checkout/1.1.0'
          ? { json: { sha: 'c0ffee', builtAt: '2026-11-23T12:00:00Z' } }
          : { status: 404, json: {} },
    });
    const bench = new SourceBench(
      new BuildServerSource('builds.example.com', {
        url: server.url,
        everyMs: 20,
      }),
      { logger: mockServices.logger.mock(), entities: [checkout] },
    );
    ends.push(async () => {
      await bench.stop();
      await server.close();
    });
    await until(() => bench.sink.status === 'observed');
    return { server, bench };
  }

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  it('tells the commit of every version that the server knows', async () => {
    const { bench } = await start();

    expect(bench.sink.all('commit').map(({ value }) => value)).toEqual([
      { version: '1.1.0', sha: 'c0ffee' },
    ]);
  });

  it('counts every request that it sends', async () => {
    const { bench, server } = await start();

    await until(
      () =>
        bench.counted.requests > 2 &&
        bench.counted.requests === server.requests.length,
    );
    expect(bench.counted.watchRestarts).toBe(0);
  });

  it.each<[Misbehaviour, RegExp]>([
    ['reset', /fetch failed/],
    ['truncate', /terminated/],
    ['malformed', /not valid JSON/],
    [{ status: 500 }, /builds.example.com answered HTTP 500/],
  ])(
    'keeps what it knew when the server does this: %j',
    async (misbehaviour, reason) => {
      const { server, bench } = await start();

      server.misbehave(misbehaviour);
      await until(() => bench.sink.status === 'unreachable');
      expect(bench.sink.reason).toMatch(reason);
      expect(bench.sink.all('commit')).toHaveLength(1);

      server.behave();
      await until(() => bench.sink.status === 'observed');
      expect(bench.sink.all('commit')).toHaveLength(1);
    },
  );

  it('is the one that the documentation shows', () => {
    const page = readFileSync(
      path.join(__dirname, '../../../../docs/sources.md'),
      'utf8',
    );
    const code = readFileSync(
      path.join(__dirname, 'BuildServerSource.ts'),
      'utf8',
    ).replace("'..'", "'@envmatrix/backstage-plugin-environments-node'");

    expect(page.replace(/\s+/g, ' ')).toContain(
      code.replace(/\s+/g, ' ').trim(),
    );
  });
});
