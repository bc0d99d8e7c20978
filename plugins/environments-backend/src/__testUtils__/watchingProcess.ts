/*
 * A process of its own that watches one source, as a replica of the backend does, and writes a fact again and again: whose it is, and which
 * of them. What happens to it is told on standard output, a line each.
 */
import { setTimeout as sleep } from 'timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import { EnvironmentSource } from '@envmatrix/backstage-plugin-environments-node';
import knexFactory from 'knex';
import { LeaseKeeper } from '../collector/LeaseKeeper';
import { SourceRunner } from '../collector/SourceRunner';
import { FactStore } from '../store/FactStore';
import { LeaseStore } from '../store/LeaseStore';
import { SourceStates } from '../store/SourceStates';

const [name, client, connection, timing] = process.argv.slice(2);

let isSleepy = false;

/** Between two writes: whoever falls asleep within one holds up the database. */
process.on('SIGUSR2', () => {
  isSleepy = true;
});

const tell = (line: string) => process.stdout.write(`${line}\n`);

const quiet = () => {};

const logger: LoggerService = {
  error: quiet,
  warn: quiet,
  info: quiet,
  debug: quiet,
  child: () => logger,
};

async function main() {
  const knex = knexFactory({
    client,
    connection: JSON.parse(connection),
    useNullAsDefault: true,
  });
  const source: EnvironmentSource = {
    kind: 'kubernetes',
    name: 'one',
    async run({ sink, signal }) {
      for (let count = 1; !signal.aborted; count++) {
        if (isSleepy) {
          isSleepy = false;
          process.kill(process.pid, 'SIGSTOP');
        }
        try {
          await sink.upsert([
            {
              kind: 'object',
              scope: '',
              name: 'writer',
              value: { name, count },
              observedAt: new Date().toISOString(),
            },
          ]);
          tell(`wrote ${count}`);
        } catch (error) {
          tell(`refused: ${error}`);
        }
        await sleep(50, undefined, { signal }).catch(() => undefined);
      }
    },
  };
  const store = new LeaseStore(knex);
  const keeper = new LeaseKeeper({ store, logger, timing: JSON.parse(timing) });
  let runner: SourceRunner | undefined;
  await keeper.add({
    source: 'kubernetes/one',
    take: lease => {
      tell(`took ${lease.token}`);
      runner = new SourceRunner({
        source,
        lease,
        facts: new FactStore(knex),
        states: new SourceStates(knex),
        interest: { entities: () => [], subscribe: () => () => {} },
        logger,
        onFacts: () => {},
        onState: () => {},
      });
    },
    lose: () => {
      tell('lost');
      runner?.stop();
    },
  });
  if (!keeper.holds('kubernetes/one')) {
    tell('waits');
  }
}

main().catch(error => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
