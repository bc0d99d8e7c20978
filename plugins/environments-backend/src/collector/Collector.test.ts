import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  EnvironmentSource,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { entity, ENTITY_REF, liveFacts } from '../__testUtils__/facts';
import { until } from '../__testUtils__/startPortal';
import { TestSource } from '../__testUtils__/TestSource';
import { UserTokenSource } from '../__testUtils__/UserTokenSource';
import { openDatabase } from '../store/database';
import { FactStore } from '../store/FactStore';
import { LeaseStore } from '../store/LeaseStore';
import { SourceStates } from '../store/SourceStates';
import { Collector } from './Collector';
import { ConfiguredSources } from './ConfiguredSources';
import { LeaseKeeper } from './LeaseKeeper';
import { Tracker } from './Tracker';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

async function create(getSources: () => Promise<EnvironmentSource[]>) {
  const knex = await openDatabase(
    mockServices.database({ knex: await databases.init('SQLITE_3') }),
  );
  const facts = new FactStore(knex);
  const states = new SourceStates(knex);
  const catalog = catalogServiceMock({ entities: [entity] });
  const logger = mockServices.logger.mock();
  logger.child.mockReturnValue(logger);
  const tracker = new Tracker({ catalog, auth: mockServices.auth(), logger });
  const leases = new LeaseStore(knex);
  const configured = new ConfiguredSources(['broken', 'kubernetes']);
  const collector = new Collector({
    configured,
    providers: [
      {
        kind: 'broken',
        getSources: async () => {
          throw new Error('its configuration is wrong');
        },
      },
      { kind: 'kubernetes', getSources },
    ],
    facts,
    states,
    tracker,
    leases,
    keeper: new LeaseKeeper({ store: leases, logger }),
    logger,
  });
  return { collector, facts, states, tracker, catalog, logger };
}

describe('Collector', () => {
  it('runs another source under the same name where a system is read in another way from now on', async () => {
    const watched = new TestSource('kubernetes', 'prod');
    let found: EnvironmentSource[] = [watched];
    const { collector } = await create(async () => found);
    await collector.discover();
    const { signal } = await watched.context();
    expect(collector.onDemand('kubernetes/prod')).toBeUndefined();

    const forPeople = new UserTokenSource('prod');
    found = [forPeople];
    await collector.discover();
    await forPeople.context();

    expect(signal.aborted).toBe(true);
    expect(collector.onDemand('kubernetes/prod')).toBe(forPeople.onDemand);
    await collector.discover();
    expect((await forPeople.context()).signal.aborted).toBe(false);
    await collector.stop();
  });

  it('runs what is found, also beside a provider that fails, and stops what is gone', async () => {
    const [one, two] = [
      new TestSource('kubernetes', 'one'),
      new TestSource('kubernetes', 'two'),
    ];
    let found: EnvironmentSource[] = [one, two];
    const { collector, facts, states, logger } = await create(
      async () => found,
    );

    await collector.discover();
    const sink = await one.sink();
    await sink.upsert(liveFacts('dev', '1.0.0'));
    await sink.state({ status: 'observed' });
    expect(logger.warn).toHaveBeenCalledWith(
      'Sources of kind broken could not be listed: its configuration is wrong',
    );

    found = [two];
    await collector.discover();
    expect((await one.context()).signal.aborted).toBe(true);
    expect((await two.context()).signal.aborted).toBe(false);
    await expect(sink.state({ status: 'observed' })).rejects.toThrow();
    // It may only be away for a moment: what it said is last known.
    expect(states.get('kubernetes/one')).toMatchObject({
      status: 'not-configured',
      reason: "The portal's configuration has no kubernetes 'one' any more",
    });
    expect(await facts.find({ kind: 'object' })).not.toEqual([]);

    const longAgo = new Date(Date.now() - 48 * 60 * 60_000).toISOString();
    await states.set(
      one,
      { status: 'not-configured', reason: 'gone', since: longAgo },
      longAgo,
    );
    await collector.discover();
    expect(states.get('kubernetes/one')).toBeUndefined();
    expect(await facts.find({ kind: 'object' })).toEqual([]);
    await collector.stop();
  });

  it('says so when a source fails as a whole, and starts it again', async () => {
    let starts = 0;
    const source: EnvironmentSource = {
      kind: 'kubernetes',
      name: 'shaky',
      async run({ sink, signal }: SourceContext) {
        starts += 1;
        if (starts === 1) {
          throw new Error('the first start fails');
        }
        await sink.state({ status: 'observed' });
        await new Promise<void>(resolve => {
          signal.addEventListener('abort', () => resolve());
        });
      },
    };
    const { collector, states } = await create(async () => [source]);
    const seen: (string | undefined)[] = [];
    collector.onState = id => seen.push(states.get(id)?.status);

    await collector.discover();
    await until(
      () => seen,
      ({ length }) => length === 2,
    );

    expect(seen).toEqual(['unknown', 'observed']);
    await collector.stop();
    expect(starts).toBe(2);
  });

  it('waits for a look only so long, and hides no failure of one behind another', async () => {
    const [good, bad] = [
      new TestSource('kubernetes', 'good'),
      new TestSource('kubernetes', 'bad'),
    ];
    bad.refresh = async () => {
      throw new Error('no');
    };
    const { collector } = await create(async () => [good, bad]);
    await collector.discover();

    await Promise.all([
      collector.refresh(ENTITY_REF),
      collector.refresh(ENTITY_REF),
    ]);

    expect(good.refreshes).toEqual([[ENTITY_REF]]);
    await collector.stop();
  });
});

describe('Tracker', () => {
  it('follows the entities that have an intent', async () => {
    const { tracker, catalog } = await create(async () => []);
    const heard: string[][] = [];
    const changed: string[][] = [];
    tracker.onTracked = refs => changed.push([...refs]);
    const stop = tracker.subscribe(entities =>
      heard.push(entities.map(({ entityRef }) => entityRef)),
    );

    await tracker.refresh();
    await tracker.refresh();
    expect(tracker.get(ENTITY_REF)?.entity.metadata.name).toBe('checkout');
    expect(heard).toEqual([[], [ENTITY_REF]]);
    expect(changed).toEqual([[ENTITY_REF]]);

    const other = {
      ...entity,
      metadata: { ...entity.metadata, name: 'orders' },
    };
    tracker.track(other);
    tracker.track(other);
    expect(heard.at(-1)).toEqual([ENTITY_REF, 'component:default/orders']);

    jest
      .spyOn(catalog, 'streamEntities')
      .mockImplementation(async function* onlyTheOther() {
        yield [other];
      });
    await tracker.refresh();
    expect(tracker.get(ENTITY_REF)).toBeUndefined();
    expect(heard.at(-1)).toEqual(['component:default/orders']);
    expect(changed.at(-1)).toEqual([ENTITY_REF]);
    stop();
  });

  it('does not follow an entity that does not say where its intent is', async () => {
    const { tracker } = await create(async () => []);

    tracker.track({
      ...entity,
      metadata: { name: 'plain', namespace: 'default' },
    });

    expect(tracker.entities()).toEqual([]);
  });
});
