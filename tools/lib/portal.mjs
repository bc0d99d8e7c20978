import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Complaint, step } from './log.mjs';
import { inRoot, nodeTransform } from './paths.mjs';
import { filesBelow, hashOf } from './prepare.mjs';
import { run } from './run.mjs';

const FRONTEND_SOURCES = [
  'packages/app',
  'plugins/environments',
  'plugins/environments-common',
  'packages/engine',
];

/** Builds the frontend, unless it was built from the same sources before. */
export async function buildFrontend(node) {
  const stamp = inRoot('packages/app/dist/.build-stamp');
  const wanted = hashOf(['yarn.lock', ...filesBelow(...FRONTEND_SOURCES)]);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  await step('Building the frontend', () =>
    run(
      node,
      [
        inRoot('node_modules/@backstage/cli/bin/backstage-cli'),
        'package',
        'build',
      ],
      { cwd: inRoot('packages/app'), quiet: true },
    ),
  );
  fs.writeFileSync(stamp, wanted);
}

/** Starts the playground, and waits until it says that it is ready. */
export function startPlayground(companions, { node, port, state, log }) {
  const child = companions.start(
    'playground',
    node,
    [
      '--require',
      nodeTransform,
      inRoot('packages/playground/src/main.ts'),
      '--port',
      String(port),
      '--state',
      state,
    ],
    {
      cwd: inRoot('packages/playground'),
    },
  );
  return waitForOutput(child, /^ready\b/m, 'The playground', log);
}

/** Starts the portal with the playground's configuration, and waits until one can sign in and create something. */
export async function startPortal(companions, { node, port, state, log }) {
  // With it this command asks the catalog whether it has been filled; nobody else ever sees it.
  const token = randomBytes(24).toString('hex');
  const externalAccess = [
    {
      type: 'static',
      options: { token, subject: 'npm-start' },
      accessRestrictions: [{ plugin: 'catalog' }],
    },
  ];
  const child = companions.start(
    'portal',
    node,
    [
      '--enable-source-maps',
      '--require',
      nodeTransform,
      inRoot('packages/backend/src/index.ts'),
      '--config',
      inRoot('app-config.yaml'),
      '--config',
      path.join(state, 'app-config.playground.yaml'),
    ],
    {
      cwd: inRoot('packages/backend'),
      env: {
        ...process.env,
        NODE_ENV: 'production',
        APP_CONFIG_backend_auth_externalAccess: JSON.stringify(externalAccess),
      },
    },
  );
  let ended = false;
  child.on('close', () => {
    ended = true;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => log.write(chunk));
  }
  for (;;) {
    if (ended) {
      throw new Complaint(
        `The portal did not start. What it said: ${log.path}`,
      );
    }
    if (
      (await hasEntity(port, token, 'user')) &&
      (await hasEntity(port, token, 'template'))
    ) {
      return child;
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

/** The catalog reads its first files some seconds after the start; before that nobody could sign in. */
async function hasEntity(port, token, kind) {
  try {
    const response = await fetch(
      `http://127.0.0.1:${port}/api/catalog/entities/by-query?limit=1&filter=kind=${kind}`,
      {
        headers: { Authorization: `Bearer ${token}` },
      },
    );
    return response.ok && (await response.json()).items.length > 0;
  } catch {
    return false; // not listening yet
  }
}

function waitForOutput(child, pattern, what, log) {
  return new Promise((resolve, reject) => {
    let seen = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        log.write(chunk);
        seen = (seen + chunk).slice(-10_000);
        if (pattern.test(seen)) {
          resolve(child);
        }
      });
    }
    child.on('close', () =>
      reject(
        new Complaint(
          `${what} did not start: ${seen
            .trim()
            .split('\n')
            .slice(-3)
            .join(' ')}`,
        ),
      ),
    );
  });
}
