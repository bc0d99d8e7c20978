// What the backend costs, beside floors and a peer that are measured in the same run: node benchmarks/backend.mjs [--services 1000]
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot, nodeTransform } from '../tools/lib/paths.mjs';
import { prepare } from '../tools/lib/prepare.mjs';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1000' },
    applications: { type: 'string', default: '8000' },
  },
});
const SERVICES = Number(values.services);
const APPLICATIONS = Number(values.applications);
const VIEWERS = 100;
const VIEWS = 2_000;
const CHANGES = 20;
/** Of every watch and stream, each time: hundreds of reconnects. */
const CUTS = 10;
/** What is cut as soon as it is open is left in peace for longer and longer, as it should be: they are cut once they count as open. */
const BETWEEN_CUTS_MS = 2_000;
/**
 * As in a container of a GiB. Where nothing bounds it, V8 lets garbage grow with the memory of the machine before it collects any, and what
 * the process takes says more of the machine than of what runs in it.
 */
const HEAP_MIB = 512;
const CLUSTERS = ['one', 'two', 'three'];
// The Node.js that everything is built for, installed where it is not the one at hand.
const node = process.versions.node.startsWith('24.')
  ? process.execPath
  : await prepare();
const token = randomBytes(24).toString('hex');
const headers = { Authorization: `Bearer ${token}` };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
const children = new Set();
const results = [];

function start(args, options = {}) {
  const child = spawn(node, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  children.add(child);
  child.on('close', () => children.delete(child));
  return child;
}

async function stop(child) {
  await new Promise(resolve => {
    if (child.exitCode !== null) {
      resolve();
      return;
    }
    child.on('close', resolve);
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
  });
}

/** The first line, which says all there is to say, as JSON. */
async function firstLine(child) {
  let text = '';
  let trouble = '';
  child.stderr.on('data', chunk => (trouble += chunk));
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) {
      return JSON.parse(text.split('\n')[0]);
    }
  }
  throw new Error(`It ended without a word: ${trouble}`);
}

async function freePort() {
  const server = net.createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function json(url, init) {
  const response = await fetch(url, { headers, ...init });
  if (!response.ok) {
    throw new Error(
      `${url}: HTTP ${response.status} ${(await response.text()).slice(
        0,
        300,
      )}`,
    );
  }
  return response.status === 204 ? undefined : await response.json();
}

async function until(what, ask, seconds = 300) {
  const deadline = performance.now() + seconds * 1000;
  let last;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer === true) {
        return;
      }
      last = JSON.stringify(answer);
    } catch (error) {
      if (error.isFinal) {
        throw error;
      }
      last = error;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`It did not come to that: ${what} ${last ?? ''}`);
}

function p95(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1];
}

/** As many viewers at once, each asking again as soon as it is answered. */
async function views(count, ask) {
  const times = [];
  let left = count;
  await Promise.all(
    Array.from({ length: VIEWERS }, async () => {
      while (left-- > 0) {
        const at = performance.now();
        await ask(left);
        times.push(performance.now() - at);
      }
    }),
  );
  return p95(times);
}

function report(what, value, limit, isGood) {
  results.push(isGood);
  process.stdout.write(
    `${isGood === undefined ? ' ' : isGood ? '✓' : '✗'} ${what}: ${value}${
      limit ? ` (${limit})` : ''
    }\n`,
  );
}

async function startPortal(name, upstream, services) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const catalog = path.join(folder, `${name}.yaml`);
  const entities = Array.from({ length: services }, (_, index) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: `svc-${index}`,
      annotations: {
        'backstage.io/kubernetes-id': `svc-${index}`,
        'argocd/app-selector': `service=svc-${index}`,
      },
    },
    spec: {
      type: 'service',
      owner: 'group:default/team',
      lifecycle: 'production',
    },
  }));
  fs.writeFileSync(
    catalog,
    entities.map(entity => JSON.stringify(entity)).join('\n---\n'),
  );
  const config = path.join(folder, `${name}.config.json`);
  fs.writeFileSync(
    config,
    JSON.stringify({
      app: { baseUrl: url },
      backend: {
        baseUrl: url,
        listen: { host: '127.0.0.1', port },
        database: {
          client: 'better-sqlite3',
          connection: { directory: path.join(folder, name) },
        },
        auth: {
          externalAccess: [
            { type: 'static', options: { token, subject: 'benchmark' } },
          ],
        },
      },
      auth: { providers: {} },
      catalog: {
        rules: [{ allow: ['Component'] }],
        locations: services > 0 ? [{ type: 'file', target: catalog }] : [],
        processingInterval: { hours: 10 },
      },
      kubernetes: {
        serviceLocatorMethod: { type: 'multiTenant' },
        clusterLocatorMethods: [
          {
            type: 'config',
            clusters: CLUSTERS.map(cluster => ({
              name: cluster,
              url: upstream[cluster],
              authProvider: 'serviceAccount',
              serviceAccountToken: 'benchmark',
              skipMetricsLookup: true,
            })),
          },
        ],
      },
      argocd: {
        appLocatorMethods: [
          {
            type: 'config',
            instances: [
              { name: 'main', url: upstream.argocd, token: 'benchmark' },
            ],
          },
        ],
      },
    }),
  );
  fs.mkdirSync(path.join(folder, name));
  const log = fs.createWriteStream(path.join(folder, `${name}.log`));
  const child = start(
    [
      '--expose-gc',
      `--max-old-space-size=${HEAP_MIB}`,
      '--require',
      nodeTransform,
      inRoot('benchmarks/backend/portal.ts'),
      '--config',
      config,
    ],
    {
      cwd: inRoot('packages/backend'),
      env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn' },
    },
  );
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const api = `${url}/api/environments/v1`;
  await until(
    `portal ${name} answers`,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw Object.assign(new Error('the portal ended'), { isFinal: true });
      }
      const { sources } = await json(`${api}/environments`);
      return (
        (sources.length === 4 &&
          sources.every(({ status }) => status === 'observed')) ||
        sources
      );
    },
    90,
  );
  return { child, url, api };
}

const matrixOf = ({ api }, service) =>
  json(`${api}/entities/component/default/${service}/matrix`);

/** MiB: what the process takes, and what of it is held by values that are in use. */
async function memoryOf({ url }) {
  const samples = [];
  for (let index = 0; index < 5; index++) {
    samples.push(await json(`${url}/api/floor/memory`));
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  const least = of => Math.min(...samples.map(of)) / 1024 / 1024;
  return {
    rss: least(({ rss }) => rss),
    held: least(({ heapUsed, external }) => heapUsed + external),
  };
}

async function untilWorkedOut(portal, services) {
  await until(
    'every service is worked out',
    async () => {
      const { total, items } = await json(
        `${portal.api}/fleet?limit=200&order=-name`,
      );
      return (
        total === services &&
        items.every(
          ({ environments }) =>
            environments.length === 3 &&
            environments.every(({ summary }) => summary.version === '1'),
        )
      );
    },
    600,
  );
}

async function measure() {
  const upstream = await firstLine(
    start([inRoot('benchmarks/backend/upstream.mjs')]),
  );
  const control = query => json(`${upstream.control}${query}`);

  const idle = await startPortal('idle', upstream, 0);
  const idleMemory = await memoryOf(idle);
  await stop(idle.child);

  const half = Math.round(SERVICES / 2);
  await control(`/fill?services=${half}&applications=${APPLICATIONS / 2}`);
  const halfPortal = await startPortal('half', upstream, half);
  await untilWorkedOut(halfPortal, half);
  const halfMemory = await memoryOf(halfPortal);
  await stop(halfPortal.child);

  await control(`/fill?services=${SERVICES}&applications=${APPLICATIONS}`);
  const ingested = await firstLine(
    start([
      '--require',
      nodeTransform,
      inRoot('benchmarks/backend/ingest.ts'),
      upstream.argocd,
    ]),
  );
  report(
    `${ingested.applications} Argo CD applications in the database after`,
    `${(ingested.ms / 1000).toFixed(1)} s`,
    'at most 5 s',
    ingested.ms <= 5_000,
  );

  const startedAt = performance.now();
  const portal = await startPortal('full', upstream, SERVICES);
  await untilWorkedOut(portal, SERVICES);
  report(
    `${SERVICES} services in 3 environments shown`,
    `${((performance.now() - startedAt) / 1000).toFixed(0)} s after the start`,
  );
  const fullMemory = await memoryOf(portal);
  const over = {
    half: halfMemory.rss - idleMemory.rss,
    full: fullMemory.rss - idleMemory.rss,
  };
  const held = {
    half: halfMemory.held - idleMemory.held,
    full: fullMemory.held - idleMemory.held,
  };
  report(
    `memory over idle of ${SERVICES} services and ${APPLICATIONS} applications`,
    `${over.full.toFixed(0)} MiB, ${held.full.toFixed(0)} MiB of it in use`,
    `at most 300 MiB; idle ${idleMemory.rss.toFixed(0)} MiB`,
    over.full <= 300,
  );
  report(
    'the same at half of each',
    `${over.half.toFixed(0)} MiB, ${held.half.toFixed(
      0,
    )} MiB of it in use; twice as many take ${(over.full / over.half).toFixed(
      1,
    )} × as much`,
    'at most 2.2 ×, and 40 MiB for what an allocator keeps',
    over.full <= over.half * 2.2 + 40,
  );

  const body = JSON.stringify(await matrixOf(portal, 'svc-7'));
  await json(`${portal.url}/api/floor/body`, { method: 'PUT', body });
  const askMatrix = index =>
    matrixOf(portal, `svc-${index % Math.min(50, SERVICES)}`);
  const askFloor = () => json(`${portal.url}/api/floor/body`);
  await views(VIEWS / 4, askMatrix);
  await views(VIEWS / 4, askFloor);
  const before = (await control('/')).requests;
  const beganAt = performance.now();
  const matrix = await views(VIEWS, askMatrix);
  const seconds = (performance.now() - beganAt) / 1000;
  const asked = (await control('/')).requests - before;
  const floor = await views(VIEWS, askFloor);
  report(
    `matrix of ${(body.length / 1024).toFixed(
      0,
    )} KiB, p95 at ${VIEWERS} viewers`,
    `${matrix.toFixed(0)} ms, ${(matrix / floor).toFixed(
      1,
    )} × a static route of the same size`,
    `${floor.toFixed(0)} ms; at most 3 ×`,
    matrix <= 3 * floor,
  );
  // Four sources ask every five seconds whether the other side is there, whoever looks or does not.
  const probes = Math.ceil(seconds / 5 + 1) * 4;
  report(
    `upstream requests while ${VIEWS} views were answered`,
    asked,
    `none but probes: at most ${probes}`,
    asked <= probes,
  );

  const times = [];
  for (let index = 0; index < CHANGES; index++) {
    const service = `svc-${index % SERVICES}`;
    await control(
      `/release?service=${service}&environment=dev&version=${index + 2}`,
    );
    const at = performance.now();
    await until(
      'the change is shown',
      async () =>
        (await matrixOf(portal, service)).environments[0].summary.version ===
        String(index + 2),
      30,
    );
    times.push(performance.now() - at);
  }
  report(
    'from a change in a cluster to the API, p95',
    `${p95(times).toFixed(0)} ms`,
    'at most 1000 ms',
    p95(times) <= 1_000,
  );

  const steady = await control('/');
  let most = steady.open;
  for (let index = 0; index < CUTS; index++) {
    await control('/cut');
    await until(
      'every watch is open again',
      async () => {
        const { open } = await control('/');
        most = Math.max(most, open);
        return open >= steady.open;
      },
      60,
    );
    await new Promise(resolve => setTimeout(resolve, BETWEEN_CUTS_MS));
  }
  const afterwards = await control('/');
  const isConstant = most === steady.open && afterwards.open === steady.open;
  report(
    `open watches and streams after ${
      afterwards.opened - steady.opened
    } forced reconnects`,
    `${afterwards.open}, at most ${most} at a time`,
    `${steady.open} before`,
    isConstant,
  );

  await peer(portal, matrix);

  await control('/hang?cluster=two');
  const hanging = await views(VIEWS, askMatrix);
  const again = await views(VIEWS, askFloor);
  report(
    'the same with one of three clusters hanging',
    `${hanging.toFixed(0)} ms, ${(hanging / again).toFixed(
      1,
    )} × the static route`,
    'at most 3 ×',
    hanging <= 3 * again,
  );
  await until(
    'the page says that it hangs',
    async () =>
      (
        await json(`${portal.api}/environments`)
      ).sources.some(
        ({ name, status }) => name === 'two' && status === 'timeout',
      ),
    60,
  );
  await control('/heal');
  await stop(portal.child);
}

/** The same page through the Kubernetes plugin: every view asks every cluster. */
async function peer(portal, matrix) {
  const ask = async index => {
    const name = `svc-${index % Math.min(50, SERVICES)}`;
    const entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name,
        namespace: 'default',
        annotations: { 'backstage.io/kubernetes-id': name },
      },
      spec: { type: 'service', owner: 'team', lifecycle: 'production' },
    };
    await json(`${portal.url}/api/kubernetes/services/${name}`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ entity, auth: {} }),
    });
  };
  try {
    await ask(0);
  } catch (error) {
    process.stdout.write(
      `  the Kubernetes plugin's own page was not measured: ${error.message}\n`,
    );
    return;
  }
  const time = await views(VIEWERS * 2, ask);
  report(
    "p95 of the Kubernetes plugin's own route, at as many viewers",
    `${time.toFixed(0)} ms, ${(time / matrix).toFixed(1)} × the matrix`,
  );
}

/** What the tests against real API servers read from their audit logs, as of when they ran last. */
function reportRealServers() {
  const file = inRoot('node_modules/.cache/results/kubernetes-measured.json');
  if (!fs.existsSync(file)) {
    process.stdout.write(
      '  against real API servers: not measured yet; npm run test:kubernetes does\n',
    );
    return;
  }
  const at = fs.statSync(file).mtime.toISOString();
  process.stdout.write(`  against real API servers, measured at ${at}:\n`);
  const measured = JSON.parse(fs.readFileSync(file, 'utf8'));
  for (const [what, value] of Object.entries(measured)) {
    process.stdout.write(`    ${what}: ${value}\n`);
  }
}

try {
  await measure();
  reportRealServers();
} catch (error) {
  process.stdout.write(`✗ ${error.stack}\n  logs: ${folder}\n`);
  results.push(false);
} finally {
  await Promise.all([...children].map(stop));
}
const isGood = !results.includes(false);
if (isGood) {
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isGood ? 0 : 1;
