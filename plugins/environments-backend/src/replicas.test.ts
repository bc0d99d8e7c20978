import { mockServices } from '@backstage/backend-test-utils';
import { databases } from './__testUtils__/databases';
import { ENTITY_REF, liveFacts } from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { Portal, startPortal, until } from './__testUtils__/startPortal';
import { openDatabase } from './store/database';
import { LeaseStore } from './store/LeaseStore';

const versionsOf = async (portal: Portal) =>
  (await portal.matrix()).environments.map(({ summary }) => summary.version);

describe.each(databases.eachSupportedId())('two replicas on one %s', id => {
  async function start() {
    const knex = await databases.init(id);
    const first = await startPortal({ knex });
    await runService(first, { dev: '1.1.0', staging: '1.0.0', prod: '1.0.0' });
    const second = await startPortal({ knex });
    return { knex, first, second };
  }

  it('share one watch per source, and both show what it sees', async () => {
    const { knex, first, second } = await start();

    await second.untilMatrix(
      matrix =>
        matrix.environments[0]?.summary.version === '1.1.0' &&
        matrix.sources.every(({ status }) => status === 'observed'),
    );
    expect(second.nonprod.isRunning).toBe(false);

    const sink = await first.nonprod.sink();
    await sink.upsert(liveFacts('dev', '1.2.0'));
    await second.untilMatrix(
      ({ environments }) => environments[0].summary.version === '1.2.0',
    );
    await sink.state({ status: 'timeout', reason: 'it hangs' });
    const { sources } = await second.untilMatrix(
      ({ environments }) =>
        environments[0].summary.observation.status === 'timeout',
    );
    expect(sources).toContainEqual(
      expect.objectContaining({ name: 'nonprod', reason: 'it hangs' }),
    );

    // What somebody asks of one of them is done by the one that watches.
    expect((await second.post('/refresh')).status).toBe(204);
    // Who asks does not wait longer than some seconds for it.
    await until(
      () => first.nonprod.refreshes,
      refreshes =>
        refreshes.some(entityRefs => entityRefs.includes(ENTITY_REF)),
    );
    expect(second.nonprod.refreshes).toEqual([]);

    await first.stop();
    await second.stop();
    expect(
      (await new LeaseStore(knex).all()).filter(({ holder }) => holder),
    ).toEqual([]);
  });

  it('hand over, and what the earlier one still has to say is refused', async () => {
    const { knex, first, second } = await start();
    await until(
      () => versionsOf(second),
      versions => versions[0] === '1.1.0',
    );
    const store = new LeaseStore(
      await openDatabase(mockServices.database({ knex })),
    );
    const late = await first.nonprod.sink();

    // As if the first one had been dead for a while: the second one's turn.
    const rows = await store.all();
    for (const { source, token } of rows) {
      await store.release({ source, token });
    }
    await until(
      () => second.nonprod.isRunning || first.nonprod.isRunning,
      isRunning => isRunning,
    );
    await first.stop();
    await until(
      () => second.nonprod.isRunning,
      isRunning => isRunning,
    );

    await expect(late.upsert(liveFacts('dev', '9.9.9'))).rejects.toThrow();
    await (await second.nonprod.sink()).upsert(liveFacts('dev', '1.2.0'));
    await second.untilMatrix(
      ({ environments }) => environments[0].summary.version === '1.2.0',
    );
    await second.stop();
  });

  it('write one change down once', async () => {
    const { first, second } = await start();
    const sink = await first.nonprod.sink();
    await second.untilMatrix(
      ({ environments }) => environments[0]?.summary.version === '1.1.0',
    );

    await sink.upsert(liveFacts('dev', '1.2.0'));
    for (const portal of [first, second]) {
      await portal.untilMatrix(
        ({ environments }) => environments[0].summary.version === '1.2.0',
      );
    }

    const { body } = await second.get('/history?environment=dev');
    expect(
      body.items.filter(
        (entry: { what: string; to: string }) =>
          entry.what === 'version' && entry.to === '1.2.0',
      ),
    ).toHaveLength(1);
    await first.stop();
    await second.stop();
  });
});
