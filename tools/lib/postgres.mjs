import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { step } from './log.mjs';
import { inRoot } from './paths.mjs';
import { which } from './prepare.mjs';
import { run } from './run.mjs';

const VERSIONS = '/usr/lib/postgresql';

/** Nobody's account: PostgreSQL refuses to run as root. */
const NOBODY = 65534;

/** A server that is not there by then does not come. */
const READY_MS = 60_000;

/**
 * Starts a PostgreSQL of its own on loopback, for tests: where one is installed or its Debian packages may be fetched. Nothing is installed and no
 * service starts. Returns its major version, its connection string and the way to stop it, or undefined.
 */
export async function startPostgres() {
  const programs = installed() ?? (await unpacked());
  if (!programs) {
    return undefined;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-'));
  const data = path.join(folder, 'data');
  const password = randomBytes(16).toString('hex');
  const passwordFile = path.join(folder, 'password');
  fs.writeFileSync(passwordFile, password);
  const options = { env: { ...process.env, ...programs.env } };
  if (process.getuid?.() === 0) {
    fs.chownSync(folder, NOBODY, NOBODY);
    fs.chownSync(passwordFile, NOBODY, NOBODY);
    Object.assign(options, { uid: NOBODY, gid: NOBODY });
  }
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  try {
    await step('Starting PostgreSQL', () =>
      run(
        path.join(programs.bin, 'initdb'),
        [
          '-D',
          data,
          '-U',
          'postgres',
          '-A',
          'scram-sha-256',
          '-E',
          'UTF8',
          '--locale',
          'C',
          '-N',
          `--pwfile=${passwordFile}`,
          ...programs.initdb,
        ],
        { ...options, quiet: true, cwd: folder },
      ),
    );
  } catch {
    remove();
    return undefined;
  }
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 300,
    fsync: 'off',
  };
  const args = Object.entries(settings).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const server = spawn(
    path.join(programs.bin, 'postgres'),
    ['-D', data, ...args],
    { ...options, cwd: folder, stdio: 'ignore' },
  );
  const ended = new Promise(resolve =>
    server.on('close', resolve).on('error', resolve),
  );
  const stop = async () => {
    // Who is still connected is cut off.
    server.kill('SIGINT');
    await ended;
    remove();
  };
  if (!(await accepts(port, ended))) {
    await stop();
    return undefined;
  }
  return {
    major: programs.major,
    url: `postgresql://postgres:${password}@127.0.0.1:${port}`,
    stop,
  };
}

function installed() {
  const folders = fs.existsSync(VERSIONS)
    ? fs
        .readdirSync(VERSIONS)
        .map(version => path.join(VERSIONS, version, 'bin'))
    : [];
  const found = which('initdb');
  return [...folders, ...(found ? [path.dirname(fs.realpathSync(found))] : [])]
    .map(bin => programsIn(bin))
    .find(Boolean);
}

/** What these programs are, where they run; their libraries and files may be in a folder of this repository. */
function programsIn(bin, root) {
  const env = root
    ? { LD_LIBRARY_PATH: libraries(root).join(path.delimiter) }
    : {};
  const { status, stdout } = spawnSync(
    path.join(bin, 'postgres'),
    ['--version'],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  const major = /(\d+)/.exec(stdout ?? '')?.[1];
  if (
    status !== 0 ||
    major === undefined ||
    !fs.existsSync(path.join(bin, 'initdb'))
  ) {
    return undefined;
  }
  return {
    bin,
    env,
    major,
    initdb: root ? ['-L', path.join(root, 'usr/share/postgresql', major)] : [],
  };
}

function libraries(root) {
  const lib = path.join(root, 'usr/lib');
  return fs.existsSync(lib)
    ? fs.readdirSync(lib).map(entry => path.join(lib, entry))
    : [];
}

/** Unpacks the Debian package, with what it needs and this machine has not, into the cache of this repository. */
async function unpacked() {
  const root = inRoot('node_modules/.cache/debian/postgresql');
  const cached = () => {
    const folder = path.join(root, VERSIONS);
    const [version] = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    return version && programsIn(path.join(folder, version, 'bin'), root);
  };
  const before = cached();
  if (before) {
    return before;
  }
  if (!which('apt-get') || !which('dpkg')) {
    return undefined;
  }
  try {
    await step('Fetching PostgreSQL', async () => {
      if (
        spawnSync('apt-cache', ['show', 'postgresql'], { stdio: 'ignore' })
          .status !== 0
      ) {
        await run('apt-get', ['update', '-qq'], { quiet: true });
      }
      const { stdout } = spawnSync('apt-cache', ['depends', 'postgresql'], {
        encoding: 'utf8',
      });
      const [name] = /postgresql-\d+/.exec(stdout) ?? [];
      fs.mkdirSync(root, { recursive: true });
      // Only some of its libraries are everywhere.
      const needed =
        spawnSync('apt-cache', ['depends', name], {
          encoding: 'utf8',
        }).stdout.match(/(?<= Depends: )lib[\w.+-]+/g) ?? [];
      const missing = needed.filter(
        entry =>
          entry !== 'libc6' &&
          spawnSync('dpkg', ['-s', entry], { stdio: 'ignore' }).status !== 0,
      );
      await run('apt-get', ['download', '-qq', name, ...missing], {
        cwd: root,
        quiet: true,
      });
      for (const file of fs
        .readdirSync(root)
        .filter(entry => entry.endsWith('.deb'))) {
        await run('dpkg', ['-x', file, '.'], { cwd: root, quiet: true });
        fs.rmSync(path.join(root, file));
      }
    });
  } catch {
    return undefined;
  }
  return cached();
}

async function freePort() {
  const server = net.createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function accepts(port, ended) {
  let isOver = false;
  ended.then(() => (isOver = true));
  const deadline = Date.now() + READY_MS;
  while (!isOver && Date.now() < deadline) {
    const isOpen = await new Promise(resolve => {
      const socket = net
        .connect(port, '127.0.0.1', () => resolve(true))
        .on('error', () => resolve(false));
      socket.on('close', () => {});
      socket.unref();
      setTimeout(() => socket.destroy(), 500).unref();
    });
    if (isOpen) {
      return true;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return false;
}
