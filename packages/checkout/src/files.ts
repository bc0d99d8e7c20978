import { promises as fs } from 'fs';
import os from 'os';
import path from 'path';
import { RepositoryFile } from '@envmatrix/repositories';

/** Larger files are no manifests that a person wrote. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** Folders of programs, which nobody wrote. */
const NOT_WRITTEN = new Set([
  '.git',
  '.terraform',
  '.terragrunt-cache',
  'node_modules',
]);

/** Names of what is no text: archives, programs, pictures, and plans and databases in forms of their own. */
const BINARY =
  /\.(zip|t?gz|tar|bz2|xz|zst|7z|rar|jar|war|whl|so|dylib|dll|exe|bin|wasm|class|pyc|o|a|png|jpe?g|gif|ico|webp|bmp|tiff?|pdf|docx?|xlsx?|pptx?|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|wav|p12|pfx|jks|der|sqlite3?|db|parquet|tfplan|iso|img|qcow2)$/i;

/** As many bytes of a file say whether it is text; git looks at as many. */
const SAMPLE_BYTES = 8000;

/**
 * Reads every text file below a folder, in the order of their paths. What is no text is left out by its name, or by its first
 * bytes, and so are folders of git, Terraform, Terragrunt and npm.
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
        if (!NOT_WRITTEN.has(entry.name)) {
          await walk(relative);
        }
      } else if (
        !BINARY.test(entry.name) &&
        (entry.isFile() ||
          (options.followLinks === true &&
            entry.isSymbolicLink() &&
            (await leadsToFile(top, path.join(directory, relative))))) &&
        (await isText(path.join(directory, relative)))
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

async function isText(file: string): Promise<boolean> {
  const handle = await fs.open(file);
  try {
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(SAMPLE_BYTES),
    });
    return !buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await handle.close();
  }
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
