import { Command } from 'commander';
import { DEFAULT_STATE } from './paths';
import { startPlayground } from './startPlayground';

interface Options {
  port: string;
  state: string;
}

const { port, state } = new Command('playground')
  .description('Git host, clusters, Argo CD and sign-in on loopback')
  .option(
    '--port <port>',
    'port of the portal; the playground takes the six after it',
    process.env.PORT ?? '7007',
  )
  .option(
    '--state <folder>',
    'where everything is kept',
    process.env.PLAYGROUND_STATE ?? DEFAULT_STATE,
  )
  .parse()
  .opts<Options>();

const log = (line: string) => process.stdout.write(`${line}\n`);

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const started = startPlayground({ port: Number(port), state, log });
  let ending: Promise<void> | undefined;
  // A signal that comes before all is started waits for that, so that nothing is left half-way.
  const end = () => {
    ending ??= started
      .then(playground => playground.stop())
      .then(() => process.exit(0), fail);
  };
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.on(signal, end));
  const playground = await started;
  log(`Config      ${playground.configFile}`);
  log('ready');
}

main().catch(fail);
