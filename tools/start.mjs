import fs from 'node:fs';
import path from 'node:path';
import { bold, dim, fail, step } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { buildFrontend, startPlayground, startPortal } from './lib/portal.mjs';
import { portFromEnvironment, requireFreePorts } from './lib/ports.mjs';
import { prepare, requirePrograms } from './lib/prepare.mjs';
import { Companions } from './lib/run.mjs';

const companions = new Companions();
let stopping;

function stop(code) {
  stopping ??= companions.stop().then(() => process.exit(code));
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    process.stdout.write(dim('\nStopping ...\n'));
    stop(0);
  });
}

try {
  requirePrograms([
    { names: ['git'], why: "the playground's git host" },
    { names: ['kubectl', 'kustomize'], why: 'renders manifests' },
  ]);
  const port = portFromEnvironment();
  await requireFreePorts(port);
  const state = path.resolve(
    process.env.PLAYGROUND_STATE ?? inRoot('.playground'),
  );
  fs.mkdirSync(state, { recursive: true });
  const node = await prepare();
  await buildFrontend(node);
  companions.onEnd = (name, code) => {
    if (!stopping) {
      fail(
        `The ${name} ended with ${code}; see ${path.join(
          state,
          `${name}.log`,
        )}`,
      );
      stop(1);
    }
  };
  const logTo = name => fs.createWriteStream(path.join(state, `${name}.log`));
  await step(
    'Starting the playground: git host, two clusters, Argo CD, sign-in',
    () =>
      startPlayground(companions, {
        node,
        port,
        state,
        log: logTo('playground'),
      }),
  );
  await step('Starting the portal', () =>
    startPortal(companions, { node, port, state, log: logTo('portal') }),
  );
  process.stdout.write(`
${bold(`http://localhost:${port}`)}   sign in as anyone on the list

What to try:
  1. Create > "Service with its environments": five fields are enough.
  2. Open the new service, tab "Environments": dev and staging come alive, prod waits for its first sync.
  3. ${bold(
    `npm run release -- --service NAME --version 0.2.0`,
  )}, and watch dev follow; promote to staging, then to prod,
     whose pull request somebody approves on its page of the git host before it can be merged.
  4. ${bold(
    'npm run playground -- stop prod',
  )}: what is not known any more says so. ${bold('start prod')}: it heals.

Ctrl-C stops everything; npm run reset forgets everything.
`);
} catch (error) {
  if (!stopping) {
    fail(error);
    await stop(1);
  }
}
