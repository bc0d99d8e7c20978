// What the rules cost: time of verify over environments of many objects, beside the floor that reading the same YAML is.
//   node benchmarks/engine.mjs
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(path.join(root, 'package.json'));
require('@backstage/cli/config/nodeTransform.cjs');
const { verify, validateIntent } = require(path.join(
  root,
  'packages/engine/src',
));
const { loadAll } = createRequire(
  path.join(root, 'packages/engine/package.json'),
)('js-yaml');

const NAMES = ['dev', 'test', 'qa', 'perf', 'staging', 'prod'];

function intentOf(count) {
  const names = [...NAMES.slice(0, count - 1), 'prod'];
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'shop', owner: 'group:default/shop' },
    isolation: 'shared-nonprod',
    clusters: [
      { name: 'nonprod', environments: names.slice(0, -1) },
      { name: 'prod', environments: ['prod'] },
    ],
    environments: names.map((name, index) => ({
      name,
      level: index + 1,
      kind: name === 'prod' ? 'production' : 'non-production',
      cluster: name === 'prod' ? 'prod' : 'nonprod',
      namespace: `shop-${name}`,
      delivery:
        index === 0
          ? { sync: 'automatic' }
          : { sync: 'automatic', from: names[index - 1] },
    })),
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return { intent: result.intent, names };
}

/** Manifests of an environment: Deployments, Services, ConfigMaps, policies, as a platform of many services has them. */
function manifestsOf(environment, objects) {
  const documents = [];
  for (let index = 0; documents.length < objects; index += 1) {
    const name = `service-${index}`;
    const head = kind =>
      `kind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: shop-${environment}\n  labels:\n    app.kubernetes.io/name: ${name}\n    environment: ${environment}\n`;
    documents.push(
      `apiVersion: apps/v1\n${head(
        'Deployment',
      )}spec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: ${name}\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: ${name}\n        environment: ${environment}\n    spec:\n      serviceAccountName: ${name}\n      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n      containers:\n        - name: ${name}\n          image: ghcr.io/acme/${name}:1.${index}.0\n          env:\n            - name: LOG_LEVEL\n              value: info\n            - name: URL\n              value: https://${name}.${environment}.example.com\n          ports:\n            - name: http\n              containerPort: 8080\n          readinessProbe:\n            httpGet:\n              path: /readyz\n              port: http\n          livenessProbe:\n            httpGet:\n              path: /healthz\n              port: http\n          resources:\n            requests:\n              cpu: 100m\n              memory: 128Mi\n            limits:\n              cpu: 500m\n              memory: 256Mi\n`,
      `apiVersion: v1\n${head(
        'Service',
      )}spec:\n  selector:\n    app.kubernetes.io/name: ${name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n`,
      `apiVersion: v1\n${head(
        'ConfigMap',
      )}data:\n  mode: fast\n  url: https://${environment}.example.com\n`,
      `apiVersion: networking.k8s.io/v1\n${head(
        'NetworkPolicy',
      )}spec:\n  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: ${name}\n  policyTypes: [Ingress, Egress]\n  ingress:\n    - ports:\n        - port: 8080\n`,
      `apiVersion: policy/v1\n${head(
        'PodDisruptionBudget',
      )}spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: ${name}\n`,
    );
  }
  return documents.slice(0, objects).join('---\n');
}

function measure(work, times) {
  const durations = [];
  for (let index = 0; index < times; index += 1) {
    const start = performance.now();
    work();
    durations.push(performance.now() - start);
  }
  return durations.sort((a, b) => a - b)[Math.floor(times / 2)];
}

function scene(environments, objects) {
  const { intent, names } = intentOf(environments);
  const manifests = Object.fromEntries(
    names.map(name => [name, [{ name, text: manifestsOf(name, objects) }]]),
  );
  return {
    run: () => verify({ intent, manifests, now: '2026-01-01T00:00:00Z' }),
    floor: () =>
      Object.values(manifests).forEach(([{ text }]) => loadAll(text)),
  };
}

function report(what, value, limit) {
  console.log(
    `${value <= limit ? 'ok  ' : 'SLOW'} ${what}: ${value.toFixed(
      0,
    )} (at most ${limit})`,
  );
}

if (process.argv[2] === 'memory') {
  // In a process of its own, so that nothing else is counted.
  const { run } = scene(6, 1000);
  const start = performance.now();
  run();
  const took = performance.now() - start;
  console.log(
    JSON.stringify({
      took,
      peak: process.resourceUsage().maxRSS / 1024,
      idle: Number(process.argv[3] ?? 0),
    }),
  );
} else if (process.argv[2] === 'idle') {
  scene(6, 1000);
  console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS / 1024 }));
} else {
  const small = scene(3, 45);
  measure(small.run, 20);
  const warm = measure(small.run, 20);
  report('3 environments x 45 objects, warm, ms', warm, 50);
  console.log(
    `     ${(warm / measure(small.floor, 20)).toFixed(
      1,
    )} times what reading the YAML takes`,
  );

  const child = (...args) =>
    JSON.parse(
      spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
        encoding: 'utf8',
      }).stdout,
    );
  const idle = child('idle');
  const large = child('memory');
  report('6 environments x 1000 objects, cold, ms', large.took, 2000);
  report(
    '6 environments x 1000 objects, MiB over idle',
    large.peak - idle.peak,
    300,
  );

  const [half, whole] = [500, 1000].map(objects =>
    measure(scene(6, objects).run, 3),
  );
  console.log(
    `     twice the objects take ${(whole / half).toFixed(2)} times as long`,
  );

  const overlays = path.join(
    root,
    'packages/cli/src/__fixtures__/deploy-config',
  );
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
  const renders = measure(() => {
    for (const name of ['dev', 'staging', 'prod']) {
      spawnSync('kubectl', [
        'kustomize',
        path.join(overlays, 'apps/checkout/overlays', name),
      ]);
    }
  }, 3);
  const cli = measure(
    () =>
      spawnSync(process.execPath, [
        path.join(root, 'packages/cli/bin/environments'),
        'verify',
        '--deploy-config',
        overlays,
      ]),
    5,
  );
  fs.rmSync(folder, { recursive: true });
  report(
    'the command line over what kubectl takes for three overlays, ms',
    cli - renders,
    500,
  );
}
