import { RepositoryFile } from './types';

/** Lines that belong to the running service: a promotion writes them, and no render does. */
const RELEASE_LINE = /^\s*(newTag|digest):.*$/gm;

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
    } else if (withoutRelease(file) !== withoutRelease({ ...file, content })) {
      edited.push({ path: file.path, problem: 'changed' });
    }
  }
  return edited;
}

function withoutRelease(file: RepositoryFile): string {
  return /(^|\/)overlays\/[^/]+\/kustomization\.yaml$/.test(file.path)
    ? file.content.replace(RELEASE_LINE, '')
    : file.content;
}
