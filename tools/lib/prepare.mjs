import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Complaint, step } from './log.mjs';
import { inRoot, root, toolsBin } from './paths.mjs';
import { run } from './run.mjs';

const SUITABLE_NODE = [22, 24];

/** The first program of these names on the search path. */
export function which(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const candidate = path.join(folder, name);
      if (folder && fs.existsSync(candidate)) {
        return candidate;
      }
    }
  }
  return undefined;
}

/** Refuses to begin what cannot end: one line that names every program that is missing. */
export function requirePrograms(programs) {
  const missing = programs.filter(({ names }) => !which(...names));
  if (missing.length > 0) {
    throw new Complaint(
      `Missing: ${missing
        .map(({ names, why }) => `${names.join(' or ')} (${why})`)
        .join('; ')}. Install and start again.`,
    );
  }
}

/**
 * Installs what is missing: the pinned Yarn, a Node that suits, and the dependencies. Returns the Node to run everything with.
 */
export async function prepare() {
  if (!fs.existsSync(path.join(toolsBin, 'yarn'))) {
    await step('Installing Yarn and Node', () =>
      run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: inRoot('tools'),
      }),
    );
  }
  const node = suitableNode();
  process.env.PATH = `${path.dirname(node)}${path.delimiter}${toolsBin}${
    path.delimiter
  }${process.env.PATH}`;
  const stamp = inRoot('node_modules/.install-stamp');
  const wanted = hashOf(['yarn.lock', 'package.json', ...workspaceManifests()]);
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
    await step('Installing dependencies', () =>
      run(
        node,
        [
          inRoot('tools/node_modules/@yarnpkg/cli-dist/bin/yarn.js'),
          'install',
          '--immutable',
        ],
        { cwd: root, quiet: true },
      ),
    );
    fs.writeFileSync(stamp, wanted);
  }
  return node;
}

function suitableNode() {
  const own = Number(process.versions.node.split('.')[0]);
  if (SUITABLE_NODE.includes(own)) {
    return process.execPath;
  }
  const pinned = path.join(toolsBin, 'node');
  if (fs.existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) {
    return fs.realpathSync(pinned);
  }
  throw new Complaint(
    `This portal runs on Node ${SUITABLE_NODE.join(' or ')}; found ${
      process.versions.node
    }, and none is pinned for this platform. Install Node 24.`,
  );
}

function workspaceManifests() {
  return ['packages', 'plugins'].flatMap(folder =>
    fs
      .readdirSync(inRoot(folder))
      .map(name => `${folder}/${name}/package.json`)
      .filter(file => fs.existsSync(inRoot(file))),
  );
}

/** One hash over files of the repository. */
export function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash
      .update(file)
      .update('\0')
      .update(fs.readFileSync(inRoot(file)));
  }
  return hash.digest('hex');
}

/** Files that make up the built frontend. */
export function filesBelow(...folders) {
  const files = [];
  for (const folder of folders) {
    for (const entry of fs
      .readdirSync(inRoot(folder), { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const relative = `${folder}/${entry.name}`;
      if (
        entry.isDirectory() &&
        !['node_modules', 'dist', '__fixtures__'].includes(entry.name)
      ) {
        files.push(...filesBelow(relative));
      } else if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) {
        files.push(relative);
      }
    }
  }
  return files;
}
