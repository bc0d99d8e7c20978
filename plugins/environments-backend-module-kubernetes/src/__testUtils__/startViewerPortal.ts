import { spawn } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import path from 'path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { Matrix } from '@envmatrix/engine';
import knexFactory from 'knex';
import { until } from './until';

/** How an answer of the API came, and what it says. */
export interface LiveAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly matrix: Matrix;
}

/** A portal with the real Kubernetes plugin, in a process of its own. */
export async function startViewerPortal(options: {
  config: object;
  entity: Entity;
}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'viewer-portal-'));
  const filename = path.join(folder, 'portal.sqlite');
  const child = spawn(
    process.execPath,
    [
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      path.join(__dirname, 'viewerPortal.ts'),
      filename,
      JSON.stringify(options.config),
      JSON.stringify(options.entity),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  const closed = new Promise<void>(resolve => {
    child.once('close', () => resolve());
  });
  const port = () => /^port (\d+)$/m.exec(output)?.[1];
  await until(() => port() !== undefined || child.exitCode !== null, 60_000);
  if (port() === undefined) {
    throw new Error(`The portal did not start: ${output}`);
  }
  const { kind, metadata } = options.entity;
  const url = `http://localhost:${port()}/api/environments/v1/entities/${kind.toLocaleLowerCase(
    'en-US',
  )}/default/${metadata.name}`;
  const headers = (userEntityRef?: string) => ({
    'Content-Type': 'application/json',
    Authorization: mockCredentials.user.header(userEntityRef),
  });
  return {
    /** All that was written to the log, and to the audit log. */
    log: () => output,
    async matrix(): Promise<{ matrix: Matrix; etag: string | null }> {
      const response = await fetch(`${url}/matrix`, { headers: headers() });
      return {
        matrix: await response.json(),
        etag: response.headers.get('etag'),
      };
    },
    async live(
      tokens: Readonly<Record<string, string>>,
      userEntityRef?: string,
    ): Promise<LiveAnswer> {
      const clusters = Object.entries(tokens).map(([name, token]) => ({
        name,
        token,
      }));
      const response = await fetch(`${url}/live-matrix`, {
        method: 'POST',
        headers: headers(userEntityRef),
        body: JSON.stringify({ clusters }),
      });
      return {
        status: response.status,
        headers: response.headers,
        matrix: await response.json(),
      };
    },
    /** Everything that is in the database, as one text. */
    async database(): Promise<string> {
      const knex = knexFactory({
        client: 'better-sqlite3',
        connection: { filename },
        useNullAsDefault: true,
      });
      try {
        const tables: string[] = await knex('sqlite_master')
          .where({ type: 'table' })
          .pluck('name');
        const rows = await Promise.all(
          tables.map(async table => [table, await knex(table).select()]),
        );
        return JSON.stringify(rows);
      } finally {
        await knex.destroy();
      }
    },
    async stop(): Promise<void> {
      child.kill();
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}
