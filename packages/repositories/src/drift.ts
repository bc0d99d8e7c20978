import { pinnedImages } from './pinnedImages';
import { RepositoryFile } from './types';

/** Lines that belong to the running service, by the files that have them: a promotion writes them, and no render does. */
const RELEASES = [
  {
    files: /(^|\/)overlays\/[^/]+\/kustomization\.yaml$/,
    lines: /^\s*(newTag|digest):.*$/,
  },
  {
    // Where production is pinned: the commit, and the image that stands beside it.
    files: /^argocd\/(applications|applicationsets)\/[^/]+\.yaml$/,
    lines: /^\s*(targetRevision:|- [a-z0-9-]+=).*$/,
  },
] as const;

/**
 * What `render --check` tells: files whose content is no longer what the intent and the skeleton give. Releases do not count.
 *
 * @public
 */
export function editedFiles(
  rendered: readonly RepositoryFile[],
  actual: ReadonlyMap<string, string>,
): { path: string; problem: 'missing' | 'changed' }[] {
  const edited: { path: string; problem: 'missing' | 'changed' }[] = [];
  for (const file of rendered) {
    const content = actual.get(file.path);
    if (content === undefined) {
      edited.push({ path: file.path, problem: 'missing' });
    } else if (
      withoutRelease(file.path, file.content) !==
      withoutRelease(file.path, content)
    ) {
      edited.push({ path: file.path, problem: 'changed' });
    }
  }
  return edited;
}

/**
 * A rendered file with the release that the repository has: what is written anew does not take a service back to its first version.
 * An Application that is pinned from now on names the release of its overlay.
 *
 * @param read - Text of another file of the repository, as it is.
 * @public
 */
export function keepRelease(
  file: RepositoryFile,
  actual: string | undefined,
  read: (path: string) => string | undefined = () => undefined,
): RepositoryFile {
  const release = releaseOf(file.path);
  if (actual === undefined || !release) {
    return file;
  }
  const kept = new Map([
    ...byEntry(pinnedImages(file, read), release.lines),
    ...byEntry(actual, release.lines),
  ]);
  const written = new Set<string>();
  const lines = file.content.split('\n').flatMap((line, index, all) => {
    const entry = entryAt(all, index);
    if (!release.lines.test(line)) {
      return [line];
    }
    const own = kept.get(entry);
    if (!own) {
      return [line];
    }
    const isFirst = !written.has(entry);
    written.add(entry);
    return isFirst ? own : [];
  });
  return { ...file, content: lines.join('\n') };
}

function releaseOf(path: string) {
  return RELEASES.find(({ files }) => files.test(path));
}

function withoutRelease(path: string, content: string): string {
  const release = releaseOf(path);
  return release
    ? content
        .split('\n')
        .filter(line => !release.lines.test(line))
        .join('\n')
    : content;
}

/** The lines of a release, by the entry of `images` that they belong to; in an Application by the field. */
function byEntry(content: string, lines: RegExp): Map<string, string[]> {
  const found = new Map<string, string[]>();
  content.split('\n').forEach((line, index, all) => {
    if (lines.test(line)) {
      const entry = entryAt(all, index);
      found.set(entry, [...(found.get(entry) ?? []), line]);
    }
  });
  return found;
}

function entryAt(lines: readonly string[], index: number): string {
  const [, field] =
    /^\s*(targetRevision|- [a-z0-9-]+=)/.exec(lines[index]) ?? [];
  if (field !== undefined) {
    return field;
  }
  const start = lines
    .slice(0, index + 1)
    .findLast(line => /^\s*- name:/.test(line));
  return start?.replace(/["'\s]/g, '') ?? '';
}
