import { isFields, objectsOf, fieldsOf } from '../cluster/values';
import { Lab, TOKEN, VIEWER_TOKEN, type Answer } from './__testUtils__/lab';
import { recording } from './__testUtils__/recordings';
import { shapeOf } from './__testUtils__/shape';

/** What the recorded URLs and accounts are called here. */
const NAMES: readonly [RegExp, string][] = [
  [/https:\/\/git\.example\.com/g, 'http://localhost:7008'],
  [/sub: backstage/g, 'sub: portal'],
  [/"backstage"/g, '"portal"'],
  [/iat: [-:TZ0-9]+/g, 'iat: TIME'],
];

function renamed(value: unknown): unknown {
  const text = NAMES.reduce(
    (changed, [pattern, name]) => changed.replace(pattern, name),
    JSON.stringify(value) ?? 'null',
  );
  return JSON.parse(text);
}

const HEADERS = [
  'content-type',
  'grpc-metadata-content-type',
  'vary',
  'x-content-type-options',
];

/** What a recorded exchange is sent with, where the recording cannot tell. */
interface Sent {
  name: string;
  token?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
  path?: string;
}

/** Answers that are the same in every word. */
const EXACT: readonly Sent[] = [
  { name: 'error/400-bad-body' },
  { name: 'error/401-bad-token', token: 'nonsense' },
  { name: 'error/401-malformed-jwt', token: 'not.a.session' },
  { name: 'error/401-no-token' },
  { name: 'error/403-absent-application' },
  { name: 'error/403-delete' },
  { name: 'error/403-sync-without-the-right', token: VIEWER_TOKEN },
  { name: 'error/404-absent-application-admin' },
  { name: 'error/404-path' },
  { name: 'error/404-wrong-project' },
  { name: 'session/create-without-content-type' },
  { name: 'session/create-wrong-password' },
  { name: 'session/userinfo' },
  { name: 'session/userinfo-anonymous' },
  { name: 'can-i/sync-yes' },
  { name: 'can-i/delete-no' },
  { name: 'clusters/list-without-the-right', token: VIEWER_TOKEN },
  { name: 'version' },
  { name: 'repositories/list' },
  { name: 'list/bad-selector' },
  { name: 'sync/401-no-token' },
  { name: 'sync/bad-revision' },
  { name: 'rollback/refused-with-automated-sync' },
  { name: 'application/links' },
  { name: 'application/other-namespace-without-parameter' },
  { name: 'application/revision-metadata-absent' },
];

/** Answers whose applications are others, with the same fields. */
const SAME_SHAPE: readonly Sent[] = [
  { name: 'session/create', body: { username: 'admin', password: 'secret' } },
  { name: 'list/app-namespace' },
  { name: 'list/selector-nothing' },
  { name: 'list/selector' },
  { name: 'list/name' },
  { name: 'list/projects' },
  { name: 'list/fields' },
  { name: 'list/with-narrow-rights', token: VIEWER_TOKEN },
  { name: 'application/get' },
  { name: 'application/get-project' },
  { name: 'application/get-refresh' },
  { name: 'application/get-hard-refresh' },
  { name: 'application/prod-out-of-sync-missing' },
  { name: 'application/resource-tree' },
  { name: 'application/managed-resources' },
  { name: 'application/manifests' },
  { name: 'projects/get' },
  { name: 'projects/detailed' },
  { name: 'projects/list' },
  { name: 'clusters/list' },
];

/*
 * The other recordings of Argo CD, and why they are not in these tables:
 *   list/all, list/repo, manifests-of-revision, revision-metadata, clusters/get, settings-anonymous   below: they need a value
 *   of here, or differ in one
 *   stream/*                                 in stream.test.ts
 *   stories/*                                in stories.test.ts; cluster-down in trouble.test.ts
 *   application/prod-*, degraded*, after-release, sync/accepted*, dry-run, rollback/accepted   in lifecycle.test.ts
 *   application/broken-*, list/with-broken   in broken.test.ts
 *   sync/while-operation-in-progress         in trouble.test.ts
 *   error/403 in other namespaces, multi-source, other-namespace   one source and one namespace are supported
 *   applicationsets/*                        in applicationSets.test.ts
 *   syncwindows*, sync/denied-by-window      no project has windows yet
 *   application/events, resource             no client of ours asks
 */

/** Fields that are left out, and why. */
const LEAVE_OUT = [
  // Nodes are not told of by the clusters.
  'hosts',
  // Written by the hydrator's client, and by kubectl.
  'metadata.annotations',
  // As the project was written: the one of the tests has no windows.
  'spec.syncWindows',
  'project.spec.syncWindows',
];

/** Kinds that the clusters here do not serve, or the repository of the tests does not have. */
const KINDS = new Set([
  'Deployment',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
]);

describe("Argo CD's API", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
    // A release, so that dev has a history and a ReplicaSet that is no longer used.
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
    await lab.untilStates(
      'checkout-dev',
      () => lab.setTag('dev', '1.3.1'),
      'Synced Progressing Succeeded',
      'Synced Healthy Succeeded',
    );
    await lab.untilState('checkout-staging', 'Synced Healthy Succeeded');
    await lab.untilState('checkout-prod', 'OutOfSync Missing -');
  });

  afterAll(() => lab.close());

  async function send(sent: Sent): Promise<Answer> {
    const { request } = recording(sent.name);
    const path = String(renamed(sent.path ?? request.path));
    return await lab.request(path.replace(/ /g, '%20'), {
      method: request.method,
      token: sent.token ?? (request.authenticated ? TOKEN : null),
      headers: { ...request.headers, ...sent.headers },
      body: sent.body ?? request.body ?? undefined,
    });
  }

  function expectHead(name: string, answer: Answer): void {
    const { response } = recording(name);
    expect(answer.status).toBe(response.status);
    for (const header of HEADERS) {
      expect([header, answer.headers.get(header)]).toEqual([
        header,
        response.headers[header] ?? null,
      ]);
    }
  }

  it.each(EXACT)('$name is answered word for word', async sent => {
    const { name } = sent;
    const answer = await send(sent);
    expectHead(name, answer);
    expect(renamed(answer.body)).toEqual(
      renamed(recording(name).response.body),
    );
  });

  it.each(SAME_SHAPE)('$name has the recorded fields', async sent => {
    const { name } = sent;
    const answer = await send(sent);
    expectHead(name, answer);
    const options = { leaveOut: LEAVE_OUT, kinds: KINDS };
    expect(shapeOf(answer.body, options)).toEqual(
      shapeOf(recording(name).response.body, options),
    );
  });

  it('lists every application in the order of their names, without the health of their resources', async () => {
    const answer = await send({ name: 'list/all' });
    expectHead('list/all', answer);
    const applications = objectsOf(fieldsOf(answer.body).items);
    const recorded = objectsOf(
      fieldsOf(recording('list/all').response.body).items,
    );
    expect(applications.map(item => fieldsOf(item.metadata).name)).toEqual(
      recorded.map(item => fieldsOf(item.metadata).name),
    );
    for (const [index, application] of applications.entries()) {
      const options = { kinds: KINDS, leaveOut: ['status.operationState'] };
      const ours = shapeOf(application, options);
      expect(ours).toEqual(shapeOf(recorded[index], options));
    }
  });

  it('filters a list by repository', async () => {
    const url = 'http://localhost:7008/acme/checkout-deploy-config.git';
    const found = await send({
      name: 'list/repo',
      path: `/api/v1/applications?repo=${encodeURIComponent(url)}`,
    });
    expectHead('list/repo', found);
    expect(objectsOf(fieldsOf(found.body).items)).toHaveLength(3);
    const none = await lab.request('/api/v1/applications?repo=other');
    expect(none.body).toMatchObject({ items: null });
  });

  it('gives the fields of a list that can be had, and no others', async () => {
    const { body } = await lab.request(
      '/api/v1/applications?name=checkout-dev&fields=items.metadata.name,items.metadata.uid,items.status.sync.revision,items.status.operationState.operation.sync',
    );
    const [item] = objectsOf(fieldsOf(body).items);
    expect(Object.keys(fieldsOf(item.metadata))).toEqual(['name']);
    expect(item.status).toMatchObject({
      sync: { revision: expect.stringMatching(/^[0-9a-f]{40}$/) },
      operationState: {
        operation: { sync: { resources: expect.any(Array) } },
      },
    });
  });

  it('renders the manifests of another revision', async () => {
    const first = (
      await lab.git.log(
        { owner: 'acme', name: 'checkout-deploy-config' },
        { ref: 'main', limit: 9 },
      )
    ).at(-1);
    const name = 'application/manifests-of-revision';
    const answer = await send({
      name,
      path: `/api/v1/applications/checkout-dev/manifests?revision=${first?.sha}`,
    });
    expectHead(name, answer);
    expect(shapeOf(answer.body)).toEqual(
      shapeOf(recording(name).response.body),
    );
    expect(JSON.stringify(answer.body)).toContain('checkout:1.3.0');
    const now = await lab.request(
      '/api/v1/applications/checkout-dev/manifests',
    );
    expect(JSON.stringify(now.body)).toContain('checkout:1.3.1');
  });

  it('tells who made a commit', async () => {
    const sha = await lab.git.resolve(
      { owner: 'acme', name: 'checkout-deploy-config' },
      'main',
    );
    const name = 'application/revision-metadata';
    const answer = await send({
      name,
      path: `/api/v1/applications/checkout-dev/revisions/${sha}/metadata`,
    });
    expectHead(name, answer);
    expect(answer.body).toEqual({
      author: 'Ada Adams <ada@example.com>',
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      message: 'Change apps/checkout/overlays/dev/kustomization.yaml',
    });
  });

  it('finds a cluster by its server and by its name', async () => {
    const { server } = lab.cluster('prod').handle;
    const recorded = recording('clusters/get').response.body;
    const byServer = await send({
      name: 'clusters/get',
      path: `/api/v1/clusters/${encodeURIComponent(server)}`,
    });
    expectHead('clusters/get', byServer);
    expect(shapeOf(byServer.body)).toEqual(shapeOf(recorded));
    expect(byServer.body).toMatchObject({
      name: 'prod',
      serverVersion: 'v1.36.1',
      connectionState: { status: 'Successful', message: '' },
    });
    const byName = await lab.request('/api/v1/clusters/prod?id.type=name');
    expect(byName.body).toMatchObject({ server });
    const absent = await lab.request('/api/v1/clusters/none?id.type=name');
    expect(absent.status).toBe(403);
  });

  it('tells its settings to anyone', async () => {
    const name = 'settings-anonymous';
    const answer = await send({ name });
    expectHead(name, answer);
    const { appsInAnyNamespaceEnabled, ...recorded } = fieldsOf(
      recording(name).response.body,
    );
    // Applications live in one namespace here.
    expect(answer.body).toEqual(recorded);
  });

  it('lets in who signed in, by header and by cookie', async () => {
    const { body } = await lab.request('/api/v1/session', {
      method: 'POST',
      token: null,
      body: { username: 'admin', password: 'secret' },
    });
    const token = isFields(body) ? String(body.token) : '';
    const byHeader = await lab.request('/api/v1/applications', { token });
    expect(byHeader.status).toBe(200);
    const byCookie = await lab.request('/api/v1/session/userinfo', {
      token: null,
      headers: { cookie: `other=1; argocd.token=${token}` },
    });
    expect(byCookie.body).toMatchObject({ username: 'admin' });
  });

  it('does not sync to another revision what follows a branch by itself', async () => {
    const { status, body } = await lab.sync('checkout-dev', {
      revision: 'other',
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 9,
      message: 'Cannot sync to other: auto-sync currently set to main',
    });
  });

  it('has no sets of applications', async () => {
    const { body } = await lab.request('/api/v1/applicationsets');
    expect(body).toEqual({
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
      items: null,
    });
  });

  it('refuses what changes something without a content type', async () => {
    const { status, body } = await lab.request(
      '/api/v1/applications/checkout-prod/operation',
      { method: 'DELETE', headers: { 'content-type': 'text/plain' } },
    );
    expect([status, body]).toEqual([415, 'Invalid content type\n']);
  });

  it('shows an application as a page, to whoever follows a link', async () => {
    const page = await lab.request('/applications/argocd/checkout-prod', {
      token: null,
    });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('OutOfSync');
    expect(page.body).toContain('apps/checkout/overlays/prod');
    const overview = await lab.request('/', { token: null });
    expect(overview.body).toContain('href="/applications/argocd/checkout-dev"');
    const absent = await lab.request('/applications/argocd/<b>', {
      token: null,
    });
    expect(absent.status).toBe(404);
    expect(absent.body).not.toContain('<b>');
  });
});
