import { spawn } from 'child_process';
import fs from 'fs';
import os from 'os';
import path from 'path';

/**
 * Starts portal and playground as a person would, with an empty state; returns what stops them.
 */
export default async function globalSetup() {
  const port = process.env.E2E_PORT ?? '8107';
  if (process.env.E2E_RUNNING !== undefined) {
    // Somebody has started it on these ports already.
    return () => {};
  }
  const state = fs.mkdtempSync(path.join(os.tmpdir(), 'environments-e2e-'));
  process.env.E2E_STATE = state;
  const child = spawn(
    process.execPath,
    [path.join(__dirname, '../tools/start.mjs')],
    {
      env: { ...process.env, PORT: port, PLAYGROUND_STATE: state },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += chunk;
        if (output.includes('What to try')) {
          resolve();
        }
      });
    }
    child.on('close', code =>
      reject(new Error(`npm start ended with ${code}:\n${output}`)),
    );
  });
  return async () => {
    const closed = new Promise(resolve => child.once('close', resolve));
    child.kill('SIGTERM');
    await closed;
    if (process.env.E2E_KEEP_STATE === undefined) {
      fs.rmSync(state, { recursive: true, force: true });
    }
  };
}
