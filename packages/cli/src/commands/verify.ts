import { Command } from 'commander';
import { verify, VerifyResult } from '@envmatrix/engine';
import { readIntent } from '../input/readIntent';
import { assertComplete, readManifests } from '../input/readManifests';
import { acceptText } from '../output/acceptText';
import { readTerraform } from '../input/readTerraform';
import { Surroundings } from '../Surroundings';
import { placeFinder } from '../output/placeFinder';
import { toJunit } from '../output/junit';
import { toSarif } from '../output/sarif';
import { verifyText } from '../output/verifyText';
import { json, withFormat, withIntent, withManifests } from './options';
import { parseRules } from './ruleIds';

interface VerifyFlags {
  intent?: string;
  manifests: string[];
  deployConfig?: string;
  infrastructure?: string;
  plan: string[];
  rules?: string;
  accept?: string;
  format: 'text' | 'json' | 'junit' | 'sarif';
}

export function addVerify(program: Command, surroundings: Surroundings) {
  const command = program
    .command('verify')
    .description(
      'Applies the rules. Exit code 0: nothing fails and every difference has a reason; 1: something does, or has not; 2: the input is wrong.',
    )
    .option(
      '--infrastructure <directory>',
      'infrastructure repository, whose Terraform the rules look at too',
    )
    .option(
      '--plan <root=file>',
      "plan of a Terraform root, as 'terraform show -json' prints it",
      (value: string, previous: string[]) => [...previous, value],
      [],
    )
    .option('--rules <ids>', 'only these rules, separated by commas')
    .option(
      '--accept <reason>',
      'print the entries of parity.allow that would waive what is wrong now, for 90 days',
    );
  withFormat(withManifests(withIntent(command)), [
    'text',
    'json',
    'junit',
    'sarif',
  ]).action(async (flags: VerifyFlags) => {
    const rules =
      flags.rules === undefined ? undefined : parseRules(flags.rules);
    const { intent } = await readIntent(flags);
    const input = await readManifests({
      intent,
      manifests: flags.manifests,
      deployConfig: flags.deployConfig,
      readStdin: surroundings.readStdin,
    });
    assertComplete(intent, input);
    const result = verify({
      intent,
      ...input,
      ...(await readTerraform(flags)),
      now: surroundings.now().toISOString(),
      ...(rules ? { rules } : {}),
    });
    surroundings.write(
      flags.accept === undefined
        ? print(flags, intent.metadata.name, result)
        : acceptText(result, flags.accept, surroundings.now()),
    );
    const { outcomes, classes } = result.summary;
    surroundings.setExitCode(
      outcomes.fail > 0 || classes.unclassified > 0 ? 1 : 0,
    );
  });
}

function print(
  flags: VerifyFlags,
  service: string,
  result: VerifyResult,
): string {
  switch (flags.format) {
    case 'json':
      return json(result);
    case 'junit':
      return toJunit(service, result);
    case 'sarif':
      return json(
        toSarif(
          result,
          placeFinder([flags.infrastructure, flags.deployConfig]),
        ),
      );
    default:
      return verifyText(service, result);
  }
}
