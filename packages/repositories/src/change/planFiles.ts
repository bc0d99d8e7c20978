import { diff3Merge } from 'node-diff3';
import { keepRelease } from '../drift';
import { RepositoryFile } from '../types';

/**
 * What becomes of one file of a repository.
 *
 * @public
 */
export interface PlannedFile {
  readonly path: string;
  /** Its text now; absent for a new one. */
  readonly before?: string;
  /** Its text afterwards; absent for one that goes. */
  readonly after?: string;
  /** For a new one. */
  readonly executable?: boolean;
  /** It was changed by hand, and has both changes afterwards; or goes nevertheless. */
  readonly isEdited?: boolean;
}

/**
 * A file that is left as it is, though the change would have changed it.
 *
 * @public
 */
export interface FileConflict {
  readonly path: string;
  /** What a person has to do, as the end of a sentence that begins with the path. */
  readonly problem: string;
}

/** @public */
export interface FilePlan {
  readonly files: readonly PlannedFile[];
  readonly conflicts: readonly FileConflict[];
}

/**
 * From what is rendered before and after a change, and from what a repository has, to what is to be written. Nothing that was done by hand is lost:
 * both changes are merged, and where they meet the file is left alone and named.
 *
 * @public
 */
export function planFiles(options: {
  before: readonly RepositoryFile[];
  after: readonly RepositoryFile[];
  actual: ReadonlyMap<string, string>;
  /** The path of the file whose release a new file begins with: an overlay has the release of the one that it is promoted from. */
  releaseOf?: (path: string) => string | undefined;
}): FilePlan {
  const { actual, releaseOf } = options;
  const before = new Map(options.before.map(file => [file.path, file]));
  const after = new Map(options.after.map(file => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const files: PlannedFile[] = [];
  const conflicts: FileConflict[] = [];
  for (const path of paths) {
    const result = planFile({
      path,
      before: before.get(path),
      after: after.get(path),
      actual: actual.get(path),
      release: actual.get(releaseOf?.(path) ?? path),
      read: file => actual.get(file),
    });
    if (result && 'problem' in result) {
      conflicts.push(result);
    } else if (result) {
      files.push(result);
    }
  }
  return { files, conflicts };
}

function planFile(options: {
  path: string;
  before: RepositoryFile | undefined;
  after: RepositoryFile | undefined;
  actual: string | undefined;
  release: string | undefined;
  read: (path: string) => string | undefined;
}): PlannedFile | FileConflict | undefined {
  const { path, before, after, actual, release, read } = options;
  if (before?.content === after?.content) {
    return undefined;
  }
  if (!after) {
    return before && actual !== undefined
      ? {
          path,
          before: actual,
          ...(isPristine(before, actual) ? {} : { isEdited: true }),
        }
      : undefined;
  }
  if (actual === undefined) {
    return before
      ? {
          path,
          problem:
            'was removed from the repository, and would have changed; see whether what it said is needed elsewhere',
        }
      : {
          path,
          after: keepRelease(after, release).content,
          ...(after.executable ? { executable: true } : {}),
        };
  }
  const wanted = keepRelease(after, actual, read).content;
  if (wanted === actual) {
    return undefined;
  }
  if (!before) {
    return {
      path,
      problem: 'is there already, and is not the one that would be written',
    };
  }
  return isPristine(before, actual)
    ? { path, before: actual, after: wanted }
    : merged({
        path,
        base: keepRelease(before, actual).content,
        actual,
        wanted,
      });
}

function isPristine(file: RepositoryFile, actual: string): boolean {
  return keepRelease(file, actual).content === actual;
}

function merged(options: {
  path: string;
  base: string;
  actual: string;
  wanted: string;
}): PlannedFile | FileConflict | undefined {
  const { path, base, actual, wanted } = options;
  const regions = diff3Merge(
    actual.split('\n'),
    base.split('\n'),
    wanted.split('\n'),
  );
  const lines: string[] = [];
  for (const region of regions) {
    if (!region.ok) {
      return {
        path,
        problem:
          'was changed by hand where it would have changed; make both changes by hand',
      };
    }
    lines.push(...region.ok);
  }
  const after = lines.join('\n');
  return after === actual
    ? undefined
    : { path, before: actual, after, isEdited: true };
}
