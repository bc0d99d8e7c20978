import { spawnSync } from 'node:child_process';
import { step } from './log.mjs';
import { which } from './prepare.mjs';
import { run } from './run.mjs';

/**
 * Installs a Debian package where that is possible without asking anyone. Returns the path of its program, or undefined.
 */
export async function ensureDebianPackage({ name, programs }) {
  const found = which(...programs);
  if (found) {
    return found;
  }
  const mayInstall = process.getuid?.() === 0 && which('apt-get');
  if (!mayInstall) {
    return undefined;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await step(`Installing ${name}`, async () => {
      if (spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status !== 0) {
        await run('apt-get', ['update', '-qq'], { quiet: true, env });
      }
      await run('apt-get', ['install', '-y', '--no-install-recommends', name], { quiet: true, env });
    });
  } catch {
    return undefined;
  }
  return which(...programs);
}
