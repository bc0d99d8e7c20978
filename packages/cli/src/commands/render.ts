import { promises as fs } from 'fs';
import path from 'path';
import { Command, Option } from 'commander';
import { readTextFiles, writeTextFiles } from '@envmatrix/checkout';
import {
  editedFiles,
  keepRelease,
  renderRepositories,
} from '@envmatrix/repositories';
import { readIntent } from '../input/readIntent';
import { assertDirectory } from '../input/readManifests';
import { Surroundings } from '../Surroundings';

const PARTS = {
  infrastructure: 'infrastructure',
  'deploy-config': 'deployConfig',
} as const;

type Part = keyof typeof PARTS;

interface RenderFlags {
  intent: string;
  skeleton: string;
  out: string;
  only?: Part;
  check?: boolean;
}

export function addRender(program: Command, surroundings: Surroundings) {
  program
    .command('render')
    .description(
      'Writes the repositories infrastructure/ and deploy-config/ from the intent. What belongs to the running service, its release, is left alone.',
    )
    .requiredOption('--intent <file>', 'environments.yaml')
    .requiredOption('--skeleton <directory>', 'skeleton of the template')
    .requiredOption('--out <directory>', 'where the two folders are')
    .addOption(
      new Option('--only <repository>', 'only this one').choices(
        Object.keys(PARTS),
      ),
    )
    .option(
      '--check',
      'write nothing; list the files that are no longer as generated, and exit with 1 if there are any',
    )
    .action(async (flags: RenderFlags) => {
      await assertDirectory(flags.skeleton);
      const { intent, text } = await readIntent(flags);
      const rendered = renderRepositories({
        intent,
        skeleton: await readTextFiles(flags.skeleton),
        intentText: text,
      });
      const parts = flags.only
        ? [flags.only]
        : (['infrastructure', 'deploy-config'] as const);
      const listed: string[] = [];
      for (const part of parts) {
        const directory = path.join(flags.out, part);
        const actual = await existingFiles(directory);
        const files = rendered[PARTS[part]];
        const edited = editedFiles(files, actual);
        if (!flags.check) {
          const paths = new Set(edited.map(file => file.path));
          await writeTextFiles(
            directory,
            files
              .filter(file => paths.has(file.path))
              .map(file =>
                keepRelease(file, actual.get(file.path), other =>
                  actual.get(other),
                ),
              ),
          );
        }
        listed.push(
          ...edited.map(({ path: file, problem }) => {
            const done = problem === 'missing' ? 'written' : 'rewritten';
            return `${flags.check ? problem : done} ${part}/${file}\n`;
          }),
        );
      }
      surroundings.write(
        listed.length > 0
          ? listed.join('')
          : 'Everything is as it is generated.\n',
      );
      surroundings.setExitCode(flags.check && listed.length > 0 ? 1 : 0);
    });
}

async function existingFiles(
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    await fs.access(directory);
  } catch {
    return new Map();
  }
  return new Map(
    (await readTextFiles(directory)).map(file => [file.path, file.content]),
  );
}
