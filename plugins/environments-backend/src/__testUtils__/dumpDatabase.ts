import { Knex } from 'knex';

/** Everything that is in a database, as one text. */
export async function dumpDatabase(knex: Knex): Promise<string> {
  const isSqlite = `${knex.client.config.client}`.includes('sqlite');
  const tables: string[] = isSqlite
    ? await knex('sqlite_master').where({ type: 'table' }).pluck('name')
    : await knex('pg_catalog.pg_tables')
        .where({ schemaname: 'public' })
        .pluck('tablename');
  const rows = await Promise.all(
    tables.map(async table => [table, await knex(table).select()] as const),
  );
  return JSON.stringify(Object.fromEntries(rows));
}
