import { existsSync } from 'fs';
import path from 'path';

/**
 * Says where a file of a finding is from the folder that the command runs in. Findings name files of repositories by their
 * paths in these.
 *
 * @param repositories - folders of the repositories that were named.
 */
export function placeFinder(
  repositories: readonly (string | undefined)[],
): (file: string) => string {
  const here = process.cwd();
  const relative = (file: string) => {
    const found = path.relative(here, file);
    // What is beside or above this folder has no relative path that a code host would know.
    return found.startsWith('..') || path.isAbsolute(found) ? file : found;
  };
  return file => {
    if (path.isAbsolute(file)) {
      return relative(file);
    }
    if (existsSync(path.resolve(here, file))) {
      return relative(path.resolve(here, file));
    }
    const inside = repositories
      .flatMap(folder =>
        folder === undefined ? [] : [path.resolve(here, folder, file)],
      )
      .find(candidate => existsSync(candidate));
    return inside === undefined ? file : relative(inside);
  };
}
