// Three clusters and an Argo CD that answer after 20 ms, with as many services as they are told to have. It counts what it is asked.
import http from 'node:http';

const LATENCY_MS = 20;
const ENVIRONMENTS = [
  { name: 'dev', cluster: 'one' },
  { name: 'staging', cluster: 'two' },
  { name: 'prod', cluster: 'three' },
];
const PODS = 3;
const GROUPS = [
  ['autoscaling', 'v2'],
  ['policy', 'v1'],
  ['networking.k8s.io', 'v1'],
];

const state = {
  services: 0,
  applications: 0,
  requests: 0,
  opened: 0,
  hanging: new Set(),
  version: 1000,
};
const clusters = new Map(
  ENVIRONMENTS.map(({ cluster }) => [cluster, new Cluster(cluster)]),
);
const streams = new Set();
const releases = new Map();

function Cluster(name) {
  this.name = name;
  this.objects = new Map([
    ['/api/v1/namespaces', new Map()],
    ['/api/v1/pods', new Map()],
    ['/apis/apps/v1/deployments', new Map()],
    ['/apis/apps/v1/replicasets', new Map()],
  ]);
  this.watches = new Map();
}

function objectsOf(service, { name: environment }, version) {
  const namespace = `${service}-${environment}`;
  const labels = { 'backstage.io/kubernetes-id': service, app: service };
  const image = `registry.example.com/${service}:${version}`;
  const template = {
    metadata: { labels },
    spec: {
      containers: [
        {
          name: service,
          image,
          resources: { requests: { cpu: '100m', memory: '128Mi' } },
        },
      ],
    },
  };
  const meta = (kind, name, more = {}) => ({
    name,
    namespace,
    uid: `${kind}-${namespace}-${name}`,
    labels,
    resourceVersion: String(++state.version),
    creationTimestamp: '2026-11-23T08:00:00Z',
    ...more,
  });
  const owner = (kind, name) => ({
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind,
        name,
        uid: `${kind}-${namespace}-${name}`,
        controller: true,
      },
    ],
  });
  return [
    [
      '/api/v1/namespaces',
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: namespace,
          uid: namespace,
          labels: {},
          resourceVersion: String(++state.version),
        },
        status: { phase: 'Active' },
      },
    ],
    [
      '/apis/apps/v1/deployments',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta('Deployment', service, { generation: version }),
        spec: {
          replicas: PODS,
          selector: { matchLabels: { app: service } },
          template,
        },
        status: {
          observedGeneration: version,
          replicas: PODS,
          updatedReplicas: PODS,
          readyReplicas: PODS,
          availableReplicas: PODS,
          conditions: [
            { type: 'Available', status: 'True' },
            {
              type: 'Progressing',
              status: 'True',
              reason: 'NewReplicaSetAvailable',
            },
          ],
        },
      },
    ],
    [
      '/apis/apps/v1/replicasets',
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: meta('ReplicaSet', service, owner('Deployment', service)),
        spec: { replicas: PODS, template },
        status: { replicas: PODS, readyReplicas: PODS, observedGeneration: 1 },
      },
    ],
    ...Array.from({ length: PODS }, (_, index) => [
      '/api/v1/pods',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: meta(
          'Pod',
          `${service}-${index}`,
          owner('ReplicaSet', service),
        ),
        spec: { nodeName: 'node', containers: template.spec.containers },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [
            {
              name: service,
              image,
              imageID: `registry.example.com/${service}@sha256:${String(
                version,
              ).padStart(64, '0')}`,
              ready: true,
              restartCount: 0,
              state: { running: { startedAt: '2026-11-23T08:00:00Z' } },
            },
          ],
        },
      },
    ]),
  ];
}

const keyOf = ({ metadata: { namespace = '', name } }) =>
  `${namespace}/${name}`;

function put(cluster, path, object) {
  const objects = cluster.objects.get(path);
  const type = objects.has(keyOf(object)) ? 'MODIFIED' : 'ADDED';
  objects.set(keyOf(object), object);
  for (const watch of cluster.watches.get(path) ?? []) {
    watch.write(`${JSON.stringify({ type, object })}\n`);
  }
}

function release(service, environment, version) {
  releases.set(`${service} ${environment.name}`, version);
  for (const [path, object] of objectsOf(service, environment, version)) {
    put(clusters.get(environment.cluster), path, object);
  }
}

function application(index) {
  const isService = index < state.services * ENVIRONMENTS.length;
  const service = isService
    ? `svc-${Math.floor(index / ENVIRONMENTS.length)}`
    : `other-${index}`;
  const { name: environment, cluster } =
    ENVIRONMENTS[index % ENVIRONMENTS.length];
  return {
    metadata: {
      name: `${service}-${environment}`,
      namespace: 'argocd',
      uid: `app-${index}`,
      resourceVersion: String(1000 + index),
      labels: { service, environment },
    },
    spec: {
      project: 'default',
      destination: { name: cluster, namespace: `${service}-${environment}` },
      source: {
        repoURL: 'https://git.example.com/acme/config.git',
        path: `apps/${service}/overlays/${environment}`,
        targetRevision: 'main',
      },
      syncPolicy: { automated: {} },
    },
    status: {
      sync: {
        status: 'Synced',
        revision: 'c0ffee0000000000000000000000000000000000',
      },
      health: { status: 'Healthy', lastTransitionTime: '2026-11-23T08:00:00Z' },
      reconciledAt: '2026-11-23T08:00:00Z',
      operationState: {
        phase: 'Succeeded',
        startedAt: '2026-11-23T08:00:00Z',
        finishedAt: '2026-11-23T08:00:01Z',
        message: 'successfully synced (all tasks run)',
      },
      history: Array.from({ length: 10 }, (_, id) => ({
        id,
        revision: 'c0ffee0000000000000000000000000000000000',
        deployedAt: '2026-11-23T08:00:00Z',
        initiatedBy: { automated: true },
        source: {
          repoURL: 'https://git.example.com/acme/config.git',
          path: `apps/${service}/overlays/${environment}`,
          targetRevision: 'main',
        },
      })),
      resources: Array.from({ length: 12 }, (_, number) => ({
        version: 'v1',
        kind: 'ConfigMap',
        namespace: `${service}-${environment}`,
        name: `resource-${number}`,
        status: 'Synced',
      })),
    },
  };
}

function outline({
  metadata: { name, namespace, labels },
  spec,
  status: { sync, health, operationState },
}) {
  const { phase, startedAt, finishedAt } = operationState;
  return {
    metadata: { name, namespace, labels },
    spec,
    status: { sync, health, operationState: { phase, startedAt, finishedAt } },
  };
}

const send = (response, body, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

function answerCluster(cluster, url, response) {
  const path = url.pathname;
  if (path === '/version') {
    send(response, { major: '1', minor: '36', gitVersion: 'v1.36.1' });
  } else if (path === '/apis') {
    send(response, {
      kind: 'APIGroupList',
      groups: [['apps', 'v1'], ...GROUPS].map(([group, version]) => ({
        name: group,
        versions: [{ groupVersion: `${group}/${version}`, version }],
      })),
    });
  } else if (path === '/api/v1' || path === '/apis/apps/v1') {
    const resources = [...cluster.objects.keys()]
      .filter(key => key.startsWith(`${path}/`))
      .map(key => ({ name: key.split('/').pop() }));
    send(response, { kind: 'APIResourceList', resources });
  } else if (url.searchParams.has('watch')) {
    watch(cluster, path, response);
  } else if (cluster.objects.has(path)) {
    list(cluster, path, url, response);
  } else {
    const isServed =
      GROUPS.some(([group, version]) =>
        path.startsWith(`/apis/${group}/${version}`),
      ) ||
      path.startsWith('/api/v1/') ||
      path.startsWith('/apis/apps/v1/');
    if (isServed) {
      send(response, {
        kind: 'List',
        metadata: { resourceVersion: String(state.version) },
        items: [],
        resources: [],
      });
    } else {
      send(
        response,
        {
          kind: 'Status',
          status: 'Failure',
          reason: 'NotFound',
          message: 'the server could not find the requested resource',
          code: 404,
        },
        404,
      );
    }
  }
}

function list(cluster, path, url, response) {
  const selector = url.searchParams.get('labelSelector');
  const [key, value] = (selector ?? '').split('=');
  const all = [...cluster.objects.get(path).values()].filter(
    ({ metadata }) => !selector || metadata.labels?.[key] === value,
  );
  const limit = Number(url.searchParams.get('limit') ?? all.length);
  const from = Number(url.searchParams.get('continue') ?? 0);
  const end = from + (limit || all.length);
  send(response, {
    kind: 'List',
    metadata: {
      resourceVersion: String(state.version),
      ...(end < all.length ? { continue: String(end) } : {}),
    },
    items: all.slice(from, end),
  });
}

function watch(cluster, path, response) {
  const watches = cluster.watches.get(path) ?? new Set();
  cluster.watches.set(path, watches);
  watches.add(response);
  state.opened += 1;
  response.on('close', () => watches.delete(response));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
}

function answerArgoCd(url, response) {
  const path = url.pathname;
  if (path === '/api/version') {
    send(response, { Version: 'v3.5.1' });
  } else if (path === '/api/v1/clusters') {
    send(response, {
      items: ENVIRONMENTS.map(({ cluster }) => ({
        server: `https://${cluster}.example.com`,
        name: cluster,
        connectionState: { status: 'Successful' },
      })),
    });
  } else if (path === '/api/v1/stream/applications') {
    streams.add(response);
    state.opened += 1;
    response.on('close', () => streams.delete(response));
  } else if (path === '/api/v1/applications') {
    const items = Array.from({ length: state.applications }, (_, index) =>
      application(index),
    );
    send(response, {
      items: url.searchParams.has('fields') ? items.map(outline) : items,
    });
  } else {
    const [, service, environment] = /\/svc-(\d+)-(\w+)$/.exec(path) ?? [];
    const place = ENVIRONMENTS.findIndex(({ name }) => name === environment);
    send(
      response,
      place < 0
        ? { message: 'permission denied' }
        : application(Number(service) * ENVIRONMENTS.length + place),
      place < 0 ? 403 : 200,
    );
  }
}

function control(url, response) {
  const value = name => url.searchParams.get(name);
  if (url.pathname === '/fill') {
    state.services = Number(value('services'));
    state.applications = Number(value('applications'));
    for (let index = 0; index < state.services; index++) {
      ENVIRONMENTS.forEach(environment =>
        release(`svc-${index}`, environment, 1),
      );
    }
  } else if (url.pathname === '/release') {
    release(
      value('service'),
      ENVIRONMENTS.find(({ name }) => name === value('environment')),
      Number(value('version')),
    );
  } else if (url.pathname === '/hang') {
    state.hanging.add(value('cluster'));
    // As a machine that stopped: what is open stays open, and says nothing any more.
    clusters.get(value('cluster')).watches.clear();
  } else if (url.pathname === '/cut') {
    // As a proxy or a server that restarts: every watch and every stream ends.
    const open = [
      ...streams,
      ...[...clusters.values()].flatMap(({ watches }) =>
        [...watches.values()].flatMap(set => [...set]),
      ),
    ];
    open.forEach(response => response.end());
  } else if (url.pathname === '/heal') {
    state.hanging.clear();
  }
  const open = [...clusters.values()]
    .flatMap(({ watches }) => [...watches.values()])
    .reduce((sum, { size }) => sum + size, streams.size);
  send(response, { requests: state.requests, open, opened: state.opened });
}

function serve(name, answer) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://upstream');
    if (name === 'control') {
      control(url, response);
      return;
    }
    state.requests += 1;
    request.resume();
    setTimeout(() => {
      if (!state.hanging.has(name)) {
        answer(url, response);
      }
    }, LATENCY_MS);
  });
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve([name, `http://127.0.0.1:${server.address().port}`]),
    );
  });
}

const addresses = await Promise.all([
  serve('control', control),
  serve('argocd', answerArgoCd),
  ...[...clusters.values()].map(cluster =>
    serve(cluster.name, (url, response) =>
      answerCluster(cluster, url, response),
    ),
  ),
]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(addresses))}\n`);
