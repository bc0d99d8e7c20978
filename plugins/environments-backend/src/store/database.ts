import { randomBytes } from 'crypto';
import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { Knex } from 'knex';

/** The plugin's database, with its tables as this version wants them. */
export async function openDatabase(database: DatabaseService): Promise<Knex> {
  const knex = await database.getClient();
  await writeAhead(knex);
  if (!database.migrations?.skip) {
    await knex.migrate.latest({
      directory: resolvePackagePath(
        '@envmatrix/backstage-plugin-environments-backend',
        'migrations',
      ),
    });
  }
  return knex;
}

/**
 * SQLite in a file waits for the disk twice with every transaction, unless it writes ahead: then it waits now and then. What a crash of
 * the machine could take with it is observed again.
 */
async function writeAhead(knex: Knex): Promise<void> {
  if (knex.client.config.client === 'better-sqlite3') {
    await knex.raw('pragma journal_mode = wal');
    await knex.raw('pragma synchronous = normal');
  }
}

/** A secret that all replicas share and nobody else knows, made when first asked for. */
export async function installationSecret(knex: Knex): Promise<string> {
  const key = 'signal-secret';
  await knex('settings')
    .insert({ key, value: randomBytes(32).toString('hex') })
    .onConflict('key')
    .ignore();
  const row = await knex<{ key: string; value: string }>('settings')
    .where({ key })
    .first();
  if (!row) {
    throw new Error(
      'The settings of the environments plugin cannot be read back from its database',
    );
  }
  return row.value;
}
