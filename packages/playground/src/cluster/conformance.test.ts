import { recordedObjects, recording } from './__testUtils__/recordings';
import { openStream, send, until, type Stream } from './__testUtils__/request';
import { TestClusters } from './__testUtils__/testCluster';
import type { Cluster } from './createCluster';
import { fieldsOf, isFields, objectsOf, type Fields } from './values';

/** Answers that are to be the same in every word, apart from versions. */
const EXACT = [
  'error/400-resource-version',
  'error/400-selector',
  'error/401-bad-token',
  'error/403-group-not-served',
  'error/403-kind-not-served',
  'error/403-metrics-not-served',
  'error/403-no-token',
  'error/403-nodes',
  'error/403-post',
  'error/403-secrets',
  'error/403-secrets-namespace',
  'error/403-watch-nodes',
  'error/404-object',
  'error/404-version',
  'error/406',
  'error/504-too-large-resource-version',
  'list/namespace-absent',
  'list/namespace-events',
  'discovery/livez',
  'discovery/readyz',
  'version',
  'version-anonymous',
];

/** Answers whose objects are others, with the same fields. */
const SAME_SHAPE = [
  'discovery/api',
  'discovery/apis',
  'error/400-continue',
  'get/deployment',
  'list/field-selector',
  'list/metadata-only',
  'list/namespace',
  'list/nonprod-daemonsets',
  'list/nonprod-deployments',
  'list/nonprod-horizontalpodautoscalers',
  'list/nonprod-ingresses',
  'list/nonprod-limitranges',
  'list/nonprod-namespaces',
  'list/nonprod-networkpolicies',
  'list/nonprod-poddisruptionbudgets',
  'list/nonprod-pods',
  'list/nonprod-replicasets',
  'list/nonprod-resourcequotas',
  'list/nonprod-services',
  'list/nonprod-statefulsets',
  'list/page-1',
  'list/quota-used',
  'list/resource-version-0',
  'list/selector',
];

/*
 * The other recordings of Kubernetes, and why they are not in these tables:
 *   watch/*                               in watch.test.ts
 *   stories/*, get/deployment-quota-failed in stories.test.ts
 *   discovery/apis-apps-v1, aggregated-*  below: the kinds that are served must be described so
 *   list/page-2, continue-after-restart   below: their tokens name objects of the recorded clusters
 *   list/*-httproutes, -externalsecrets, -secretstores, -certificates, -rollouts   custom resources are not served yet
 *   list/table                            clients that ask for a Table accept plain objects too
 *   list/prod-*                           the same kinds as in nonprod
 *   error/connection-refused              there is no server; core/service.test.ts
 */

/** Fields that controllers which the clusters do not have write, and fields whose content is the data's own. */
const OPEN = [
  'annotations',
  'labels',
  'managedFields',
  'matchLabels',
  'selector',
  'data',
];
const NOT_WRITTEN: Record<string, readonly string[]> = {
  // No controller acts on these kinds here: they are stored.
  'list/nonprod-daemonsets': ['items.status', 'items.metadata.annotations'],
  'list/nonprod-horizontalpodautoscalers': ['items.status'],
  'list/nonprod-statefulsets': ['items.status'],
};

const HEADERS = [
  'content-type',
  'cache-control',
  'x-content-type-options',
  'retry-after',
  'vary',
];

function shapeOf(
  value: unknown,
  path: string,
  leaveOut: readonly string[],
): unknown {
  if (Array.isArray(value)) {
    return value.length === 0 ? [] : [shapeOf(value[0], path, leaveOut)];
  }
  if (!isFields(value)) {
    return value === null ? 'null' : typeof value;
  }
  const entries = Object.entries(value)
    .map(([key, child]) => ({
      key,
      child,
      at: path === '' ? key : `${path}.${key}`,
    }))
    .filter(({ at }) => !leaveOut.includes(at));
  return Object.fromEntries(
    entries.map(({ key, child, at }) => [
      key,
      OPEN.includes(key) ? 'open' : shapeOf(child, at, leaveOut),
    ]),
  );
}

/** Versions and the counts of what is served differ. */
function withoutVersions(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body)
      .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"N"')
      .replace(/current: \d+/g, 'current: N'),
  );
}

function headersOf(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(HEADERS.map(name => [name, headers[name]]));
}

describe('the API server answers as the recorded one', () => {
  let clusters: TestClusters;
  let cluster: Cluster;

  beforeAll(async () => {
    clusters = await TestClusters.create();
    Object.assign(clusters.images, {
      'ghcr.io/acme/checkout:1.5.0': 'run',
      'ghcr.io/acme/checkout:1.4.0': 'run',
    });
    cluster = await clusters.open();
    for (const { applied, manager } of recordedObjects()) {
      await cluster.handle.apply(applied, { fieldManager: manager });
      if (
        applied.kind === 'Namespace' &&
        applied.metadata.name.startsWith('checkout-')
      ) {
        const account = {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'checkout', namespace: applied.metadata.name },
        };
        await cluster.handle.apply(account, { fieldManager: manager });
      }
    }
    await clusters.clock.pass(30_000);
  });

  afterAll(() => clusters.close());

  async function exchange(name: string) {
    const { request, response } = recording(name);
    const token = name === 'error/401-bad-token' ? 'wrong' : undefined;
    const answer = await send(cluster, {
      ...request,
      token: request.authenticated ? token : null,
    });
    const type = String(answer.headers['content-type']);
    return {
      response,
      answer,
      body: type.includes('json') ? JSON.parse(answer.text) : answer.text,
    };
  }

  it.each(EXACT)('%s, word for word', async name => {
    const { response, answer, body } = await exchange(name);
    expect({
      status: answer.status,
      headers: headersOf(answer.headers),
      body: withoutVersions(body),
    }).toEqual({
      status: response.status,
      headers: headersOf(response.headers),
      body: withoutVersions(response.body),
    });
  });

  it.each(SAME_SHAPE)('%s, in shape', async name => {
    const { response, answer, body } = await exchange(name);
    const leaveOut = NOT_WRITTEN[name] ?? [];
    expect({
      status: answer.status,
      headers: headersOf(answer.headers),
    }).toEqual({
      status: response.status,
      headers: headersOf(response.headers),
    });
    expect(shapeOf(body, '', leaveOut)).toEqual(
      shapeOf(response.body, '', leaveOut),
    );
  });

  it('describes every kind of apps/v1 that it serves as the recorded discovery does', async () => {
    const { answer, body, response } = await exchange('discovery/apis-apps-v1');
    expect(answer.status).toBe(200);
    const described = (list: unknown) =>
      new Map(
        objectsOf(fieldsOf(list).resources).map(
          ({ storageVersionHash, ...resource }) => [resource.name, resource],
        ),
      );
    const recorded = described(response.body);
    expect([...described(body).keys()]).toEqual(
      [...recorded.keys()].filter(name => name !== 'controllerrevisions'),
    );
    described(body).forEach((resource, name) =>
      expect(resource).toEqual(recorded.get(name)),
    );
  });

  it.each(['discovery/aggregated-api', 'discovery/aggregated-apis'])(
    '%s describes every kind that it serves as the recorded one does',
    async name => {
      const { answer, body, response } = await exchange(name);
      expect({
        status: answer.status,
        headers: headersOf(answer.headers),
      }).toEqual({
        status: response.status,
        headers: headersOf(response.headers),
      });
      expect(answer.headers.etag).toMatch(/^"[0-9A-F]{128}"$/);
      const described = (list: unknown) =>
        new Map(
          objectsOf(fieldsOf(list).items).flatMap(group =>
            objectsOf(group.versions).flatMap(version =>
              objectsOf(version.resources).map(
                ({ subresources, ...resource }): [string, unknown] => [
                  `${fieldsOf(group.metadata).name}/${version.version}/${
                    resource.resource
                  }`,
                  {
                    ...resource,
                    freshness: version.freshness,
                    subresources: objectsOf(subresources).map(
                      ({ subresource }) => subresource,
                    ),
                  },
                ],
              ),
            ),
          ),
        );
      const recorded = described(response.body);
      expect(described(body).size).toBeGreaterThan(7);
      described(body).forEach((resource, key) =>
        expect(resource).toEqual(recorded.get(key)),
      );
    },
  );

  it('reads a list in pages that together are the whole', async () => {
    const page = async (query: string): Promise<Fields> =>
      JSON.parse((await send(cluster, { path: `/api/v1/pods?${query}` })).text);
    const names = (body: Fields) =>
      objectsOf(body.items).map(({ metadata }) => fieldsOf(metadata).name);
    const whole = await page('');
    const first = await page('limit=2');
    const second = await page(
      `limit=500&continue=${fieldsOf(first.metadata).continue}`,
    );
    expect(names(first)).toHaveLength(2);
    expect([...names(first), ...names(second)]).toEqual(names(whole));
    expect(fieldsOf(first.metadata).remainingItemCount).toBe(
      names(second).length,
    );
    expect(fieldsOf(second.metadata)).toEqual({
      resourceVersion: fieldsOf(first.metadata).resourceVersion,
    });
  });

  it('goes on with a page whose token is from before a restart', async () => {
    const { answer, body, response } = await exchange(
      'list/continue-after-restart',
    );
    expect(answer.status).toBe(response.status);
    expect(body.metadata.resourceVersion).toBe('1348');
  });

  it('refuses a certificate that another authority has to vouch for', async () => {
    const other = await clusters.open('prod');
    await expect(
      send(
        { ...cluster, caCertificate: other.caCertificate },
        { path: '/version' },
      ),
    ).rejects.toThrow(/certificate|signature/);
  });

  it('shows no secrets, and says so in words', async () => {
    const answer = await send(cluster, {
      path: '/api/v1/namespaces/checkout-dev/secrets/checkout',
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 403,
      message:
        'secrets "checkout" is forbidden: User "system:serviceaccount:default:portal" cannot get resource "secrets" in API group "" in the namespace "checkout-dev"',
    });
  });

  describe('watches', () => {
    const open: Stream[] = [];
    const watch = async (name: string, version?: string) => {
      const { request } = recording(name);
      const stream = await openStream(
        cluster,
        version === undefined
          ? request.path
          : request.path.replace(
              /resourceVersion=\d+/,
              `resourceVersion=${version}`,
            ),
      );
      open.push(stream);
      return stream;
    };
    afterEach(() => open.splice(0).forEach(stream => stream.close()));

    const listed = async (path: string) =>
      JSON.parse((await send(cluster, { path })).text).metadata.resourceVersion;
    const lines = (name: string) =>
      (recording(name).response.stream ?? []).map(({ line }) =>
        JSON.parse(line),
      );
    const anonymous = (event: unknown) =>
      JSON.parse(
        JSON.stringify(event).replace(/version: \d+ \(\d+\)/, 'version: N (N)'),
      );

    it.each([
      { name: 'watch/410-too-old', restart: false },
      { name: 'watch/410-after-restart', restart: true },
    ])('$name', async ({ name, restart }) => {
      if (restart) {
        await cluster.service.stop();
        await cluster.service.start();
      }
      const stream = await watch(name);
      await until(() => stream.ended === 'server');
      expect(stream.status).toBe(200);
      expect(headersOf(stream.headers)).toEqual(
        headersOf(recording(name).response.headers),
      );
      expect(stream.events.map(anonymous)).toEqual(lines(name).map(anonymous));
    });

    it('watch/resume-after-restart', async () => {
      const version = await listed('/api/v1/pods');
      await cluster.service.stop();
      await cluster.service.start();
      const stream = await watch('watch/resume-after-restart', version);
      await until(() => stream.ended === 'server');
      expect(stream.events.map(anonymous)).toEqual(
        lines('watch/resume-after-restart').map(anonymous),
      );
    });

    it('watch/bad-resource-version', async () => {
      const { answer, body, response } = await exchange(
        'watch/bad-resource-version',
      );
      expect(answer.status).toBe(response.status);
      expect([body]).toEqual(lines('watch/bad-resource-version'));
    });

    it('watch/initial-events', async () => {
      const recorded = lines('watch/initial-events');
      const stream = await watch('watch/initial-events');
      await until(() => stream.events.at(-1)?.type === 'BOOKMARK');
      expect(stream.events.map(({ type }) => type)).toEqual([
        ...stream.events.slice(1).map(() => 'ADDED'),
        'BOOKMARK',
      ]);
      expect(shapeOf(stream.events[0], '', [])).toEqual(
        shapeOf(recorded[0], '', []),
      );
      expect(withoutVersions(stream.events.at(-1))).toEqual(
        withoutVersions(recorded.at(-1)),
      );
    });

    it('watch/server-timeout', async () => {
      const stream = await watch(
        'watch/server-timeout',
        await listed('/api/v1/namespaces'),
      );
      await clusters.clock.pass(3_900);
      expect(stream.ended).toBeUndefined();
      await clusters.clock.pass(200);
      await until(() => stream.ended === 'server');
      expect(stream.events).toEqual([]);
    });

    it('watch/server-shutdown, for its bookmark: a last one is not sent, as nobody waits a minute for the playground to stop', async () => {
      const stream = await watch(
        'watch/server-shutdown',
        await listed('/api/v1/pods'),
      );
      await clusters.clock.pass(60_000);
      await until(() => stream.events.length > 0);
      expect(stream.events.map(withoutVersions)).toEqual(
        lines('watch/server-shutdown').map(withoutVersions),
      );
    });
  });
});
