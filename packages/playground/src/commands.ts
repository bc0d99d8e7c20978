import fs from 'fs/promises';
import path from 'path';
import { Command, CommanderError, Option } from 'commander';
import type { ServiceStatus } from './control';
import { DEFAULT_STATE } from './paths';
import { findRunning } from './runningPlayground';

/** What a person can put right: shown as one line. */
class Complaint extends Error {}

const SERVICES = ['nonprod', 'prod', 'argocd', 'git', 'identity'];
const CONDITIONS = { up: 'up', stopped: 'stopped', hanging: 'hangs' } as const;
const CHANGES = {
  stop: 'Refuse connections to a part, and break the open ones',
  start: 'Have a part answer again',
  hang: 'Have a part take requests and answer none',
} as const;

export interface CommandOutput {
  out: (line: string) => void;
  error: (line: string) => void;
}

const CONSOLE: CommandOutput = {
  out: line => process.stdout.write(`${line}\n`),
  error: line => process.stderr.write(`${line}\n`),
};

/**
 * Runs one of the commands `playground`, `release` and `reset`; returns the code to exit with.
 *
 * @public
 */
export async function runCommand(
  argv: readonly string[],
  output: CommandOutput = CONSOLE,
): Promise<number> {
  const program = createProgram(output);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode;
    }
    if (error instanceof Complaint) {
      output.error(error.message);
      return 1;
    }
    throw error;
  }
}

function createProgram(output: CommandOutput): Command {
  const program = new Command('npm run')
    .exitOverride()
    .configureOutput({
      writeOut: text => output.out(text.trimEnd()),
      writeErr: text => output.error(text.trimEnd()),
    })
    .helpCommand(false);
  // Each command takes it, as it comes last.
  const withState = (command: Command) =>
    command.option(
      '--state <folder>',
      'state folder of the playground',
      DEFAULT_STATE,
    );

  const playground = program
    .command('playground')
    .description('Trouble on demand')
    .helpCommand(false);
  for (const [action, description] of Object.entries(CHANGES)) {
    withState(
      playground
        .command(action)
        .description(description)
        .argument('<part>', SERVICES.join(', ')),
    ).action((part: string, { state }: { state: string }) =>
      change(output, state, action, part),
    );
  }
  withState(
    playground
      .command('status')
      .description('What state the parts are in, and how much they are asked'),
  ).action(({ state }: { state: string }) => status(output, state));

  withState(
    program
      .command('release')
      .description(
        'Have the continuous integration of a service build a version, which goes to its first environment',
      )
      .requiredOption('--service <name>', 'name of the service')
      .requiredOption('--version <version>', 'version, such as 1.2.0')
      .addOption(
        new Option(
          '--fail <how>',
          'the image cannot be pulled, or its container crashes',
        ).choices(['pull', 'crash']),
      ),
  ).action(
    (options: {
      service: string;
      version: string;
      fail?: string;
      state: string;
    }) => release(output, options),
  );

  withState(
    program
      .command('reset')
      .description('Forget everything: the state folder of the playground'),
  ).action(({ state }: { state: string }) => reset(output, state));
  return program;
}

async function change(
  output: CommandOutput,
  state: string,
  action: string,
  part: string,
): Promise<void> {
  if (!SERVICES.includes(part)) {
    throw new Complaint(
      `There is no '${part}'; there are ${SERVICES.join(', ')}`,
    );
  }
  const service = await call<ServiceStatus>(
    state,
    'POST',
    `/services/${part}/${action}`,
  );
  output.out(`${service.name} ${CONDITIONS[service.condition]}`);
}

async function status(output: CommandOutput, state: string): Promise<void> {
  const { services } = await call<{ services: ServiceStatus[] }>(
    state,
    'GET',
    '/status',
  );
  for (const { name, url, condition, requests, open } of services) {
    output.out(
      `${name.padEnd(9)} ${CONDITIONS[condition].padEnd(8)} ${url.padEnd(
        24,
      )} ${requests} requests, ${open} open`,
    );
  }
}

async function release(
  output: CommandOutput,
  {
    state,
    ...request
  }: { service: string; version: string; fail?: string; state: string },
): Promise<void> {
  await call(state, 'POST', '/release', request);
  output.out(`Released ${request.service} ${request.version}`);
}

async function reset(output: CommandOutput, state: string): Promise<void> {
  const folder = path.resolve(state);
  if (await findRunning(folder)) {
    throw new Complaint(
      'The playground is running: stop it first (Ctrl-C where npm start runs)',
    );
  }
  await refuseForeign(folder);
  await fs.rm(folder, { recursive: true, force: true });
  output.out(`Removed ${folder}`);
}

/** A wrong path must not cost anyone a folder. */
async function refuseForeign(folder: string): Promise<void> {
  const entries = await fs.readdir(folder).catch(() => []);
  const known = [
    'credentials.json',
    'app-config.playground.yaml',
    'playground.log',
    'portal.log',
  ];
  if (entries.length > 0 && !entries.some(entry => known.includes(entry))) {
    throw new Complaint(
      `${folder} is no state folder of a playground; nothing was removed`,
    );
  }
}

async function call<T>(
  state: string,
  method: string,
  route: string,
  body?: unknown,
): Promise<T> {
  const running = await findRunning(path.resolve(state));
  if (!running) {
    throw new Complaint(
      'The playground is not running; start it with: npm start',
    );
  }
  const response = await fetch(`${running.url}${route}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Complaint(answer.error);
  }
  return answer;
}
