import { mockServices } from '@backstage/backend-test-utils';
import {
  TrackedEntity,
  TrackedRelease,
} from '@envmatrix/backstage-plugin-environments-node';
import {
  Misbehaviour,
  RecordingSink,
  SourceBench,
  until,
} from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { SHA, TestRegistry } from './__testUtils__/TestRegistry';
import { RegistryClient } from './client/RegistryClient';
import { RegistrySource } from './RegistrySource';

/** A registry that answers has all the time that a busy machine takes. */
const PATIENT = { silenceMs: 30_000, wholeMs: 60_000 };

/** For one that hangs: so that it is not waited for long. */
const HASTY = { silenceMs: 1_000, wholeMs: 5_000 };

const REVISION = 'org.opencontainers.image.revision';

const entityWith = (
  name: string,
  releases: readonly TrackedRelease[],
): TrackedEntity => ({
  entityRef: `component:default/${name}`,
  entity: {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name },
  },
  versions: releases.map(({ version }) => version),
  releases,
});

describe('RegistrySource', () => {
  const ends: (() => Promise<void>)[] = [];
  let registry: TestRegistry;
  let now: number;

  beforeEach(async () => {
    now = 1_000_000;
    registry = await TestRegistry.start();
    ends.push(() => registry.server.close());
  });

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  const running = (
    digest: string,
    changes: Partial<TrackedRelease> = {},
  ): TrackedRelease => ({
    environment: 'dev',
    version: '1.4.2',
    image: registry.repository,
    digest,
    ...changes,
  });

  function start(
    entities: readonly TrackedEntity[],
    options: {
      sink?: RecordingSink;
      idleMs?: number;
      limits?: { silenceMs: number; wholeMs: number };
    } = {},
  ): SourceBench {
    const source = new RegistrySource({
      host: registry.host,
      client: new RegistryClient({
        registry: registry.registry(),
        limits: { ...PATIENT, ...options.limits, maxBytes: 1024 * 1024 },
        now: () => now,
      }),
      timing: {
        idleMs: options.idleMs ?? 60_000,
        backoffMs: { first: 20, most: 40 },
        againMs: { first: 1_000, most: 4_000 },
      },
      now: () => now,
    });
    const bench = new SourceBench(source, {
      logger: mockServices.logger.mock(),
      entities,
      sink: options.sink,
    });
    ends.push(() => bench.stop());
    return bench;
  }

  const images = (bench: SourceBench) =>
    bench.sink.all('image').map(({ scope, value }) => [scope, value]);

  it('says of every image that runs what it was built from, each asked for once', async () => {
    const digest = registry.putImage({ [REVISION]: SHA });
    const bench = start([
      entityWith('checkout', [running(digest), running(digest)]),
      entityWith('basket', [running(digest, { environment: 'prod' })]),
    ]);

    const fact = { repository: registry.repository, digest, revision: SHA };
    await until(() => images(bench).length === 2);
    expect(images(bench)).toEqual([
      ['component:default/checkout', fact],
      ['component:default/basket', fact],
    ]);
    expect(bench.sink.all('image')[0].name).toBe(
      `${registry.repository}@${digest}`,
    );
    await until(() => bench.sink.status === 'observed');
    expect(registry.asked()).toHaveLength(2);

    const next = registry.putImage({ [REVISION]: 'abcdef0' });
    bench.setEntities([entityWith('checkout', [running(next)])]);
    await until(() => images(bench).length === 3);
    expect(registry.asked()).toHaveLength(4);

    bench.setEntities([entityWith('checkout', [running(digest)])]);
    await bench.refresh(['component:default/checkout']);
    expect(registry.asked()).toHaveLength(4);
  });

  it('asks for nothing again after a restart, also where the image says nothing', async () => {
    const digest = registry.putImage(null);
    const entities = [entityWith('checkout', [running(digest)])];
    const first = start(entities);
    await until(() => images(first).length === 1);
    await first.stop();
    registry.server.requests.length = 0;

    const second = start(
      [...entities, entityWith('basket', [running(digest)])],
      { sink: first.sink },
    );

    await until(() => images(second).length === 2);
    // It only makes sure that the registry is there.
    await until(() => registry.asked().length > 0);
    expect(registry.asked()).toEqual(['GET /v2/']);
  });

  it.each<[string, (digest: string) => Partial<TrackedRelease>]>([
    ['of another registry', () => ({ image: 'ghcr.io/acme/checkout' })],
    [
      'of a registry whose name begins alike',
      () => ({ image: `${registry.host}.evil.test/acme/checkout` }),
    ],
    ['whose pods run several', () => ({ digest: undefined })],
    ['whose commit its pods name', () => ({ revision: SHA })],
  ])('asks for no image %s', async (_, changes) => {
    const digest = registry.putImage({ [REVISION]: SHA });
    const marker = registry.putImage({ [REVISION]: 'abcdef0' });
    const bench = start([
      entityWith('checkout', [running(digest, changes(digest))]),
      entityWith('basket', [running(marker)]),
    ]);

    await until(() => images(bench).length === 1);
    expect(registry.asked()).toHaveLength(2);
  });

  it('says why one image cannot be read, and tries it again later, or when somebody asks', async () => {
    const digest = registry.putImage({ [REVISION]: SHA });
    registry.server.misbehave({ status: 403 }, { url: /manifests/ });
    const bench = start([entityWith('checkout', [running(digest)])], {
      idleMs: 20,
    });

    await until(() => images(bench).length === 1);
    expect(images(bench)[0][1]).toEqual({
      repository: registry.repository,
      digest,
      unknown: expect.stringContaining('does not let the portal read'),
    });
    await until(() => bench.sink.status === 'observed');
    const manifests = () =>
      registry.asked().filter(line => line.includes('manifests')).length;
    now += 500;
    await until(() => registry.asked().includes('GET /v2/'));
    expect(manifests()).toBe(1);
    now += 600;
    await until(() => manifests() === 2);
    now += 1_100;

    registry.server.behave();
    await bench.refresh(['component:default/checkout']);
    expect(images(bench)[0][1]).toMatchObject({ revision: SHA });
  });

  it('asks again for whoever asks, also while an image is being missed', async () => {
    const digest = registry.putImage({ [REVISION]: SHA });
    registry.server.misbehave({ status: 403 }, { url: /manifests/ });
    const bench = start([entityWith('checkout', [running(digest)])]);
    const manifests = () =>
      registry.asked().filter(line => line.includes('manifests')).length;
    await until(() => bench.sink.status === 'observed');
    expect(manifests()).toBe(1);

    const refs = ['component:default/checkout'];
    await Promise.all([bench.refresh(refs), bench.refresh(refs)]);

    expect(manifests()).toBe(3);
  });

  it.each<[Misbehaviour | 'refuse', string]>([
    ['refuse', 'unreachable'],
    ['hang-at-headers', 'timeout'],
    [{ status: 502 }, 'stale'],
    [{ status: 429 }, 'stale'],
  ])(
    'keeps what it knows while the registry does this, and heals: %j',
    async (misbehaviour, status) => {
      const digest = registry.putImage({ [REVISION]: SHA });
      const next = registry.putImage({ [REVISION]: 'abcdef0' });
      const bench = start([entityWith('checkout', [running(digest)])], {
        limits: status === 'timeout' ? HASTY : PATIENT,
      });
      await until(() => bench.sink.status === 'observed');
      if (misbehaviour === 'refuse') {
        await registry.server.close();
      } else {
        registry.server.misbehave(misbehaviour);
      }
      bench.setEntities([
        entityWith('checkout', [running(digest), running(next)]),
      ]);

      await until(() => bench.sink.status === status);
      expect(bench.sink.reason).toContain(registry.host);
      expect(images(bench)).toHaveLength(1);

      if (misbehaviour === 'refuse') {
        await registry.server.listen();
      } else {
        registry.server.behave();
      }
      await until(() => images(bench).length === 2);
      await until(() => bench.sink.status === 'observed');
    },
  );

  it('leaves a registry alone for as long as it wants', async () => {
    const digest = registry.putImage({ [REVISION]: SHA });
    registry.server.misbehave({
      status: 429,
      headers: { 'retry-after': '3600' },
    });
    const bench = start([entityWith('checkout', [running(digest)])]);

    await until(() => bench.sink.status === 'stale');
    const next = registry.putImage({ [REVISION]: 'abcdef0' });
    bench.setEntities([entityWith('checkout', [running(next)])]);
    await bench.stop();
    expect(registry.asked()).toHaveLength(1);
  });

  it('writes again what could not be stored', async () => {
    const digest = registry.putImage({ [REVISION]: SHA });
    const sink = new RecordingSink();
    sink.failOnce(new Error('The database is away'));
    const bench = start([entityWith('checkout', [running(digest)])], { sink });

    await until(() => images(bench).length === 1);
    expect(registry.asked()).toHaveLength(2);
    expect(bench.sink.states[0]).toMatchObject({
      status: 'unknown',
      reason: 'The database is away',
    });
  });
});
