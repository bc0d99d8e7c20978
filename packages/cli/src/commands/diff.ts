import { Command } from 'commander';
import { diff } from '@envmatrix/engine';
import { readIntent } from '../input/readIntent';
import { readManifests } from '../input/readManifests';
import { Surroundings } from '../Surroundings';
import { differencesText } from '../output/differencesText';
import { json, withFormat, withIntent, withManifests } from './options';

interface DiffFlags {
  intent?: string;
  manifests: string[];
  deployConfig?: string;
  from: string;
  to: string;
  format: 'text' | 'json';
}

export function addDiff(program: Command, surroundings: Surroundings) {
  const command = program
    .command('diff')
    .description('Everything in which two environments differ, and why it may.')
    .requiredOption('--from <environment>', 'the one to start from')
    .requiredOption('--to <environment>', 'the one to compare it with');
  withFormat(withManifests(withIntent(command)), ['text', 'json']).action(
    async (flags: DiffFlags) => {
      const { intent } = await readIntent(flags);
      const { manifests } = await readManifests({
        intent,
        manifests: flags.manifests,
        deployConfig: flags.deployConfig,
        readStdin: surroundings.readStdin,
      });
      const differences = diff({
        intent,
        manifests,
        from: flags.from,
        to: flags.to,
        now: surroundings.now().toISOString(),
      });
      surroundings.write(
        flags.format === 'json'
          ? json({ differences })
          : differencesText(differences, `${flags.from} → ${flags.to}`),
      );
    },
  );
}
