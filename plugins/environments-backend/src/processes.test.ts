import { ChildProcess, spawn } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import path from 'path';
import { mockServices, TestDatabaseId } from '@backstage/backend-test-utils';
import knexFactory, { Knex } from 'knex';
import { databases } from './__testUtils__/databases';
import { openDatabase } from './store/database';
import { FactStore } from './store/FactStore';

/** Who is asleep, and not dead, is overtaken soon; who only waits for its turn on a busy machine is not. */
const TIMING = { pollMs: 100, renewMs: 300, deadMs: 5_000 };

const TAKEN_OVER_MS = 20_000;

interface Replica {
  readonly child: ChildProcess;
  readonly lines: string[];
}

describe.each(databases.eachSupportedId())(
  'replicas that are processes, on %s',
  id => {
    const ends: (() => Promise<void> | void)[] = [];

    async function open(database: TestDatabaseId): Promise<{
      knex: Knex;
      client: string;
      connection: object;
    }> {
      if (database !== 'SQLITE_3') {
        const knex = await databases.init(database);
        const { client, connection } = knex.client.config;
        // It is hidden from who lists what there is.
        const { password } = connection;
        return { knex, client, connection: { ...connection, password } };
      }
      // The usual one is in the memory of one process.
      const folder = mkdtempSync(path.join(tmpdir(), 'replicas-'));
      const connection = { filename: path.join(folder, 'facts.sqlite') };
      const client = 'better-sqlite3';
      const knex = knexFactory({ client, connection, useNullAsDefault: true });
      ends.push(async () => {
        await knex.destroy();
        rmSync(folder, { recursive: true });
      });
      return { knex, client, connection };
    }

    async function start() {
      const { knex, client, connection } = await open(id);
      const facts = new FactStore(
        await openDatabase(mockServices.database({ knex })),
      );
      const replica = (name: string): Replica => {
        const child = spawn(
          process.execPath,
          [
            '--require',
            require.resolve('@backstage/cli/config/nodeTransform.cjs'),
            path.join(__dirname, '__testUtils__/watchingProcess.ts'),
            name,
            client,
            JSON.stringify(connection),
            JSON.stringify(TIMING),
          ],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        const lines: string[] = [];
        let rest = '';
        child.stdout.on('data', chunk => {
          const parts = `${rest}${chunk}`.split('\n');
          rest = parts.pop() ?? '';
          lines.push(...parts);
        });
        ends.push(
          () =>
            new Promise<void>(resolve => {
              child.once('close', () => resolve());
              if (!child.kill('SIGKILL')) {
                resolve();
              }
            }),
        );
        return { child, lines };
      };
      const writer = async () =>
        (
          await facts.find<{ name: string; count: number }>({ kind: 'object' })
        ).at(0)?.value;
      return { replica, writer };
    }

    async function until(
      what: string,
      condition: () => Promise<boolean> | boolean,
      withinMs = 60_000,
    ) {
      const deadline = Date.now() + withinMs;
      while (!(await condition())) {
        if (Date.now() > deadline) {
          throw new Error(`It did not come to that: ${what}`);
        }
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    }

    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) {
        await end();
      }
    });

    it('take over within twenty seconds from one that is killed', async () => {
      const { replica, writer } = await start();
      const first = replica('first');
      await until('the first writes', () => first.lines.includes('wrote 3'));
      const second = replica('second');
      await until('the second is there, and has no turn', () =>
        second.lines.includes('waits'),
      );
      const before = first.lines.length;
      await until('the first goes on', () => first.lines.length > before + 3);

      first.child.kill('SIGKILL');

      await until(
        'the second writes',
        async () => (await writer())?.name === 'second',
        TAKEN_OVER_MS,
      );
      // What a process says comes a moment later than what it writes.
      await until('it says so', () => second.lines.length > 1);
      expect(second.lines.slice(0, 2)).toEqual(['waits', 'took 2']);
    });

    it('refuse what one still has to say that was asleep while another took over', async () => {
      const { replica, writer } = await start();
      const first = replica('first');
      await until('the first writes', () => first.lines.includes('wrote 3'));
      const second = replica('second');
      await until('the second is there, and has no turn', () =>
        second.lines.includes('waits'),
      );

      first.child.kill('SIGUSR2');
      await until('the second takes over', () =>
        second.lines.includes('wrote 3'),
      );
      const before = first.lines.length;
      first.child.kill('SIGCONT');

      // Whether its own write or its look at the leases is answered first is the database's affair.
      await until('the first knows, and has tried to write', () => {
        const late = first.lines.slice(before);
        return (
          late.includes('lost') && late.some(line => !line.startsWith('lost'))
        );
      });
      const late = first.lines.slice(before);
      expect(late.filter(line => line.startsWith('wrote'))).toEqual([]);
      expect(late.join()).toContain('Another replica of the backend watches');
      expect((await writer())?.name).toBe('second');
      expect(second.lines).not.toContain('lost');
    });
  },
);
