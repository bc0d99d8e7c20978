import { Command, CommanderError } from 'commander';
import { addDiff } from './commands/diff';
import { addInit } from './commands/init';
import { addPlan } from './commands/plan';
import { addRender } from './commands/render';
import { addRules } from './commands/rules';
import { addVerify } from './commands/verify';
import { inputProblemOf } from './InputProblem';
import { Surroundings } from './Surroundings';

const EXIT_WRONG_INPUT = 2;

/**
 * Runs one command.
 *
 * @returns the exit code: 0, 1 where something was found, 2 where the call or its input is wrong.
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const surroundings: Surroundings = {
    write: text => process.stdout.write(text),
    now: () => new Date(),
    readStdin,
    setExitCode: code => {
      exitCode = code;
    },
  };
  const program = new Command('environments')
    .description(
      'Holds the environments of a service to their intent and to each other.',
    )
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const add of [
    addVerify,
    addDiff,
    addPlan,
    addRender,
    addInit,
    addRules,
  ]) {
    add(program, surroundings);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) {
        return 0;
      }
      complain(
        error.code === 'commander.help'
          ? "say what to do: verify, diff, plan or render; 'environments --help' tells more"
          : error.message.replace(/^error: /, ''),
      );
      return EXIT_WRONG_INPUT;
    }
    const problem = inputProblemOf(error);
    if (problem === undefined) {
      throw error;
    }
    complain(problem);
    return EXIT_WRONG_INPUT;
  }
}

function complain(problem: string) {
  process.stderr.write(`environments: ${problem}\n`);
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
