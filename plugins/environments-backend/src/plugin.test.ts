import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Finding } from '@envmatrix/engine';
import request from 'supertest';
import {
  applicationFact,
  ada,
  argocdFilesFact,
  desiredFact,
  entity,
  intentFact,
  liveFacts,
} from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { startPortal, until } from './__testUtils__/startPortal';
import { TestSource } from './__testUtils__/TestSource';

function application(name: string, automated: boolean): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: checkout-${name}, namespace: argocd }
spec:
  project: checkout-${name}
  source:
    repoURL: https://git.example.com/acme/checkout-deploy-config
    path: apps/checkout/overlays/${name}
    targetRevision: main
  destination:
    name: ${name === 'prod' ? 'prod' : 'nonprod'}
    namespace: checkout-${name}
  syncPolicy: ${automated ? '{ automated: {} }' : '{}'}
`;
}

const VERSIONS = { dev: '1.2.0', staging: '1.1.0', prod: '1.0.0' };

describe('the environments API', () => {
  it('serves a matrix that follows what the sources see', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);

    const matrix = await portal.matrix();
    expect(
      matrix.environments.map(({ name, summary }) => [
        name,
        summary.version,
        summary.health,
        summary.sync,
        summary.ready,
      ]),
    ).toEqual([
      ['dev', '1.2.0', 'Healthy', 'Synced', '1/1'],
      ['staging', '1.1.0', 'Healthy', 'Synced', '2/2'],
      ['prod', '1.0.0', 'Healthy', 'Synced', '3/3'],
    ]);
    expect(
      matrix.sources.map(({ kind, name }) => `${kind}/${name}`).sort(),
    ).toEqual([
      'argocd/main',
      'kubernetes/nonprod',
      'kubernetes/prod',
      'scm/git.example.com',
    ]);

    const sink = await portal.nonprod.sink();
    await sink.upsert(liveFacts('dev', '1.3.0'));
    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.version === '1.3.0',
    );
  });

  it('answers 304 while nothing has changed', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);

    const etag = await until(
      async () => (await portal.get('/matrix')).headers.etag,
      Boolean,
    );
    const same = await portal.get('/matrix').set('If-None-Match', etag);
    expect([same.status, same.text]).toEqual([304, '']);
    // A proxy that compresses makes the tag a weak one.
    const weak = await portal
      .get('/matrix')
      .set('If-None-Match', `"other", W/${etag}`);
    expect(weak.status).toBe(304);

    await (await portal.nonprod.sink()).upsert(liveFacts('dev', '1.3.0'));
    await until(
      async () =>
        (
          await portal.get('/matrix').set('If-None-Match', etag)
        ).status,
      status => status === 200,
    );
  });

  it('keeps value and age of what does not answer any more, and recovers', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);
    const sink = await portal.prod.sink();

    await sink.state({ status: 'timeout', reason: 'It does not answer' });
    const { environments, sources } = await portal.untilMatrix(
      matrix =>
        matrix.environments[2].summary.observation.status !== 'observed',
    );
    expect(environments[2].summary).toMatchObject({
      version: '1.0.0',
      health: 'Healthy',
      observations: {
        version: {
          status: 'timeout',
          reason: 'It does not answer',
          since: expect.any(String),
        },
        health: { status: 'stale' },
      },
    });
    expect(environments[1].summary.observation.status).toBe('observed');
    expect(sources).toContainEqual(
      expect.objectContaining({
        kind: 'kubernetes',
        name: 'prod',
        status: 'timeout',
        lastObservedAt: expect.any(String),
      }),
    );

    await sink.state({ status: 'observed' });
    await portal.untilMatrix(
      matrix =>
        matrix.environments[2].summary.observation.status === 'observed',
    );
  });

  it('keeps what was known of a source that was taken out of the configuration, and says so', async () => {
    const sources = {
      nonprod: new TestSource('kubernetes', 'nonprod'),
      prod: new TestSource('kubernetes', 'prod'),
      argocd: new TestSource('argocd', 'main'),
      scm: new TestSource('scm', 'git.example.com'),
    };
    const configured = Object.values(sources);
    const portal = await startPortal({ sources: configured });
    await runService({ ...portal, ...sources }, VERSIONS);

    configured.splice(configured.indexOf(sources.prod), 1);

    const { environments } = await portal.untilMatrix(
      matrix =>
        matrix.environments[2].summary.observation.status === 'not-configured',
    );
    expect(environments[2].summary).toMatchObject({
      version: '1.0.0',
      ready: '3/3',
      observations: {
        version: {
          status: 'not-configured',
          reason:
            "The portal's configuration has no kubernetes 'prod' any more",
        },
      },
    });
    expect(environments[1].summary.observation.status).toBe('observed');
    expect(sources.prod.isRunning).toBe(false);
  });

  it('shows a source as its cells know it, at every moment', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);

    await (
      await portal.prod.sink()
    ).state({ status: 'timeout', reason: 'It does not answer' });

    const seen: [string | undefined, string][] = [];
    await portal.untilMatrix(({ environments, sources }) => {
      const source = sources.find(({ name }) => name === 'prod');
      const cell = environments[2].summary.observations.version;
      seen.push([source?.status, cell.status]);
      return cell.status !== 'observed';
    });
    expect(seen.filter(([source, cell]) => source !== cell)).toEqual([]);
  });

  it('hides what the caller may not see, and says who may not do what', async () => {
    const portal = await startPortal();
    const missing = await request(portal.server).get(
      '/api/environments/v1/entities/component/default/nothing/matrix',
    );
    expect(missing.status).toBe(404);
    expect(missing.body.error).toEqual({
      name: 'NotFoundError',
      message: 'There is no entity component:default/nothing',
    });
    const nobody = await portal
      .get('/matrix')
      .set('Authorization', mockCredentials.none.header());
    expect(nobody.status).toBe(401);

    const denied = await startPortal({
      features: [
        mockServices.permissions.factory({ result: AuthorizeResult.DENY }),
      ],
    });
    for (const path of ['/matrix', '/findings', '/history', '/promotions']) {
      const answer = await denied.get(path);
      expect(answer.status).toBe(403);
      expect(answer.body.error.name).toBe('NotAllowedError');
    }
  });

  it('asks the catalog once more when the connection to it is cut', async () => {
    const catalog = catalogServiceMock({ entities: [entity, ada] });
    let cuts = 1;
    const portal = await startPortal({
      catalog: {
        ...catalog,
        getEntityByRef: async (ref, options) => {
          if (cuts > 0) {
            cuts -= 1;
            throw Object.assign(new Error('read ECONNRESET'), {
              code: 'ECONNRESET',
            });
          }
          return await catalog.getEntityByRef(ref, options);
        },
        streamEntities: (query, options) =>
          catalog.streamEntities(query, options),
      },
    });

    expect((await portal.get('/matrix')).status).toBe(200);
    expect(cuts).toBe(0);
  });

  it('tells nobody by an ETag what they may not see', async () => {
    const catalog = catalogServiceMock({ entities: [entity, ada] });
    const isHidden = jest.fn(() => false);
    const portal = await startPortal({
      catalog: {
        ...catalog,
        getEntityByRef: async (ref, options) =>
          isHidden() ? undefined : catalog.getEntityByRef(ref, options),
        getEntitiesByRefs: async (query, options) =>
          isHidden()
            ? { items: query.entityRefs.map(() => undefined) }
            : catalog.getEntitiesByRefs(query, options),
        streamEntities: (query, options) =>
          catalog.streamEntities(query, options),
      },
    });
    await runService(portal, VERSIONS);
    const { etag } = (await portal.get('/matrix')).headers;
    const asBob = (path: string) =>
      request(portal.server)
        .get(`/api/environments/v1${path}`)
        .set('Authorization', mockCredentials.user.header('user:default/bob'));

    isHidden.mockReturnValue(true);
    const answer = await asBob(
      '/entities/component/default/checkout/matrix',
    ).set('If-None-Match', etag);

    expect(answer.status).toBe(404);
    expect(answer.headers.etag).not.toBe(etag);
    for (const path of ['history', 'findings', 'promotions']) {
      expect(
        (await asBob(`/entities/component/default/checkout/${path}`)).status,
      ).toBe(404);
    }
    expect((await asBob('/fleet')).body).toEqual({
      items: [],
      total: 0,
      counts: { all: 0, lagging: 0, violating: 0, unhealthy: 0, unknown: 0 },
      sources: [],
    });
  });

  it('asks the permission framework and the catalog once for many looks of one person', async () => {
    const permissions = mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(() => ({ result: AuthorizeResult.ALLOW })),
    });
    const portal = await startPortal({ features: [permissions.factory] });
    await runService(portal, VERSIONS);
    const before = permissions.authorize.mock.calls.length;

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => portal.get('/matrix')),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set([200]),
    );
    // A yes is remembered for some seconds, and a slow machine takes longer for them all.
    expect(permissions.authorize.mock.calls.length - before).toBeLessThan(10);
    expect(
      [portal.nonprod, portal.prod, portal.argocd, portal.scm].flatMap(
        ({ refreshes }) => refreshes,
      ),
    ).toEqual([]);
  });

  it('refuses requests that its document does not know, and serves the document', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);

    expect((await portal.get('/differences?from=dev')).status).toBe(400);
    expect((await portal.get('/history?limit=0')).status).toBe(400);
    expect((await portal.get('/matrix?nonsense=1')).status).toBe(400);
    expect((await portal.post('/promotions/plan', {})).status).toBe(400);
    expect(
      (await portal.post('/promotions', { planId: 'x', other: 1 })).status,
    ).toBe(400);
    expect((await portal.post('/promotions/1/approve')).status).toBe(404);

    const document = await request(portal.server).get(
      '/api/environments/openapi.json',
    );
    expect(document.body.openapi).toBe('3.1.0');
    expect(document.body.servers).toEqual([{ url: '/api/environments' }]);
    expect(Object.keys(document.body.paths)).toContain(
      '/v1/entities/{kind}/{namespace}/{name}/matrix',
    );
  });

  it('compares two environments, and says what the rules find', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);

    const { body } = await portal.get('/differences?from=staging&to=prod');
    expect(body.differences).toContainEqual(
      expect.objectContaining({
        from: 'staging',
        to: 'prod',
        subject: 'apps/Deployment checkout',
        class: 'lag',
        before: expect.anything(),
      }),
    );
    const findings = await portal.get('/findings');
    expect(findings.body.findings.length).toBeGreaterThan(0);
    const wrong = await portal.get('/differences?from=staging&to=qa');
    expect(wrong.status).toBe(400);
    expect(wrong.body.error.message).toBe(
      "There is no environment 'qa'; there are dev, staging, prod",
    );
  });

  it('judges what git tells Argo CD once that was read', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);
    const outcomes = async () => {
      const { body } = await portal.get('/findings');
      const findings: Finding[] = body.findings;
      return findings
        .filter(({ rule }) => rule === 'PIPE-02')
        .map(({ outcome }) => outcome);
    };
    expect(await outcomes()).toEqual(['unknown']);

    await (
      await portal.scm.sink()
    ).upsert([
      argocdFilesFact([
        { name: 'argocd/dev.yaml', text: application('dev', true) },
        { name: 'argocd/staging.yaml', text: application('staging', true) },
        { name: 'argocd/prod.yaml', text: application('prod', true) },
      ]),
    ]);

    // Production must wait for a person.
    expect(
      await until(outcomes, found => !found.includes('unknown')),
    ).toContain('fail');
  });

  it('says what is wrong with an intent, and keeps to the one before', async () => {
    const portal = await startPortal();
    expect((await portal.matrix()).problem).toBe(
      'The intent of this entity is being read',
    );
    await runService(portal, VERSIONS);
    const sink = await portal.scm.sink();

    await sink.upsert([
      {
        kind: 'intent',
        scope: 'component:default/checkout',
        name: 'problem',
        value: { problem: 'environments.yaml:3: metadata is missing' },
        observedAt: new Date().toISOString(),
      },
    ]);
    const matrix = await portal.untilMatrix(({ problem }) => Boolean(problem));
    expect(matrix.problem).toBe('environments.yaml:3: metadata is missing');
    expect(matrix.environments).toHaveLength(3);

    await sink.replace(
      { kind: 'intent', scope: 'component:default/checkout' },
      [intentFact()],
    );
    await sink.upsert([
      desiredFact('prod', '1.0.0', {
        manifests: undefined,
        problem: 'base is missing',
      }),
    ]);
    await portal.untilMatrix(({ problem }) =>
      Boolean(problem?.startsWith('prod: base is missing')),
    );
  });

  it('says what an entity without an intent lacks', async () => {
    const { annotations: _, ...metadata } = entity.metadata;
    const portal = await startPortal({ entities: [{ ...entity, metadata }] });

    const matrix = await portal.matrix();
    expect(matrix.environments).toEqual([]);
    expect(matrix.problem).toContain('environments.envmatrix.dev/intent');
  });

  it('tells open pages that something changed, without saying what or where', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);
    const { updates } = await portal.matrix();
    portal.signals.length = 0;

    await (await portal.nonprod.sink()).upsert(liveFacts('dev', '1.3.0'));
    await until(
      () => portal.signals.length,
      length => length > 0,
    );

    expect(portal.signals[0]).toEqual({
      recipients: { type: 'broadcast' },
      channel: updates?.channel,
      message: { key: updates?.key, counter: expect.any(Number) },
    });
    expect(JSON.stringify(portal.signals)).not.toMatch(/checkout|1\.3\.0|dev/);
  });

  it('looks again when asked to, once for all who ask at the same time', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);

    const answers = await Promise.all([
      portal.post('/refresh'),
      portal.post('/refresh'),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    for (const source of [portal.nonprod, portal.argocd, portal.scm]) {
      expect(source.refreshes[0]).toEqual(['component:default/checkout']);
      expect(source.refreshes.length).toBeLessThan(3);
    }
  });

  it('reads an intent again when somebody pushes to its repository', async () => {
    const events = mockServices.events.mock();
    const portal = await startPortal({ features: [events.factory] });
    await runService(portal, VERSIONS);
    const { onEvent } = events.subscribe.mock.calls[0][0];
    expect(portal.scm.refreshes).toEqual([]);

    await onEvent({
      topic: 'gitea',
      eventPayload: {
        repository: {
          html_url: 'https://git.example.com/acme/checkout-deploy-config',
        },
      },
    });

    await until(
      () => portal.scm.refreshes,
      refreshes => refreshes.length > 0,
    );
    expect(portal.scm.refreshes).toEqual([['component:default/checkout']]);
    expect(portal.nonprod.refreshes).toEqual([]);
  });

  it('writes what was looked at into the audit log', async () => {
    const auditor = mockServices.auditor.mock();
    const line = { success: jest.fn(), fail: jest.fn() };
    auditor.createEvent.mockResolvedValue(line);
    const portal = await startPortal({ features: [auditor.factory] });

    await portal.get('/matrix');
    await portal.get('/promotions/7');
    await portal.post('/promotions', { planId: '7' });

    expect(
      auditor.createEvent.mock.calls.map(([event]) => [
        event.eventId,
        event.severityLevel,
        event.meta,
      ]),
    ).toEqual([
      ['matrix-fetch', undefined, { entityRef: 'component:default/checkout' }],
      [
        'promotions-fetch',
        undefined,
        { entityRef: 'component:default/checkout', id: '7' },
      ],
      [
        'promotion-create',
        'medium',
        { entityRef: 'component:default/checkout', planId: '7' },
      ],
    ]);
    expect(line.success).toHaveBeenCalledTimes(1);
    expect(line.fail).toHaveBeenCalledTimes(2);
  });

  it('lists the sources with their states', async () => {
    const portal = await startPortal();
    await (
      await portal.prod.sink()
    ).state({ status: 'forbidden', reason: 'The token was refused' });

    const { body } = await request(portal.server).get(
      '/api/environments/v1/environments',
    );
    expect(body.sources).toContainEqual(
      expect.objectContaining({
        kind: 'kubernetes',
        name: 'prod',
        status: 'forbidden',
        reason: 'The token was refused',
      }),
    );
  });

  it('does not let one entity see the applications of another', async () => {
    const portal = await startPortal();
    await runService(portal, VERSIONS);
    const foreign = applicationFact('dev', {
      name: 'foreign-dev',
      health: { status: 'Degraded' },
    });
    await (
      await portal.argocd.sink()
    ).replace({ kind: 'application' }, [
      { ...foreign, labels: { environment: 'dev' } },
    ]);

    const { environments } = await portal.untilMatrix(
      matrix => matrix.environments[0].summary.sync === undefined,
    );
    expect(environments[0].summary.observations.sync.status).toBe('absent');
    expect(environments[0].summary.health).toBe('Healthy');
  });
});
