import { HistoryEntry } from '@envmatrix/backstage-plugin-environments-common';
import { databases } from './__testUtils__/databases';
import { applicationFact, liveFacts } from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { Portal, startPortal, until } from './__testUtils__/startPortal';

const VERSIONS = { dev: '1.2.0', staging: '1.1.0', prod: '1.0.0' };

async function history(portal: Portal, environment: string) {
  const { body } = await portal.get(`/history?environment=${environment}`);
  const items: HistoryEntry[] = body.items;
  return items.map(({ what, from, to }) =>
    [what, from, to].filter(Boolean).join(' '),
  );
}

describe('history', () => {
  it('makes one row of the many events of one release', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);
    const nonprod = await portal.nonprod.sink();
    const argocd = await portal.argocd.sink();
    await until(
      () => history(portal, 'staging'),
      rows => rows.length === 2,
    );

    await argocd.upsert([
      applicationFact('staging', { sync: { status: 'OutOfSync' } }),
    ]);
    await argocd.upsert([
      applicationFact('staging', { health: { status: 'Progressing' } }),
    ]);
    for (const ready of [
      ['1.1.0', '1.1.0'],
      ['1.1.0', '1.2.0'],
      ['1.2.0'],
      ['1.2.0', '1.2.0'],
    ]) {
      await nonprod.replace({ kind: 'object' }, [
        ...liveFacts('dev', '1.2.0'),
        ...liveFacts('staging', '1.2.0', { ready }),
      ]);
      await portal.untilMatrix(
        ({ environments }) =>
          environments[1].summary.ready === `${ready.length}/2`,
      );
    }
    await argocd.upsert([applicationFact('staging')]);

    const rows = await until(
      () => history(portal, 'staging'),
      ([latest]) => latest === 'version 1.1.0 1.2.0',
    );
    expect(rows).toEqual([
      'version 1.1.0 1.2.0',
      'health Healthy',
      'version 1.1.0',
    ]);
    const { environments } = await portal.matrix();
    expect(environments[1].summary).toMatchObject({
      version: '1.2.0',
      since: expect.any(String),
    });
  });

  it('notes where health and a sync that somebody has to start changed, and nothing that is not known', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);
    const argocd = await portal.argocd.sink();
    const prod = await portal.prod.sink();
    const before = await until(
      () => history(portal, 'prod'),
      rows => rows.length === 3,
    );

    await prod.state({ status: 'unreachable', reason: 'It refuses' });
    await portal.untilMatrix(
      ({ environments }) =>
        environments[2].summary.observation.status === 'unreachable',
    );
    await argocd.upsert([
      applicationFact('prod', { health: { status: 'Degraded' } }),
    ]);
    await portal.untilMatrix(
      ({ environments }) => environments[2].summary.health === 'Degraded',
    );
    expect(await history(portal, 'prod')).toEqual(before);

    await prod.state({ status: 'observed' });
    await argocd.upsert([
      applicationFact('prod', {
        health: { status: 'Degraded' },
        sync: { status: 'OutOfSync' },
      }),
    ]);
    const rows = await until(
      () => history(portal, 'prod'),
      ({ length }) => length === 5,
    );
    expect(rows.slice(0, 2).sort()).toEqual([
      'health Healthy Degraded',
      'sync Synced OutOfSync',
    ]);
  });
});

describe.each(databases.eachSupportedId())('a restart with %s', id => {
  it('shows what was known last, with its age, before any source has answered', async () => {
    const knex = await databases.init(id);
    const first = await startPortal({ knex });
    await runService(first, VERSIONS);
    const rows = await until(
      () => history(first, 'dev'),
      ({ length }) => length === 2,
    );
    await first.stop();

    const second = await startPortal({ knex });
    const { environments, sources } = await second.matrix();

    expect(
      environments.map(({ summary }) => [
        summary.version,
        summary.health,
        summary.observation.status,
        summary.observation.reason,
      ]),
    ).toEqual(
      Object.values(VERSIONS).map(version => [
        version,
        'Healthy',
        'stale',
        expect.stringContaining(
          'Last known from before the portal was started',
        ),
      ]),
    );
    for (const source of sources) {
      expect(source).toMatchObject({
        status: 'stale',
        since: expect.any(String),
        lastObservedAt: expect.any(String),
      });
    }
    // Nothing has changed, so nothing is written.
    expect(await history(second, 'dev')).toEqual(rows);

    await runService(second, VERSIONS);
    expect(await history(second, 'dev')).toEqual(rows);
    await second.stop();
  });
});
