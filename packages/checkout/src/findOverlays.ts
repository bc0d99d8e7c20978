import { promises as fs } from 'fs';
import path from 'path';

/** A folder that is rendered for an environment. */
export interface Overlay {
  readonly environment: string;
  /** Relative to the repository. */
  readonly overlay: string;
}

/** Folders that hold one folder for each environment, as people call them. */
const HOLDERS = new Set(['overlays', 'envs', 'environments']);

const KUSTOMIZATIONS = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** Deeper than repositories are. */
const MAX_DEPTH = 6;

/**
 * The overlays of a repository: `apps/<app>/overlays/<environment>`. Only where there are none, the folders with a
 * kustomization in `overlays`, `envs` or `environments`, wherever these stand.
 */
export async function findOverlays(directory: string): Promise<Overlay[]> {
  const found: Overlay[] = [];
  for (const app of await foldersOf(path.join(directory, 'apps'))) {
    for (const environment of await foldersOf(
      path.join(directory, 'apps', app, 'overlays'),
    )) {
      const overlay = `apps/${app}/overlays/${environment}`;
      found.push({ environment, overlay });
    }
  }
  return found.length > 0 ? found : await overlaysBelow(directory, '', 0);
}

async function overlaysBelow(
  directory: string,
  folder: string,
  depth: number,
): Promise<Overlay[]> {
  const found: Overlay[] = [];
  for (const name of await foldersOf(path.join(directory, folder))) {
    if (name.startsWith('.') || name === 'node_modules') {
      continue;
    }
    const below = folder === '' ? name : `${folder}/${name}`;
    if (
      HOLDERS.has(path.basename(folder)) &&
      (await isRendered(directory, below))
    ) {
      found.push({ environment: name, overlay: below });
    } else if (depth < MAX_DEPTH) {
      found.push(...(await overlaysBelow(directory, below, depth + 1)));
    }
  }
  return found;
}

async function isRendered(directory: string, folder: string): Promise<boolean> {
  const names = await fs.readdir(path.join(directory, folder));
  return KUSTOMIZATIONS.some(name => names.includes(name));
}

async function foldersOf(directory: string): Promise<string[]> {
  try {
    const entries = await fs.readdir(directory, { withFileTypes: true });
    return entries
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ENOENT'
  );
}
