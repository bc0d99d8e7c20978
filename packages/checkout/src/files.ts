import { promises as fs } from 'fs';
import os from 'os';
import path from 'path';
import { RepositoryFile } from '@envmatrix/repositories';

/** Larger files are no manifests that a person wrote. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;

/**
 * Reads every text file below a folder, `.git` left out, in the order of their paths.
 *
 * @param options.followLinks - symbolic links to files below the same folder count as those files; all others are left out.
 * @public
 */
export async function readTextFiles(
  directory: string,
  options: { followLinks?: boolean } = {},
): Promise<RepositoryFile[]> {
  const files: RepositoryFile[] = [];
  const top = await fs.realpath(directory);
  async function walk(folder: string) {
    for (const entry of await fs.readdir(path.join(directory, folder), {
      withFileTypes: true,
    })) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (
          entry.name !== '.git' &&
          entry.name !== 'node_modules' &&
          entry.name !== '.terraform'
        ) {
          await walk(relative);
        }
      } else if (
        entry.isFile() ||
        (options.followLinks === true &&
          entry.isSymbolicLink() &&
          (await leadsToFile(top, path.join(directory, relative))))
      ) {
        const stat = await fs.stat(path.join(directory, relative));
        if (stat.size > MAX_FILE_BYTES) {
          throw new Error(
            `${relative} has ${stat.size} bytes, more than the ${MAX_FILE_BYTES} that a text file of a repository may have`,
          );
        }
        const content = await fs.readFile(
          path.join(directory, relative),
          'utf8',
        );
        files.push({
          path: relative,
          content,
          ...((stat.mode & 0o100) !== 0 ? { executable: true } : {}),
        });
      }
    }
  }
  await walk('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function leadsToFile(top: string, link: string): Promise<boolean> {
  try {
    const target = await fs.realpath(link);
    return (
      target.startsWith(top + path.sep) && (await fs.stat(target)).isFile()
    );
  } catch {
    // A link to nothing is no file.
    return false;
  }
}

/**
 * Writes files below a folder, creating folders as needed. Refuses a path that leads outside.
 *
 * @public
 */
export async function writeTextFiles(
  directory: string,
  files: readonly RepositoryFile[],
): Promise<void> {
  for (const file of files) {
    const target = safeChildPath(directory, file.path);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, file.content, {
      mode: file.executable ? 0o755 : 0o644,
    });
  }
}

/**
 * Does something with files in a temporary folder, and removes it whatever happens.
 *
 * @public
 */
export async function withTemporaryFiles<T>(
  files: readonly RepositoryFile[],
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'environments-'));
  try {
    await writeTextFiles(directory, files);
    return await use(directory);
  } finally {
    await fs.rm(directory, { recursive: true, force: true });
  }
}

/**
 * @public
 */
export function safeChildPath(directory: string, relative: string): string {
  const root = path.resolve(directory);
  const target = path.resolve(root, relative);
  if (
    path.isAbsolute(relative) ||
    (target !== root && !target.startsWith(root + path.sep))
  ) {
    throw new Error(`Path '${relative}' leads outside its repository`);
  }
  return target;
}
