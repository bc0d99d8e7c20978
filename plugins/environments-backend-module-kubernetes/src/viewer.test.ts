import { Entity } from '@backstage/catalog-model';
import { Matrix } from '@envmatrix/engine';
import { recording } from './__testUtils__/recording';
import { startViewerPortal } from './__testUtils__/startViewerPortal';
import { json, SeenRequest, TestCluster } from './__testUtils__/TestCluster';

const checkout: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'checkout',
    namespace: 'default',
    annotations: { 'backstage.io/kubernetes-label-selector': 'app=checkout' },
  },
  spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
};

const ADA = 'user:default/ada';
const BOB = 'user:default/bob';

/** Tokens, and names of objects of the cluster, that may stay in no place where they could be found later. */
const TRACES =
  /token-of-|checkout-5fc5597f5b|checkout-74465994f5|dev-quota|staging-quota/;

const tokenOf = ({ headers }: SeenRequest) =>
  headers.authorization?.replace('Bearer ', '');

const summaryOf = (matrix: Matrix, name: string) =>
  matrix.environments.find(environment => environment.name === name)?.summary;

const cellOf = (matrix: Matrix, row: string, name: string) =>
  matrix.groups.flatMap(({ rows }) => rows).find(({ id }) => id === row)?.cells[
    name
  ];

const sourceOf = (matrix: Matrix, name: string) =>
  matrix.sources.find(source => source.name === name);

/** Ways in which people prove who they are, each a cluster of its own that is one and the same. */
const WAYS = {
  okta: { authProvider: 'oidc', oidcTokenProvider: 'okta' },
  // The header of the Kubernetes plugin cannot carry a name with capitals.
  sso: { authProvider: 'oidc', oidcTokenProvider: 'companySSO' },
  gke: { authProvider: 'google' },
  aks: { authProvider: 'aks' },
} as const;

describe('clusters that let in nobody but people, through the Kubernetes plugin', () => {
  let cluster: TestCluster;
  let portal: Awaited<ReturnType<typeof startViewerPortal>>;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    const environments = [
      ['dev', 'okta', 'checkout-dev'],
      ['staging', 'okta', 'checkout-staging'],
      ['sso', 'sso', 'checkout-dev'],
      ['gke', 'gke', 'checkout-dev'],
      ['aks', 'aks', 'checkout-dev'],
    ];
    portal = await startViewerPortal({
      entity: checkout,
      config: {
        app: { baseUrl: 'https://portal.example.com' },
        backend: { baseUrl: 'http://localhost:7007' },
        environments: {
          tracking: { interval: { milliseconds: 200 } },
          definitions: environments.map(([name, place, namespace]) => ({
            name,
            cluster: place,
            namespace,
          })),
        },
        kubernetes: {
          serviceLocatorMethod: { type: 'multiTenant' },
          clusterLocatorMethods: [
            {
              type: 'config',
              clusters: Object.entries(WAYS).map(([name, way]) => ({
                name,
                url: cluster.serverUrl,
                ...way,
              })),
            },
          ],
        },
      },
    });
    for (;;) {
      const { matrix } = await portal.matrix();
      if (
        matrix.sources.length > 0 &&
        matrix.sources.every(({ needsUserToken }) => needsUserToken)
      ) {
        break;
      }
    }
  });

  afterAll(async () => {
    await portal.stop();
    await cluster.close();
  });

  beforeEach(() => {
    cluster.requests.length = 0;
    cluster.answers.clear();
    cluster.set('up');
    cluster.refusal = seen =>
      tokenOf(seen)?.startsWith('token-of-')
        ? undefined
        : 'error/401-bad-token';
  });

  it('are asked nothing until somebody looks, and said to be read with their own token', async () => {
    const { matrix } = await portal.matrix();

    expect(cluster.requests).toEqual([]);
    expect(sourceOf(matrix, 'okta')).toMatchObject({
      status: 'not-configured',
      reason:
        'Cluster okta is read with your own token (oidc of okta), and the portal keeps nothing of it',
      needsUserToken: { authProvider: 'oidc', tokenProvider: 'okta' },
    });
    expect(sourceOf(matrix, 'gke')?.needsUserToken).toEqual({
      authProvider: 'google',
    });
  });

  it.each(Object.keys(WAYS))(
    'get the token of the viewer, and nobody else does: %s',
    async name => {
      const { matrix } = await portal.live({ [name]: 'token-of-ada' });

      expect(sourceOf(matrix, name)).toMatchObject({ status: 'observed' });
      const seen = name === 'okta' ? 'dev' : name;
      expect(summaryOf(matrix, seen)?.observations.version.status).toBe(
        'observed',
      );
      expect(new Set(cluster.requests.map(tokenOf))).toEqual(
        new Set(['token-of-ada']),
      );
      for (const other of Object.keys(WAYS).filter(key => key !== name)) {
        expect(sourceOf(matrix, other)?.status).toBe('not-configured');
      }
    },
  );

  it('are read in the namespaces of the entity alone, with lists that are bounded, and never Secrets', async () => {
    await portal.live({ okta: 'token-of-ada' });

    const lists = cluster.requests.filter(({ query }) => query.has('limit'));
    expect(lists.length).toBeGreaterThan(20);
    for (const { method, path, query } of cluster.requests) {
      expect(method).toBe('GET');
      expect(query.has('watch')).toBe(false);
      expect(path).toMatch(
        /^\/version$|^\/apis?(\/[^/]+){0,2}$|\/namespaces\/checkout-(dev|staging)(\/[a-z]+)?$/,
      );
      expect(path).not.toMatch(/\/secrets$/);
    }
  });

  it('show each viewer what they may see, and leave nothing of it behind', async () => {
    // What is shown to Bob in staging, and of quotas, is nothing.
    const { refusal } = cluster;
    cluster.refusal = seen =>
      tokenOf(seen) === 'token-of-bob' &&
      /checkout-staging|resourcequotas/.test(seen.path)
        ? 'error/403-kind-not-served'
        : refusal(seen);
    const before = await portal.matrix();

    const [ofAda, ofBob] = await Promise.all([
      portal.live({ okta: 'token-of-ada' }, ADA),
      portal.live({ okta: 'token-of-bob' }, BOB),
    ]);

    expect(ofAda.headers.get('cache-control')).toBe('no-store');
    expect(ofAda.headers.get('etag')).toBeNull();
    const version = summaryOf(ofAda.matrix, 'dev')?.version;
    expect(version).toEqual(expect.any(String));
    expect(summaryOf(ofBob.matrix, 'dev')?.version).toBe(version);
    expect(summaryOf(ofAda.matrix, 'staging')?.version).toEqual(
      expect.any(String),
    );
    expect(summaryOf(ofBob.matrix, 'staging')?.observations.version).toEqual({
      status: 'forbidden',
      reason: expect.stringMatching(
        /^No workload was seen, and apps\/Deployment may not be read: Cluster okta does not let you read deployments in namespace checkout-staging: /,
      ),
    });
    expect(
      cellOf(ofAda.matrix, 'platform.quota.pods', 'dev')?.observation.status,
    ).toBe('observed');
    expect(
      cellOf(ofBob.matrix, 'platform.quota.pods', 'dev')?.observation,
    ).toMatchObject({ status: 'forbidden' });
    expect(JSON.stringify(ofBob.matrix)).not.toContain('token-of-');

    const after = await portal.matrix();
    expect(after.etag).toBe(before.etag);
    const database = await portal.database();
    expect(database).toContain('kubernetes/okta');
    expect(database).not.toMatch(TRACES);
    expect(portal.log()).toContain('live-matrix');
    expect(portal.log()).not.toMatch(TRACES);
  });

  it('say that a token has expired', async () => {
    const { matrix } = await portal.live({
      okta: 'an-old-one',
      gke: 'token-of-ada',
    });

    expect(sourceOf(matrix, 'okta')).toMatchObject({
      status: 'forbidden',
      reason:
        'Cluster okta does not accept your token, which may have expired: sign in again, and read it anew (Unauthorized)',
      needsUserToken: {
        authProvider: 'oidc',
        tokenProvider: 'okta',
        isRefused: true,
      },
    });
    expect(summaryOf(matrix, 'dev')?.observations.version.status).toBe(
      'forbidden',
    );
    expect(sourceOf(matrix, 'gke')?.status).toBe('observed');
    expect(portal.log()).not.toContain('an-old-one');
  });

  it('say that a token expires while it is read', async () => {
    const { refusal } = cluster;
    cluster.refusal = seen =>
      seen.path.endsWith('/pods') ? 'error/401-bad-token' : refusal(seen);

    const { matrix } = await portal.live({ okta: 'token-of-ada' });

    expect(sourceOf(matrix, 'okta')?.needsUserToken?.isRefused).toBe(true);
    expect(summaryOf(matrix, 'dev')?.version).toBeUndefined();
  });

  it('are said to let a person read nothing where they let them read nothing', async () => {
    cluster.refusal = ({ path }) =>
      path.includes('/namespaces/') ? 'error/403-kind-not-served' : undefined;

    const { matrix } = await portal.live({ okta: 'token-of-ada' });

    expect(sourceOf(matrix, 'okta')).toMatchObject({
      status: 'forbidden',
      reason: expect.stringMatching(
        /^Cluster okta does not let you read anything in checkout-dev, checkout-staging: /,
      ),
    });
  });

  it('hold what one kind lacks against that kind alone', async () => {
    cluster.answers.set(
      '/apis/policy/v1/namespaces/checkout-dev/poddisruptionbudgets',
      response => {
        response.writeHead(500);
        response.end('it is broken');
      },
    );
    cluster.answers.set('/version', response =>
      json(response, 403, recording('error/403-kind-not-served').response.body),
    );
    const { matrix } = await portal.live({ okta: 'token-of-ada' });

    expect(cellOf(matrix, 'rollout.pdb', 'dev')?.observation).toEqual({
      status: 'unknown',
      reason:
        'Cluster okta answers with an error where poddisruptionbudgets in namespace checkout-dev should be: HTTP 500: it is broken',
    });
    expect(summaryOf(matrix, 'dev')?.observations.version.status).toBe(
      'observed',
    );
  });

  it('are given up after 15 seconds where they hang, while others are shown', async () => {
    const hung = cluster;
    hung.answers.set(
      '/apis/apps/v1/namespaces/checkout-staging/deployments',
      () => {},
    );
    const startedAt = Date.now();
    const [partly, wholly] = await Promise.all([
      portal.live({ okta: 'token-of-ada' }, ADA),
      (async () => {
        // Its first question is not answered: it is asked no second one.
        hung.refusal = () => undefined;
        hung.answers.set('/version', (response, seen) => {
          if (tokenOf(seen) !== 'token-of-bob') {
            json(response, 200, recording('version').response.body);
          }
        });
        return await portal.live({ okta: 'token-of-bob' }, BOB);
      })(),
    ]);
    const tookMs = Date.now() - startedAt;

    expect(tookMs).toBeGreaterThan(14_000);
    // A busy machine adds to it what it takes for all the others; who waited for an answer would wait for minutes.
    expect(tookMs).toBeLessThan(60_000);
    expect(summaryOf(partly.matrix, 'dev')?.observations.version.status).toBe(
      'observed',
    );
    expect(
      summaryOf(partly.matrix, 'staging')?.observations.version,
    ).toMatchObject({ status: 'timeout' });
    expect(sourceOf(wholly.matrix, 'okta')).toMatchObject({
      status: 'timeout',
      reason: expect.stringMatching(/^Cluster okta did not answer /),
    });
    expect(
      hung.requests
        .filter(seen => tokenOf(seen) === 'token-of-bob')
        .map(({ path }) => path),
    ).toEqual(['/version']);
    expect(wholly.status).toBe(200);
  });

  it('say that nobody listens where nobody does', async () => {
    cluster.onRequest = (_, response) => response.destroy();
    const { matrix } = await portal.live({ okta: 'token-of-ada' });
    cluster.onRequest = () => {};

    expect(sourceOf(matrix, 'okta')).toMatchObject({
      status: 'unreachable',
      reason: expect.stringContaining('Cluster okta cannot be reached'),
    });
    expect(portal.log()).not.toMatch(TRACES);
  });
});
