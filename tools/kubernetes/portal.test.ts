import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Cell, EnvironmentColumn, Matrix } from '@envmatrix/engine';
import { root } from '../lib/paths.mjs';
import {
  digestOf,
  entity,
  ENTITY_PATH,
  ENTITY_REF,
  EnvironmentName,
  intent,
  manifests,
  namespaceOf,
  runningStatus,
} from './checkout';
import { ControlPlane } from './ControlPlane';
import { freePorts } from './freePorts';
import { GitHost } from './GitHost';
import { Portal } from './Portal';
import { report } from './report';
import { until } from './until';

const ACCOUNT = 'environments-portal';
const USERNAME = `system:serviceaccount:default:${ACCOUNT}`;
const CLUSTER_ROLE = path.join(root, 'docs/clusterrole.yaml');

const HTTP_ROUTES = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'httproutes.gateway.networking.k8s.io',
    // The group is a protected one: its definitions name the change that approved them.
    annotations: {
      'api-approved.kubernetes.io':
        'https://github.com/kubernetes-sigs/gateway-api/pull/3328',
    },
  },
  spec: {
    group: 'gateway.networking.k8s.io',
    scope: 'Namespaced',
    names: {
      kind: 'HTTPRoute',
      listKind: 'HTTPRouteList',
      plural: 'httproutes',
      singular: 'httproute',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            'x-kubernetes-preserve-unknown-fields': true,
          },
        },
      },
    ],
  },
};

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kubernetes-'));
let clusters: { nonprod: ControlPlane; prod: ControlPlane };
let git: GitHost;
let portal: Portal;
let token: string;

const planeOf = (name: EnvironmentName) =>
  name === 'prod' ? clusters.prod : clusters.nonprod;

/** The pods of one version, once the controllers have made as many as the Deployment wants. */
async function pods(name: EnvironmentName, version: string): Promise<string[]> {
  const { text } = await planeOf(name).request({
    path: `/api/v1/namespaces/${namespaceOf(name)}/pods`,
  });
  const { items } = JSON.parse(text);
  return items
    .filter(
      (pod: { spec: { containers: { image: string }[] } }) =>
        pod.spec.containers[0].image === `ghcr.io/acme/checkout:${version}`,
    )
    .map((pod: { metadata: { name: string } }) => pod.metadata.name);
}

/** Deploys a version, and plays the kubelet until the rollout is done. */
async function deploy(name: EnvironmentName, version: string): Promise<void> {
  const plane = planeOf(name);
  const namespace = namespaceOf(name);
  await plane.apply(...manifests(name, version));
  const written = new Set<string>();
  await until(`${version} rolled out in ${name}`, async () => {
    for (const pod of await pods(name, version)) {
      if (!written.has(pod)) {
        const { status, text } = await plane.request({
          method: 'PATCH',
          path: `/api/v1/namespaces/${namespace}/pods/${pod}/status`,
          headers: { 'content-type': 'application/merge-patch+json' },
          body: JSON.stringify({ status: runningStatus(version) }),
        });
        assert.equal(status, 200, text);
        written.add(pod);
      }
    }
    const { text } = await plane.request({
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/checkout`,
    });
    const { metadata, spec, status } = JSON.parse(text);
    return (
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === spec.replicas &&
      status.availableReplicas === spec.replicas
    );
  });
}

function column(matrix: Matrix, name: EnvironmentName): EnvironmentColumn {
  const found = matrix.environments.find(column => column.name === name);
  assert.ok(found, `The matrix has no environment ${name}`);
  return found;
}

function cell(matrix: Matrix, row: string, name: EnvironmentName): Cell {
  const found = matrix.groups
    .flatMap(({ rows }) => rows)
    .find(({ id }) => id === row);
  assert.ok(found, `The matrix has no row ${row}`);
  return found.cells[name];
}

/** Waits until the API says so; gives what it says then. */
async function untilMatrix(
  what: string,
  condition: (matrix: Matrix) => boolean,
): Promise<Matrix> {
  let last: Matrix | undefined;
  try {
    return await until(what, async () => {
      last = await portal.matrix(ENTITY_PATH);
      return condition(last) && last;
    });
  } catch (error) {
    throw new Error(
      `${error}: ${JSON.stringify({
        environments: last?.environments.map(({ name, summary }) => ({
          name,
          summary,
        })),
        sources: last?.sources,
      })}`,
    );
  }
}

const runs =
  (name: EnvironmentName, version: string, ready: string) =>
  (matrix: Matrix): boolean => {
    const { summary } = column(matrix, name);
    return (
      summary.version === version &&
      summary.ready === ready &&
      summary.observations.version.status === 'observed'
    );
  };

before(async () => {
  const program = process.env.KUBERNETES_SERVER;
  assert.ok(program, 'KUBERNETES_SERVER names no program');
  const [portalPort, gitPort] = await freePorts(2);
  const start = (name: string) =>
    ControlPlane.start({ name, program, directory });
  const [nonprod, prod] = await Promise.all([start('nonprod'), start('prod')]);
  clusters = { nonprod, prod };
  git = await GitHost.start({ port: gitPort, directory });
  const deployConfig = await git.createRepository('checkout-deploy-config', {
    'environments.yaml': intent(git.urlOf('checkout-deploy-config')),
  });
  const catalogFile = path.join(directory, 'catalog-info.yaml');
  fs.writeFileSync(catalogFile, entity(`${deployConfig}/src/branch/main/`));
  const configOf = async (plane: ControlPlane) => ({
    name: plane.name,
    url: plane.url,
    authProvider: 'serviceAccount',
    serviceAccountToken: await plane.account(ACCOUNT, CLUSTER_ROLE),
    caData: Buffer.from(plane.caCertificate).toString('base64'),
  });
  const configured = [await configOf(nonprod), await configOf(prod)];
  token = configured[0].serviceAccountToken;
  portal = await Portal.start({
    port: portalPort,
    directory,
    entityRef: ENTITY_REF,
    config: {
      integrations: git.integrations,
      catalog: { locations: [{ type: 'file', target: catalogFile }] },
      kubernetes: {
        serviceLocatorMethod: { type: 'multiTenant' },
        clusterLocatorMethods: [{ type: 'config', clusters: configured }],
      },
    },
  });
});

after(async () => {
  await portal?.stop();
  await git?.stop();
  await Promise.all(Object.values(clusters ?? {}).map(plane => plane.stop()));
  fs.rmSync(directory, { recursive: true, force: true });
});

test('says of a service that is not deployed yet that it is not there, in clusters that answer', async () => {
  const matrix = await untilMatrix('both clusters observed', ({ sources }) =>
    ['nonprod', 'prod'].every(name =>
      sources.some(
        source =>
          source.kind === 'kubernetes' &&
          source.name === name &&
          source.status === 'observed',
      ),
    ),
  );
  for (const name of ['dev', 'staging', 'prod'] as const) {
    assert.equal(
      column(matrix, name).summary.observations.version.status,
      'absent',
    );
  }
  assert.match(cell(matrix, 'platform.kubernetes', 'prod').display, /^1\.36\b/);
});

test('shows what kubectl deployed: version, digest and ready pods', async () => {
  await Promise.all([deploy('dev', '1.1.0'), deploy('prod', '1.0.0')]);
  await untilMatrix('1.0.0 in prod', runs('prod', '1.0.0', '3/3'));
  const matrix = await untilMatrix('1.1.0 in dev', runs('dev', '1.1.0', '1/1'));
  assert.equal(column(matrix, 'dev').summary.digest, digestOf('1.1.0'));
  assert.equal(column(matrix, 'prod').summary.digest, digestOf('1.0.0'));
  assert.equal(
    column(matrix, 'staging').summary.observations.version.status,
    'absent',
  );
});

test('follows a rollout, and is done when the pods are', async () => {
  await deploy('dev', '1.2.0');
  const written = Date.now();
  await untilMatrix('1.2.0 in dev', runs('dev', '1.2.0', '1/1'));
  report('From the last pod to the API', `${Date.now() - written} ms`);
});

test('may read what it needs, and no Secrets', async () => {
  for (const verb of ['list', 'watch']) {
    const { status } = await clusters.nonprod.request({
      path: `/api/v1/secrets${verb === 'watch' ? '?watch=true' : ''}`,
      token,
    });
    assert.equal(status, 403);
  }
  const { status } = await clusters.nonprod.request({
    path: '/api/v1/pods?limit=1',
    token,
  });
  assert.equal(status, 200);
});

test('an API server that is gone: its column says so and keeps its values, the others are untouched, and it is back by itself', async () => {
  await clusters.prod.killApiServer();
  // What was under way when it went may have ended otherwise.
  const gone = await untilMatrix('prod refuses connections', matrix => {
    const { status, reason } = column(matrix, 'prod').summary.observation;
    return status === 'unreachable' && /ECONNREFUSED/.test(`${reason}`);
  });
  assert.equal(column(gone, 'prod').summary.version, '1.0.0');
  assert.equal(
    column(gone, 'dev').summary.observations.version.status,
    'observed',
  );

  await clusters.prod.startApiServer();
  await untilMatrix('1.0.0 in prod again', runs('prod', '1.0.0', '3/3'));
  await deploy('prod', '1.1.0');
  await untilMatrix('1.1.0 in prod', runs('prod', '1.1.0', '3/3'));
});

test('an API server that hangs: its columns say so, and it is back by itself', async () => {
  clusters.nonprod.freezeApiServer(true);
  try {
    const hanging = await untilMatrix(
      'dev timeout',
      matrix => column(matrix, 'dev').summary.observation.status === 'timeout',
    );
    assert.equal(column(hanging, 'dev').summary.version, '1.2.0');
    assert.equal(
      column(hanging, 'prod').summary.observations.version.status,
      'observed',
    );
  } finally {
    clusters.nonprod.freezeApiServer(false);
  }
  await untilMatrix('1.2.0 in dev again', runs('dev', '1.2.0', '1/1'));
  await deploy('dev', '1.3.0');
  await untilMatrix('1.3.0 in dev', runs('dev', '1.3.0', '1/1'));
});

test('a kind that comes later is watched from then on', async () => {
  const watched = () =>
    clusters.nonprod
      .audit(USERNAME)
      .some(
        ({ verb, requestURI }) =>
          verb === 'watch' && requestURI.includes('/httproutes'),
      );
  assert.equal(watched(), false);
  await clusters.nonprod.apply(HTTP_ROUTES);
  await until('HTTPRoutes watched', watched);
});

test('asks little while all is quiet, whoever looks on, and only reads', async () => {
  const windowMs = 30_000;
  const begin = Date.now();
  let views = 0;
  await until(
    'a quiet while',
    async () => {
      await portal.matrix(ENTITY_PATH);
      views += 1;
      return Date.now() - begin > windowMs;
    },
    windowMs + 60_000,
  );
  const asked = clusters.prod
    .audit(USERNAME)
    .filter(
      ({ stage, verb, requestReceivedTimestamp }) =>
        Date.parse(requestReceivedTimestamp) > begin &&
        (verb === 'watch') === (stage === 'ResponseStarted'),
    );
  const perHour = Math.round((asked.length * 3_600_000) / windowMs);
  report(
    'Requests of the portal to one quiet cluster, by its audit log',
    `${asked.length} in ${
      windowMs / 1000
    } s with ${views} views of the matrix: ${perHour} an hour`,
  );
  // One small request a silence of five seconds, and a watch or two that end meanwhile.
  assert.ok(asked.length < 20, JSON.stringify(asked.map(e => e.requestURI)));

  const verbs = new Set(
    Object.values(clusters).flatMap(plane =>
      plane.audit(USERNAME).map(({ verb }) => verb),
    ),
  );
  assert.deepEqual([...verbs].sort(), ['get', 'list', 'watch']);
  const secrets = Object.values(clusters).flatMap(plane =>
    plane
      .audit(USERNAME)
      .filter(
        ({ stage, requestURI }) =>
          stage === 'ResponseComplete' && requestURI.includes('/secrets'),
      ),
  );
  // The two that this test sent itself.
  assert.equal(secrets.length, 2);
});
