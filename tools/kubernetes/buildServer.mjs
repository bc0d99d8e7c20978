import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { step } from '../lib/log.mjs';
import { inRoot } from '../lib/paths.mjs';
import { filesBelow, hashOf, which } from '../lib/prepare.mjs';
import { run } from '../lib/run.mjs';

const SOURCES = 'tools/kubernetes/server';

/** The program, where it has been built from the sources as they are. */
export function builtServer() {
  const server = serverPath();
  return fs.existsSync(server) ? server : undefined;
}

function serverPath() {
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.join(
    cache,
    'environments',
    `kubernetes-${hashOf(filesBelow(SOURCES)).slice(0, 16)}`,
  );
}

/**
 * Builds the API server for tests, unless it is there. Returns its path, or why there is none.
 *
 * @param {{ signal?: AbortSignal }} [options] - `signal` ends the build
 */
export async function buildServer({ signal } = {}) {
  const built = builtServer();
  if (built) {
    return { server: built };
  }
  const server = serverPath();
  if (!which('go')) {
    return {
      missing:
        'Go is not installed; it builds the API server that they run against (https://go.dev/dl)',
    };
  }
  const version = kubernetesVersion();
  const [major, minor] = version.slice(1).split('.');
  const versionFlags = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
  };
  const partial = `${server}.${process.pid}`;
  fs.mkdirSync(path.dirname(server), { recursive: true });
  await step(`Building Kubernetes ${version} (once, some minutes)`, () =>
    run(
      'go',
      [
        'build',
        '-trimpath',
        '-ldflags',
        [
          '-s',
          '-w',
          ...Object.entries(versionFlags).map(
            ([name, value]) =>
              `-X k8s.io/component-base/version.${name}=${value}`,
          ),
        ].join(' '),
        '-o',
        partial,
        '.',
      ],
      {
        cwd: inRoot(SOURCES),
        quiet: true,
        signal,
        killSignal: 'SIGINT',
        env: { ...process.env, CGO_ENABLED: '0' },
      },
    ),
  );
  if (spawnSync(partial, ['kube-apiserver', '--version']).status !== 0) {
    fs.rmSync(partial, { force: true });
    throw new Error('The API server was built, and does not start');
  }
  // Whole or not at all, also with two builds at a time.
  fs.renameSync(partial, server);
  return { server };
}

function kubernetesVersion() {
  const [, version] =
    /k8s\.io\/kubernetes (v\S+)/.exec(
      fs.readFileSync(inRoot(SOURCES, 'go.mod'), 'utf8'),
    ) ?? [];
  if (!version) {
    throw new Error(`${SOURCES}/go.mod names no version of Kubernetes`);
  }
  return version;
}
