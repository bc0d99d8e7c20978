import { promises as fs } from 'fs';
import path from 'path';
import { loadDeployConfig } from '@envmatrix/checkout';
import { Intent } from '@envmatrix/engine';
import { InputProblem } from '../InputProblem';
import { decode, readText, reasonOf } from './readText';

interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** What the rules are held to, as it was read. */
export interface ManifestInput {
  readonly manifests: Readonly<Record<string, readonly NamedText[]>>;
  readonly argocd?: readonly NamedText[];
  readonly repository?: readonly NamedText[];
  readonly undeclared: readonly string[];
}

/**
 * Reads the manifests of every environment that was named; renders the overlays of the deploy-config repository where none
 * was.
 */
export async function readManifests(options: {
  intent: Intent;
  manifests: readonly string[];
  deployConfig?: string;
  readStdin: () => Promise<Buffer>;
}): Promise<ManifestInput> {
  const { intent, manifests, deployConfig } = options;
  const given = manifests.length > 0 ? await readGiven(options) : undefined;
  if (deployConfig === undefined) {
    if (!given) {
      throw new InputProblem(
        'name the manifests of every environment with --manifests, or a repository with --deploy-config',
      );
    }
    return { manifests: given, undeclared: [] };
  }
  await assertDirectory(deployConfig);
  const loaded = await loadDeployConfig({
    directory: deployConfig,
    // What was given is not rendered again.
    intent: given ? { ...intent, environments: [] } : intent,
  });
  if (!given && loaded.problems.length > 0) {
    throw new InputProblem(
      [...new Set(loaded.problems.map(({ problem }) => problem))].join('; '),
    );
  }
  return {
    manifests: given ?? loaded.manifests,
    argocd: loaded.argocd,
    repository: loaded.repository,
    undeclared: given ? [] : loaded.undeclared,
  };
}

async function readGiven(options: {
  intent: Intent;
  manifests: readonly string[];
  readStdin: () => Promise<Buffer>;
}): Promise<Record<string, NamedText[]>> {
  const { intent, manifests, readStdin } = options;
  const declared = intent.environments.map(({ name }) => name);
  const result: Record<string, NamedText[]> = {};
  let stdinOf: string | undefined;
  for (const argument of manifests) {
    const [, environment, place] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
    if (environment === undefined || place === undefined) {
      throw new InputProblem(
        `--manifests ${argument} is not of the form environment=FILE, environment=DIR or environment=-`,
      );
    }
    if (!declared.includes(environment)) {
      throw new InputProblem(
        `--manifests ${argument}: '${environment}' is not an environment of the intent; they are ${declared.join(
          ', ',
        )}`,
      );
    }
    if (place === '-' && stdinOf !== undefined) {
      throw new InputProblem(
        `--manifests ${argument}: standard input has the manifests of ${stdinOf} already`,
      );
    }
    if (place === '-') {
      stdinOf = environment;
    }
    const texts =
      place === '-'
        ? [{ name: 'stdin', text: decode('stdin', await readStdin()) }]
        : await readPlace(place);
    result[environment] = [...(result[environment] ?? []), ...texts];
  }
  return result;
}

async function readPlace(place: string): Promise<NamedText[]> {
  let isDirectory: boolean;
  try {
    isDirectory = (await fs.stat(place)).isDirectory();
  } catch (error) {
    throw new InputProblem(`${place} cannot be read: ${reasonOf(error)}`);
  }
  const files = isDirectory ? await manifestFiles(place) : [place];
  if (files.length === 0) {
    throw new InputProblem(`${place} contains no .yaml, .yml or .json file`);
  }
  return await Promise.all(
    files.map(async file => ({ name: file, text: await readText(file) })),
  );
}

async function manifestFiles(directory: string): Promise<string[]> {
  const entries = await fs.readdir(directory, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async entry => {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) {
        return entry.name.startsWith('.') ? [] : await manifestFiles(file);
      }
      return entry.isFile() && /\.(ya?ml|json)$/.test(entry.name) ? [file] : [];
    }),
  );
  return nested.flat().sort();
}

export async function assertDirectory(directory: string): Promise<void> {
  let isDirectory = false;
  try {
    isDirectory = (await fs.stat(directory)).isDirectory();
  } catch (error) {
    throw new InputProblem(`${directory} cannot be read: ${reasonOf(error)}`);
  }
  if (!isDirectory) {
    throw new InputProblem(`${directory} is not a directory`);
  }
}

/** Every declared environment has to be there: what is not looked at is not right. */
export function assertComplete(intent: Intent, input: ManifestInput): void {
  const missing = intent.environments
    .map(({ name }) => name)
    .filter(name => !Object.hasOwn(input.manifests, name));
  if (missing.length > 0) {
    throw new InputProblem(
      `there are no manifests of ${missing.join(
        ' and ',
      )}, which the intent declares`,
    );
  }
}
