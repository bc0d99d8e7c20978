// How long it takes from the start of the Argo CD source until all applications are in the database.
import { mkdtempSync, rmSync } from 'fs';
import os from 'os';
import path from 'path';
import Knex from 'knex';
import { ArgoCdClient } from '../../plugins/environments-backend-module-argocd/src/client/ArgoCdClient';
import { ArgoCdSource } from '../../plugins/environments-backend-module-argocd/src/watch/ArgoCdSource';
import { FactStore } from '../../plugins/environments-backend/src/store/FactStore';
import { LeaseStore } from '../../plugins/environments-backend/src/store/LeaseStore';

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ingest-'));
  const knex = Knex({
    client: 'better-sqlite3',
    useNullAsDefault: true,
    connection: { filename: path.join(folder, 'facts.sqlite') },
  });
  await knex.migrate.latest({
    directory: path.join(
      __dirname,
      '../../plugins/environments-backend/migrations',
    ),
  });
  const lease = await new LeaseStore(knex).create('argocd/main', 'benchmark');
  if (!lease) {
    throw new Error('The lease is not to be had');
  }
  const facts = new FactStore(knex);
  const instance = {
    name: 'main',
    url: process.argv[2],
    pageUrl: process.argv[2],
    credentials: { kind: 'none' },
    tls: { rejectUnauthorized: true },
  } as const;
  const source = new ArgoCdSource({
    instance,
    client: new ArgoCdClient({ instance }),
  });
  const quiet = { error() {}, warn() {}, info() {}, debug() {} };
  const logger = { ...quiet, child: () => ({ ...quiet, child: () => logger }) };
  const abort = new AbortController();
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    source
      .run({
        sink: {
          replace: async (selection, list) => {
            await facts.replace(lease, selection, list);
          },
          upsert: async list => {
            await facts.upsert(lease, list);
          },
          remove: async keys => {
            await facts.remove(lease, keys);
          },
          state: async ({ status, reason }) => {
            if (status === 'observed') {
              resolve();
            } else {
              reject(new Error(reason));
            }
          },
        },
        interest: { entities: () => [], subscribe: () => () => {} },
        logger,
        signal: abort.signal,
      })
      .catch(reject);
  });
  const ms = performance.now() - startedAt;
  const stored = await facts.find({ kind: 'application' });
  abort.abort();
  await knex.destroy();
  rmSync(folder, { recursive: true });
  process.stdout.write(
    `${JSON.stringify({ ms, applications: stored.length })}\n`,
  );
}

main().then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
);
