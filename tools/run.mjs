import fs from 'node:fs';
import path from 'node:path';
import { fail } from './lib/log.mjs';
import { inRoot, nodeTransform } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runForCode } from './lib/run.mjs';

// Commands of the playground: playground, release, reset.
try {
  const node = await prepare();
  const state = path.resolve(
    process.env.PLAYGROUND_STATE ?? inRoot('.playground'),
  );
  fs.mkdirSync(state, { recursive: true });
  process.exitCode = await runForCode(
    node,
    [
      '--require',
      nodeTransform,
      inRoot('packages/playground/src/cli.ts'),
      ...process.argv.slice(2),
      '--state',
      state,
    ],
    {
      cwd: inRoot('packages/playground'),
    },
  );
} catch (error) {
  fail(error);
  process.exitCode = 1;
}
