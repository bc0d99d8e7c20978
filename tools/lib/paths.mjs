import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../..',
);

export const inRoot = (...parts) => path.join(root, ...parts);

/** Runs TypeScript from source, as Backstage's own start command does. */
export const nodeTransform = inRoot(
  'node_modules/@backstage/cli/config/nodeTransform.cjs',
);

export const toolsBin = inRoot('tools/node_modules/.bin');
