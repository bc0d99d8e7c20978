import { mockServices } from '@backstage/backend-test-utils';
import { databases } from '../__testUtils__/databases';
import { openDatabase } from '../store/database';
import { Lease, LeaseStore } from '../store/LeaseStore';
import { LeaseKeeper } from './LeaseKeeper';

describe.each(databases.eachSupportedId())('LeaseKeeper in %s', id => {
  async function create() {
    const knex = await openDatabase(
      mockServices.database({ knex: await databases.init(id) }),
    );
    let now = 0;
    const store = new LeaseStore(knex);
    const replicas = ['a', 'b'].map(holder => {
      const log: string[] = [];
      const logger = mockServices.logger.mock();
      const keeper = new LeaseKeeper({
        store,
        logger,
        holder,
        // Only a test looks, at times that it chooses.
        timing: { pollMs: 1_000_000 },
        now: () => now,
      });
      const seat = {
        source: 'kubernetes/one',
        take: ({ token }: Lease) => {
          log.push(`take ${token}`);
        },
        lose: () => {
          log.push('lose');
        },
      };
      return { keeper, log, seat, logger };
    });
    const [a, b] = replicas;
    return {
      store,
      a,
      b,
      /** Time goes by, and these look every half second meanwhile. */
      pass: async (ms: number, ...living: { keeper: LeaseKeeper }[]) => {
        for (const end = now + ms; now < end; ) {
          now += 500;
          for (const { keeper } of living) {
            await keeper.poll();
          }
        }
      },
      stop: async () => {
        await a.keeper.stop();
        await b.keeper.stop();
      },
    };
  }

  it('has one replica watch, for as long as it lives', async () => {
    const { a, b, pass, stop } = await create();
    await a.keeper.add(a.seat);
    await b.keeper.add(b.seat);

    await pass(120_000, a, b);

    expect(a.log).toEqual(['take 1']);
    expect(b.log).toEqual([]);
    expect(b.keeper.isHeldElsewhere('kubernetes/one')).toBe(true);
    await stop();
  });

  it('has the other take over within 20 s when the holder dies, with a greater token', async () => {
    const { a, b, pass, stop } = await create();
    await a.keeper.add(a.seat);
    await b.keeper.add(b.seat);
    await pass(10_000, a, b);

    await pass(13_000, b);
    expect(b.log).toEqual([]);
    await pass(7_000, b);
    expect(b.log).toEqual(['take 2']);

    // The first one only slept.
    await pass(500, a, b);
    expect(a.log).toEqual(['take 1', 'lose']);
    expect(a.keeper.holds('kubernetes/one')).toBe(false);
    await pass(60_000, a, b);
    expect([a.log, b.log]).toEqual([['take 1', 'lose'], ['take 2']]);
    await stop();
  });

  it('hands over at once when the holder stops', async () => {
    const { a, b, pass, stop } = await create();
    await a.keeper.add(a.seat);
    await b.keeper.add(b.seat);

    await a.keeper.stop();
    await pass(500, b);

    expect(b.log).toEqual(['take 2']);
    await stop();
  });

  it('gives up what it cannot renew before another may take it, and says it once', async () => {
    const { store, a, pass, stop } = await create();
    await a.keeper.add(a.seat);
    const away = new Error('the database is away');
    const broken = [
      jest.spyOn(store, 'renew').mockRejectedValue(away),
      jest.spyOn(store, 'all').mockRejectedValue(away),
    ];

    await pass(11_000, a);
    expect(a.log).toEqual(['take 1']);
    await pass(1_500, a);
    expect(a.log).toEqual(['take 1', 'lose']);
    expect(
      a.logger.warn.mock.calls.filter(([line]) => line.includes('away')),
    ).toHaveLength(1);

    // And it has it again as soon as the database is back, as nobody else has taken it.
    broken.forEach(spy => spy.mockRestore());
    await pass(500, a);
    expect(a.log).toEqual(['take 1', 'lose', 'take 2']);
    await stop();
  });
});

describe('a process that died here', () => {
  it('is not waited for', async () => {
    const knex = await openDatabase(
      mockServices.database({ knex: await databases.init('SQLITE_3') }),
    );
    const store = new LeaseStore(knex);
    const keepers = [1, 2].map(
      () => new LeaseKeeper({ store, logger: mockServices.logger.mock() }),
    );
    const log: string[] = [];
    const seat = (name: string) => ({
      source: 'kubernetes/one',
      take: () => {
        log.push(name);
      },
      lose: () => {},
    });
    await keepers[0].add(seat('first'));
    const [row] = await store.all();
    // A predecessor of this very process, that nobody has heard of since.
    const [place, pid] = (row.holder ?? '').split(' ');
    await keepers[0].stop();
    const [free] = await store.all();
    await store.take(free, `${place} ${pid} gone`);

    await keepers[1].add(seat('second'));

    expect(log).toEqual(['first', 'second']);
    await keepers[1].stop();
  });
});
