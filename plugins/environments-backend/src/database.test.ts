import { TestDatabaseId } from '@backstage/backend-test-utils';
import { Knex } from 'knex';
import { databases } from './__testUtils__/databases';
import { liveFacts } from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { Portal, startPortal, until } from './__testUtils__/startPortal';

const VERSIONS = { dev: '1.1.0', staging: '1.0.0', prod: '1.0.0' };

/** Until `end` is called, nobody gets a connection; the ones that were open are cut where the database has such. */
async function outage(knex: Knex, id: TestDatabaseId) {
  if (id.startsWith('POSTGRES')) {
    await knex.raw(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  }
  const away = jest
    .spyOn(knex.client, 'acquireConnection')
    .mockRejectedValue(new Error('the database is away'));
  return { end: () => away.mockRestore() };
}

const versionOf = async (portal: Portal) =>
  (await portal.matrix()).environments[0].summary.version;

describe.each(databases.eachSupportedId())('while %s is away', id => {
  it('pages show what was known, and afterwards what has happened meanwhile', async () => {
    const knex = await databases.init(id);
    const portal = await startPortal({ knex });
    await runService(portal, VERSIONS);
    const before = await portal.nonprod.sink();
    const { end } = await outage(knex, id);

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

    await sink.upsert(liveFacts('dev', '1.2.0'));
    const { end } = await outage(knex, id);
    expect(await versionOf(portal)).toBe('1.1.0');
    // A computation is due by now, and cannot read.
    await until(
      () => jest.mocked(knex.client.acquireConnection).mock.calls.length,
      count => count > 0,
    );
    end();

    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.version === '1.2.0',
    );
    await portal.stop();
  });
});
