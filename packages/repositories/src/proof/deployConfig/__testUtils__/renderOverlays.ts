import { createHash } from 'crypto';
import path from 'path';
import { Intent } from '@envmatrix/engine';
import { RepositoryFile } from '../../../types';
import { inFolder, run, writeFiles } from '../../programs';

/** The manifests of every environment, as kubectl renders them; what has the same files is rendered once. */
export function renderOverlays(
  intent: Intent,
  files: readonly RepositoryFile[],
): Record<string, string> {
  const service = intent.metadata.name;
  return Object.fromEntries(
    intent.environments.map(({ name }) => [
      name,
      renderOverlay(`apps/${service}/overlays/${name}`, files),
    ]),
  );
}

const known = new Map<string, string>();

/**
 * @throws an Error with the words of kubectl.
 */
export function renderOverlay(
  overlay: string,
  files: readonly RepositoryFile[],
): string {
  const app = overlay.split('/').slice(0, 2).join('/');
  const needed = files.filter(
    file =>
      file.path.startsWith(`${overlay}/`) ||
      (file.path.startsWith(`${app}/`) &&
        !file.path.startsWith(`${app}/overlays/`)),
  );
  const key = createHash('sha256')
    .update(JSON.stringify([overlay, needed]))
    .digest('hex');
  const before = known.get(key);
  if (before !== undefined) {
    return before;
  }
  const text = inFolder(folder => {
    writeFiles(folder, needed);
    const { code, stdout, stderr } = run('kubectl', [
      'kustomize',
      path.join(folder, overlay),
    ]);
    if (code !== 0) {
      throw new Error(`${overlay}: ${stderr.trim()}`);
    }
    return stdout;
  });
  known.set(key, text);
  return text;
}
