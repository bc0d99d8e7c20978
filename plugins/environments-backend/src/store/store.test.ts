import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import path from 'path';
import { TestDatabaseId } from '@backstage/backend-test-utils';
import { Fact } from '@envmatrix/backstage-plugin-environments-node';
import { PromotionPlan } from '@envmatrix/engine';
import { mockServices } from '@backstage/backend-test-utils';
import knexFactory from 'knex';
import { databases } from '../__testUtils__/databases';
import { installationSecret, openDatabase } from './database';
import { FactStore } from './FactStore';
import { Lease, LeaseStore } from './LeaseStore';
import { PromotionStore, StoredPromotion } from './PromotionStore';
import { SourceStates } from './SourceStates';
import { Transition, TransitionStore } from './TransitionStore';

async function open(id: TestDatabaseId) {
  const knex = await databases.init(id);
  return await openDatabase(mockServices.database({ knex }));
}

/** The facts, and a lease on each of two sources. */
async function openFacts(id: TestDatabaseId) {
  const knex = await open(id);
  const leases = new LeaseStore(knex);
  const lease = async (source: string): Promise<Lease> => {
    const created = await leases.create(source, 'test');
    if (!created) {
      throw new Error(`There is a holder of ${source} already`);
    }
    return created;
  };
  return {
    knex,
    facts: new FactStore(knex),
    leases,
    one: await lease('k/one'),
    two: await lease('k/two'),
  };
}

const AT = '2026-11-23T12:00:00.000Z';

const fact = (name: string, value: object = {}, scope = ''): Fact => ({
  kind: 'object',
  scope,
  name,
  value: { ...value },
  labels: { app: name },
  observedAt: AT,
});

const ENTITY = 'component:default/checkout';

const version = (to: string, at = AT): Transition => ({
  environment: 'dev',
  at,
  what: 'version',
  to,
});

const plan = (changes: Partial<PromotionPlan> = {}): PromotionPlan => ({
  id: 'plan',
  from: 'dev',
  to: 'staging',
  revision: 'c0ffee',
  createdAt: AT,
  expiresAt: '2026-11-23T12:15:00.000Z',
  release: { to: '1.1.0' },
  files: [],
  changes: [],
  restarts: [],
  findings: { starts: [], stops: [], stays: [] },
  gates: [],
  impact: { dependents: [], owners: [] },
  way: 'commit',
  ...changes,
});

const promotion = (
  id: string,
  changes: Partial<StoredPromotion> = {},
): StoredPromotion => ({
  id,
  entityRef: ENTITY,
  plan: plan(),
  requestedBy: 'user:default/ada',
  createdAt: AT,
  state: 'syncing',
  steps: [],
  ...changes,
});

describe.each(databases.eachSupportedId())('stores in %s', id => {
  describe('facts', () => {
    it('tells what really changed, and what is gone', async () => {
      const { facts, one } = await openFacts(id);
      const names = (changes: { facts: readonly { name: string }[] }) =>
        changes.facts.map(({ name }) => name).sort();

      const all = [fact('Pod/a', { v: 1 }), fact('Pod/b'), fact('Service/a')];
      expect(names(await facts.upsert(one, all))).toEqual([
        'Pod/a',
        'Pod/b',
        'Service/a',
      ]);
      expect(names(await facts.upsert(one, all))).toEqual([]);
      // The same fact twice in one batch: the last word counts.
      expect(
        names(
          await facts.upsert(one, [
            fact('Pod/a', { v: 2 }),
            fact('Pod/a', { v: 3 }),
          ]),
        ),
      ).toEqual(['Pod/a']);
      expect(
        names(
          await facts.replace(one, { kind: 'object', namePrefix: 'Pod/' }, [
            fact('Pod/a', { v: 3 }),
            fact('Pod/c'),
          ]),
        ),
      ).toEqual(['Pod/b', 'Pod/c']);
      expect(
        names(
          await facts.remove(one, [
            { kind: 'object', scope: '', name: 'Pod/c' },
            { kind: 'object', scope: '', name: 'Pod/none' },
          ]),
        ),
      ).toEqual(['Pod/c']);
      const left = await facts.find<{ v?: number }>({ kind: 'object' });
      expect(
        left.map(({ name, value, labels }) => [name, value.v, labels]).sort(),
      ).toEqual([
        ['Pod/a', 3, { app: 'Pod/a' }],
        ['Service/a', undefined, { app: 'Service/a' }],
      ]);
    });

    it('takes a prefix by its letters, not as a pattern', async () => {
      const { facts, one } = await openFacts(id);
      await facts.upsert(one, [fact('a_b/1'), fact('axb/1'), fact('A_b/1')]);

      const { facts: gone } = await facts.replace(
        one,
        { kind: 'object', namePrefix: 'a_b/' },
        [],
      );

      expect(gone.map(({ name }) => name)).toEqual(['a_b/1']);
    });

    it('keeps sources apart, and takes more at once than a statement holds', async () => {
      const { facts, one, two } = await openFacts(id);
      const many = Array.from({ length: 500 }, (_, index) =>
        fact(`Pod/${index}`, {}, index % 2 === 0 ? 'even' : 'odd'),
      );
      await facts.replace(one, { kind: 'object' }, many);
      await facts.replace(two, { kind: 'object' }, [fact('Pod/0')]);

      expect(
        await facts.find({ kind: 'object', scopes: ['even'] }),
      ).toHaveLength(250);
      expect(
        await facts.find({
          kind: 'object',
          matches: ({ labels }) => labels.app === 'Pod/0',
        }),
      ).toHaveLength(2);
      await facts.forget('k/one');
      expect(await facts.find({ kind: 'object' })).toHaveLength(1);
    });

    it('lets everything else have its turn while it writes much', async () => {
      const { facts, one } = await openFacts(id);
      const many = Array.from({ length: 800 }, (_, index) =>
        fact(`object-${index}`),
      );
      let turns = 0;
      let next: NodeJS.Immediate | undefined;
      const turn = () => {
        turns++;
        next = setImmediate(turn);
      };
      turn();
      await facts.upsert(one, many);
      clearImmediate(next);
      // Ten lots are looked for, and ten are written.
      expect(turns).toBeGreaterThan(15);
      expect(await facts.find({ kind: 'object' })).toHaveLength(800);
    });

    it('finds applications by a label that they have now', async () => {
      const { facts, one } = await openFacts(id);
      const application = (name: string, labels: Record<string, string>) => ({
        ...fact(name, { labels }),
        kind: 'application',
        labels,
      });
      const found = async (...label: [string, string]) =>
        (await facts.find({ kind: 'application', label })).map(
          ({ name }) => name,
        );
      await facts.replace(one, { kind: 'application' }, [
        application('a', { service: 'x', 'example.com/team': '50%' }),
        application('b', { service: 'x_' }),
      ]);
      expect(await found('service', 'x')).toEqual(['a']);
      expect(await found('example.com/team', '50%')).toEqual(['a']);

      await facts.upsert(one, [application('a', { service: 'y' })]);
      expect(await found('service', 'x')).toEqual([]);
      expect(await found('service', 'y')).toEqual(['a']);

      await facts.remove(one, [application('a', {})]);
      expect(await found('service', 'y')).toEqual([]);
      await facts.forget('k/one');
      expect(await found('service', 'x_')).toEqual([]);
    });
  });

  describe('leases', () => {
    it('go to one of those who ask, and on to the next when they are free', async () => {
      const leases = new LeaseStore(await open(id));

      const asked = await Promise.all(
        ['a', 'b', 'c'].map(holder => leases.create('k/one', holder)),
      );
      const [first] = asked.flatMap(lease => lease ?? []);
      expect(asked.filter(lease => lease !== undefined)).toHaveLength(1);
      expect(first).toEqual({ source: 'k/one', token: 1 });

      const [seen] = await leases.all();
      expect(await leases.renew(first)).toBe(true);
      // Its holder lives: who saw it as it was before has no claim.
      expect(await leases.take(seen, 'd')).toBeUndefined();
      await leases.release(first);
      const [free] = await leases.all();
      expect(await leases.take(free, 'd')).toEqual({
        source: 'k/one',
        token: 2,
      });
      expect(await leases.renew(first)).toBe(false);
    });

    it('keep who was overtaken from writing anything', async () => {
      const { facts, leases, one, knex } = await openFacts(id);
      const states = new SourceStates(knex);
      await facts.upsert(one, [fact('Pod/a', { v: 1 })]);
      const [row] = (await leases.all()).filter(
        ({ source }) => source === 'k/one',
      );
      const successor = await leases.take(row, 'another');

      for (const write of [
        () => facts.upsert(one, [fact('Pod/a', { v: 2 })]),
        () => facts.replace(one, { kind: 'object' }, []),
        () => facts.remove(one, [fact('Pod/a')]),
        () =>
          states.set(
            { kind: 'k', name: 'one' },
            { status: 'observed' },
            AT,
            one,
          ),
      ]) {
        await expect(write()).rejects.toThrow(
          'Another replica of the backend watches k/one by now',
        );
      }

      const [left] = await facts.find<{ v: number }>({ kind: 'object' });
      expect(left.value.v).toBe(1);
      expect(states.all()).toEqual([]);
      expect(successor).toEqual({ source: 'k/one', token: 2 });
    });

    it('tell what changed since a version, as long as that can be named', async () => {
      const { facts, leases, one } = await openFacts(id);
      await facts.upsert(one, [fact('Pod/a')]);
      await facts.upsert(one, [fact('Pod/b')]);
      const after = async (since: number, until: number) =>
        (await leases.changesAfter('k/one', since, until))?.map(
          ({ name }) => name,
        );

      expect(await after(0, 2)).toEqual(['Pod/a', 'Pod/b']);
      expect(await after(1, 2)).toEqual(['Pod/b']);
      expect(await after(2, 2)).toEqual([]);
      const many = Array.from({ length: 300 }, (_, n) => fact(`Pod/${n}`));
      await facts.upsert(one, many);
      expect(await after(2, 3)).toBeUndefined();
      for (let next = 4; next < 120; next++) {
        await facts.upsert(one, [fact('Pod/a', { next })]);
      }
      expect(await after(1, 119)).toBeUndefined();
      expect(await after(118, 119)).toEqual(['Pod/a']);
    });
  });

  describe('states of sources', () => {
    const source = { kind: 'kubernetes', name: 'nonprod' };

    it('says since when, when it answered last, and what only repeats', async () => {
      const states = new SourceStates(await open(id));
      const at = (second: number) =>
        `2026-11-23T12:00:${String(second).padStart(2, '0')}.000Z`;
      const dead = { status: 'timeout', reason: 'no answer' } as const;

      expect(await states.set(source, { status: 'observed' }, at(0))).toBe(
        true,
      );
      expect(await states.set(source, { status: 'observed' }, at(9))).toBe(
        false,
      );
      expect(await states.set(source, dead, at(12))).toBe(true);
      expect(await states.set(source, dead, at(15))).toBe(false);
      expect(states.get('kubernetes/nonprod')).toEqual({
        ...source,
        ...dead,
        since: at(12),
        lastObservedAt: at(9),
      });
    });

    it('is last known after a restart, with its age', async () => {
      const knex = await open(id);
      await new SourceStates(knex).set(source, { status: 'observed' }, AT);

      const restarted = new SourceStates(knex);
      await restarted.begin('2026-11-23T13:00:00.000Z');

      expect(restarted.all()).toEqual([
        {
          ...source,
          status: 'stale',
          reason: expect.stringContaining('started again'),
          since: AT,
          lastObservedAt: AT,
        },
      ]);
    });
  });

  describe('transitions', () => {
    it('gives them newest first, page by page', async () => {
      const store = new TransitionStore(await open(id));
      for (const to of ['1', '2', '3']) {
        await store.add(ENTITY, [version(to)], await store.latest(ENTITY));
      }
      await store.add(
        ENTITY,
        [{ ...version('9'), environment: 'prod', from: '8', by: 'Ada' }],
        await store.latest(ENTITY),
      );

      const first = await store.list(ENTITY, { environment: 'dev', limit: 2 });
      expect(first.items.map(({ to }) => to)).toEqual(['3', '2']);
      const second = await store.list(ENTITY, {
        environment: 'dev',
        limit: 2,
        before: first.nextBefore,
      });
      expect(second.items.map(({ to }) => to)).toEqual(['1']);
      expect(second.nextBefore).toBeUndefined();
      expect((await store.latest(ENTITY)).get('prod version')).toMatchObject({
        from: '8',
        to: '9',
        by: 'Ada',
      });
    });

    it('writes one row where two replicas saw the same change', async () => {
      const knex = await open(id);
      const [one, two] = [new TransitionStore(knex), new TransitionStore(knex)];
      const latest = await one.latest(ENTITY);

      await Promise.all([
        one.add(ENTITY, [version('1')], latest),
        two.add(ENTITY, [version('1')], latest),
      ]);

      expect((await one.list(ENTITY, { limit: 10 })).items).toHaveLength(1);
    });

    it('forgets what is too old, but never the latest', async () => {
      const store = new TransitionStore(await open(id));
      for (const [to, at] of [
        ['1', '2026-01-01T00:00:00.000Z'],
        ['2', '2026-02-01T00:00:00.000Z'],
      ]) {
        await store.add(ENTITY, [version(to, at)], await store.latest(ENTITY));
      }

      await store.prune('2026-06-01T00:00:00.000Z');

      const { items } = await store.list(ENTITY, { limit: 10 });
      expect(items.map(({ to }) => to)).toEqual(['2']);
    });
  });

  describe('promotions', () => {
    it('has one active promotion per environment, also when two begin at once', async () => {
      const store = new PromotionStore(await open(id));

      const begun = await Promise.all(
        ['1', '2', '3'].map(name => store.insert(promotion(name))),
      );
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(
        await store.insert(promotion('4', { plan: plan({ to: 'prod' }) })),
      ).toBe(true);

      const [first] = (await store.active(ENTITY)).filter(
        ({ plan: { to } }) => to === 'staging',
      );
      expect(await store.update({ ...first, state: 'failed' })).toBe(true);
      expect(await store.insert(promotion('5'))).toBe(true);
      // A failed one cannot come back while another is under way.
      expect(await store.update({ ...first, state: 'syncing' })).toBe(false);
      expect((await store.get(ENTITY, first.id))?.state).toBe('failed');
      expect(await store.get('component:default/other', first.id)).toBe(
        undefined,
      );
    });

    it('follows a failed one only until another one takes its place', async () => {
      const store = new PromotionStore(await open(id));
      await store.insert(promotion('1', { state: 'failed' }));
      expect((await store.open(ENTITY)).map(entry => entry.id)).toEqual(['1']);

      await store.insert(
        promotion('2', {
          state: 'succeeded',
          createdAt: '2026-11-23T12:30:00.000Z',
        }),
      );
      expect(await store.open(ENTITY)).toEqual([]);
    });

    it('keeps a plan for its entity until it is used', async () => {
      const store = new PromotionStore(await open(id));
      await store.savePlan(ENTITY, plan());

      expect(await store.plan(ENTITY, 'plan')).toEqual(plan());
      expect(await store.plan('component:default/other', 'plan')).toBe(
        undefined,
      );
      await store.deletePlan('plan');
      expect(await store.plan(ENTITY, 'plan')).toBe(undefined);
    });
  });

  it('makes one secret for all replicas', async () => {
    const knex = await open(id);

    const secrets = await Promise.all([
      installationSecret(knex),
      installationSecret(knex),
    ]);

    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(secrets[1]).toBe(secrets[0]);
  });
});

it('writes ahead where the database is a file', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'store-'));
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: { filename: path.join(folder, 'facts.sqlite') },
    useNullAsDefault: true,
  });
  await openDatabase(mockServices.database({ knex }));
  expect(await knex.raw('pragma journal_mode')).toEqual([
    { journal_mode: 'wal' },
  ]);
  await knex.destroy();
  rmSync(folder, { recursive: true });
});
