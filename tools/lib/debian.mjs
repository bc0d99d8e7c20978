import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { step } from './log.mjs';
import { inRoot } from './paths.mjs';
import { which } from './prepare.mjs';
import { run } from './run.mjs';

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

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
  try {
    await step(`Installing ${name}`, async () => {
      await ensureListed(name);
      await run('apt-get', ['install', '-y', '--no-install-recommends', name], {
        quiet: true,
        env,
      });
    });
  } catch {
    return undefined;
  }
  return which(...programs);
}

/**
 * Unpacks a Debian package into the cache of this repository and installs nothing: no service starts, and no file of the machine
 * changes. Returns the folder of its programs, or undefined where that cannot be done without asking anyone.
 */
export async function unpackDebianPackage({ name, programs }) {
  const found = which(...programs);
  if (found) {
    return path.dirname(found);
  }
  const folder = inRoot('node_modules/.cache/debian', name);
  const bin = path.join(folder, 'usr/bin');
  // A program may need libraries that this machine has not.
  const runs = () =>
    programs.some(
      program =>
        spawnSync(path.join(bin, program), ['--version'], { stdio: 'ignore' })
          .status === 0,
    );
  if (runs()) {
    return bin;
  }
  if (!which('apt-get') || !which('dpkg')) {
    return undefined;
  }
  try {
    await step(`Fetching ${name}`, async () => {
      fs.mkdirSync(folder, { recursive: true });
      await ensureListed(name);
      await run('apt-get', ['download', '-qq', name], {
        cwd: folder,
        quiet: true,
        env,
      });
      for (const file of fs
        .readdirSync(folder)
        .filter(entry => entry.endsWith('.deb'))) {
        await run('dpkg', ['-x', file, '.'], { cwd: folder, quiet: true });
        fs.rmSync(path.join(folder, file));
      }
    });
  } catch {
    return undefined;
  }
  return runs() ? bin : undefined;
}

/** A bare machine has no list of packages yet. Only root may fetch one. */
async function ensureListed(name) {
  if (
    spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status !== 0
  ) {
    await run('apt-get', ['update', '-qq'], { quiet: true, env });
  }
}
