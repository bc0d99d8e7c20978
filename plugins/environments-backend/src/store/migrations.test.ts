import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { Knex } from 'knex';
import { databases } from '../__testUtils__/databases';
import { openDatabase } from './database';
import { TransitionStore } from './TransitionStore';

jest.setTimeout(60_000);

const AT = '2026-11-23T12:00:00.000Z';
const entityRef = 'component:default/checkout';

/** The database as the first version left it. */
async function firstVersion(knex: Knex): Promise<Knex> {
  await knex.migrate.up({
    directory: resolvePackagePath(
      '@envmatrix/backstage-plugin-environments-backend',
      'migrations',
    ),
  });
  return knex;
}

/** What the first version writes. */
async function writeTransition(knex: Knex, to: string, previous: number) {
  await knex('transitions').insert({
    entity_ref: entityRef,
    environment: 'dev',
    at: AT,
    what: 'version',
    previous,
    to,
  });
}

describe.each(databases.eachSupportedId())('an upgrade on %s', id => {
  it('brings the tables of an earlier version forwards, and keeps what is in them', async () => {
    const knex = await firstVersion(await databases.init(id));
    await writeTransition(knex, '1.0.0', 0);
    await knex('facts').insert({
      source: 'argocd/main',
      kind: 'application',
      scope: 'argocd',
      name: 'checkout-dev',
      labels: JSON.stringify({ environment: 'dev' }),
      value: '{}',
      observed_at: AT,
    });

    await openDatabase(mockServices.database({ knex }));

    const { items } = await new TransitionStore(knex).list(entityRef, {
      limit: 10,
    });
    expect(items).toEqual([
      expect.objectContaining({ environment: 'dev', to: '1.0.0' }),
    ]);
    expect(await knex('fact_labels').select('label', 'name')).toEqual([
      { label: 'environment=dev', name: 'checkout-dev' },
    ]);
  });

  it('lets a replica of an earlier version write on beside it', async () => {
    const knex = await firstVersion(await databases.init(id));
    await openDatabase(mockServices.database({ knex }));
    await writeTransition(knex, '1.1.0', 0);
    const { items } = await new TransitionStore(knex).list(entityRef, {
      limit: 10,
    });
    expect(items).toEqual([expect.objectContaining({ to: '1.1.0' })]);
  });

  it('is not undone: an earlier version refuses to start on a later database', async () => {
    const knex = await databases.init(id);
    await openDatabase(mockServices.database({ knex }));
    await knex('knex_migrations').insert({
      name: '29991231_later.js',
      batch: 99,
      migration_time: new Date(AT),
    });
    await expect(openDatabase(mockServices.database({ knex }))).rejects.toThrow(
      /files are missing: 29991231_later\.js/,
    );
  });

  it('leaves the tables to somebody else where migrations are skipped', async () => {
    const knex = await databases.init(id);
    await openDatabase(
      mockServices.database({ knex, migrations: { skip: true } }),
    );
    expect(await knex.schema.hasTable('facts')).toBe(false);
  });
});
