import { TestDatabaseId } from '@backstage/backend-test-utils';
import { Knex } from 'knex';
import { databases } from './__testUtils__/databases';
import { liveFacts } from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { Portal, startPortal, until } from './__testUtils__/startPortal';

const VERSIONS = { dev: '1.1.0', staging: '1.0.0', prod: '1.0.0' };

/**
 * From `begin`, at that very moment, until `end`, nobody gets a connection; the ones that were open are cut where the database has such.
 */
async function outage(knex: Knex, id: TestDatabaseId) {
  // One that is there already: whoever has to wait for it would let others read meanwhile.
  const own = id.startsWith('POSTGRES')
    ? await knex.client.acquireConnection()
    : undefined;
  let away: jest.SpyInstance | undefined;
  return {
    begin: async () => {
      away = jest
        .spyOn(knex.client, 'acquireConnection')
        .mockRejectedValue(new Error('the database is away'));
      if (own) {
        await knex
          .raw(
            'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
          )
          .connection(own);
        await knex.client.releaseConnection(own);
      }
    },
    /** How often somebody has asked for a connection since it began. */
    asked: () => away?.mock.calls.length ?? 0,
    end: () => away?.mockRestore(),
  };
}

const versionOf = async (portal: Portal) =>
  (await portal.matrix()).environments[0].summary.version;

describe.each(databases.eachSupportedId())('while %s is away', id => {
  it('pages show what was known, and afterwards what has happened meanwhile', async () => {
    const knex = await databases.init(id);
    const portal = await startPortal({ knex });
    await runService(portal, VERSIONS);
    const before = await portal.nonprod.sink();
    const { begin, end } = await outage(knex, id);
    await begin();

    await expect(before.upsert(liveFacts('dev', '1.2.0'))).rejects.toThrow(
      'the database is away',
    );
    await expect(
      before.state({ status: 'timeout', reason: 'it hangs' }),
    ).rejects.toThrow('the database is away');
    expect(await versionOf(portal)).toBe('1.1.0');
    expect((await portal.get('/history')).status).toBe(500);

    end();
    await until(
      async () => (await portal.get('/history')).status,
      status => status === 200,
    );
    // As its source, which was told that nothing was stored, tells it again.
    await (await portal.nonprod.sink()).upsert(liveFacts('dev', '1.2.0'));
    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.version === '1.2.0',
    );
    await portal.stop();
  });

  it('what was stored before, and not worked out yet, is worked out afterwards', async () => {
    const knex = await databases.init(id);
    const portal = await startPortal({ knex });
    await runService(portal, VERSIONS);
    const sink = await portal.nonprod.sink();

    const { begin, asked, end } = await outage(knex, id);
    await sink.upsert(liveFacts('dev', '1.2.0'));
    await begin();
    expect(await versionOf(portal)).toBe('1.1.0');
    // A computation is due by now, and cannot read.
    await until(asked, count => count > 0);
    end();

    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.version === '1.2.0',
    );
    await portal.stop();
  });
});
