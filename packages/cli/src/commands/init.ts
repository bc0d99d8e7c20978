import { Command } from 'commander';
import { readTextFiles } from '@envmatrix/checkout';
import { drawIntent } from '../init/drawIntent';
import { InputProblem } from '../InputProblem';
import { assertDirectory } from '../input/readManifests';
import { Surroundings } from '../Surroundings';

/** `environments init`: an intent drawn from repositories that exist already. */
export function addInit(program: Command, surroundings: Surroundings) {
  program
    .command('init')
    .description(
      'Prints an environments.yaml drawn from a repository that exists already: what is not in it is guessed, and a comment says so.',
    )
    .requiredOption(
      '--deploy-config <directory>',
      'repository with an overlay for each environment',
    )
    .action(async ({ deployConfig }: { deployConfig: string }) => {
      await assertDirectory(deployConfig);
      const files = Object.fromEntries(
        (await readTextFiles(deployConfig)).map(({ path, content }) => [
          path,
          content,
        ]),
      );
      if (files['environments.yaml'] !== undefined) {
        throw new InputProblem(
          `${deployConfig} has an environments.yaml already; environments verify checks it`,
        );
      }
      try {
        surroundings.write(drawIntent(files));
      } catch (error) {
        throw error instanceof InputProblem
          ? new InputProblem(`${deployConfig}: ${error.message}`)
          : error;
      }
    });
}
