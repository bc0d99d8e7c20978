import { Command, Option } from 'commander';

/** Options that several commands have. */
export function withIntent(command: Command): Command {
  return command.option(
    '--intent <file>',
    'environments.yaml; by default the one of the deploy-config repository',
  );
}

export function withManifests(command: Command): Command {
  return command
    .option(
      '--manifests <environment=place>',
      'rendered manifests: a file, a directory, or - for standard input',
      (value: string, previous: string[]) => [...previous, value],
      [],
    )
    .option(
      '--deploy-config <directory>',
      'repository whose overlays are rendered where no manifests are named',
    );
}

export function withFormat(
  command: Command,
  formats: readonly string[],
): Command {
  return command.addOption(
    new Option('--format <format>', 'how to print')
      .choices([...formats])
      .default('text'),
  );
}

/** JSON for pipelines: one document, and nothing else. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
