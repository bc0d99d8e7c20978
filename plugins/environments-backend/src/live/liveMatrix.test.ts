import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { metricsServiceMock } from '@backstage/backend-test-utils/alpha';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Fact } from '@envmatrix/backstage-plugin-environments-node';
import { Matrix } from '@envmatrix/engine';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import request from 'supertest';
import { capturedLog } from '../__testUtils__/capturedLog';
import { databases } from '../__testUtils__/databases';
import { dumpDatabase } from '../__testUtils__/dumpDatabase';
import {
  ada,
  applicationFact,
  desiredFact,
  entity,
  intentFact,
  liveFacts,
} from '../__testUtils__/facts';
import { startPortal, until } from '../__testUtils__/startPortal';
import { TestSource } from '../__testUtils__/TestSource';
import { UserTokenSource } from '../__testUtils__/UserTokenSource';

const ADA = 'user:default/ada';
const BOB = 'user:default/bob';
const REASON = 'Cluster prod is read with your own token';

type Options = Parameters<typeof startPortal>[0];

/** A portal whose cluster prod is for people alone, and whose other sources are watched. */
async function start(options: Options = {}) {
  const prod = new UserTokenSource('prod');
  const nonprod = new TestSource('kubernetes', 'nonprod');
  const argocd = new TestSource('argocd', 'main');
  const scm = new TestSource('scm', 'git.example.com');
  const portal = await startPortal({
    ...options,
    sources: [nonprod, prod, argocd, scm],
  });
  const sinks = await Promise.all(
    [nonprod, argocd, scm].map(source => source.sink()),
  );
  await sinks[2].upsert([
    intentFact(),
    desiredFact('dev', '1.2.0'),
    desiredFact('staging', '1.1.0'),
    desiredFact('prod', '1.0.0'),
  ]);
  await sinks[0].replace({ kind: 'object' }, [
    ...liveFacts('dev', '1.2.0'),
    ...liveFacts('staging', '1.1.0'),
  ]);
  await sinks[1].replace({ kind: 'application' }, [
    applicationFact('dev'),
    applicationFact('staging'),
    applicationFact('prod'),
  ]);
  for (const sink of sinks) {
    await sink.state({ status: 'observed' });
  }
  await (await prod.sink()).state({ status: 'not-configured', reason: REASON });
  await portal.untilMatrix(
    ({ environments, sources }) =>
      environments[1]?.summary.observation.status === 'observed' &&
      sources.some(({ needsUserToken }) => needsUserToken),
  );
  // Whoever asks first has the first matrix before it is told of. What changes afterwards is told of before it can be asked for.
  portal.signals.length = 0;
  await sinks[0].upsert(liveFacts('staging', '1.1.1'));
  await portal.untilMatrix(
    ({ environments }) => environments[1]?.summary.version === '1.1.1',
  );
  await until(
    async () => portal.signals.length,
    count => count > 0,
  );
  return {
    ...portal,
    prod,
    live: (
      clusters: { name: string; token: string }[],
      userEntityRef: string = ADA,
    ) => portal.post('/live-matrix', { clusters }, userEntityRef),
  };
}

const summaryOf = (matrix: Matrix, name: string) =>
  matrix.environments.find(environment => environment.name === name)?.summary;

const sourceOf = (matrix: Matrix, name: string) =>
  matrix.sources.find(source => source.name === name);

/** What a viewer sees, under names that nothing else has. */
function seenBy(person: string, version: string): Fact[] {
  return liveFacts('prod', version).map(fact => ({
    ...fact,
    value: {
      ...(fact.value as JsonObject),
      note: `only-${person}-may-see-this`,
    },
  }));
}

describe.each(databases.eachSupportedId())('a live matrix (%s)', id => {
  let knex: Knex;
  beforeEach(async () => {
    knex = await databases.init(id);
  });

  it('shows each viewer what their own token lets them see, and leaves no trace of it', async () => {
    const log = capturedLog();
    const portal = await start({ knex, features: [log.feature] });
    portal.prod.shows('token-of-ada', seenBy('ada', '1.0.0'));
    portal.prod.shows('token-of-bob', seenBy('bob', '0.9.0'));
    const before = await portal.get('/matrix');
    expect(sourceOf(before.body, 'prod')).toMatchObject({
      status: 'not-configured',
      reason: REASON,
      needsUserToken: { authProvider: 'oidc', tokenProvider: 'okta' },
    });
    expect(summaryOf(before.body, 'prod')?.observations.ready).toMatchObject({
      status: 'not-configured',
      reason: REASON,
    });
    const { body } = await request(portal.server).get(
      '/api/environments/v1/environments',
    );
    expect(body.sources).toContainEqual(
      expect.objectContaining({
        name: 'prod',
        needsUserToken: { authProvider: 'oidc', tokenProvider: 'okta' },
      }),
    );
    const signals = portal.signals.length;
    const stored = await dumpDatabase(knex);

    const [ofAda, ofBob] = await Promise.all([
      portal.live([{ name: 'prod', token: 'token-of-ada' }]),
      portal.live([{ name: 'prod', token: 'token-of-bob' }], BOB),
    ]);

    expect(summaryOf(ofAda.body, 'prod')).toMatchObject({
      version: '1.0.0',
      ready: '3/3',
      observations: { version: { status: 'observed' } },
    });
    expect(summaryOf(ofBob.body, 'prod')?.version).toBe('0.9.0');
    expect(summaryOf(ofAda.body, 'dev')?.version).toBe('1.2.0');
    expect(sourceOf(ofAda.body, 'prod')).toEqual({
      kind: 'kubernetes',
      name: 'prod',
      status: 'observed',
      lastObservedAt: expect.any(String),
      needsUserToken: { authProvider: 'oidc', tokenProvider: 'okta' },
    });
    for (const { headers, text } of [ofAda, ofBob]) {
      expect(headers['cache-control']).toBe('no-store');
      expect(headers.etag).toBeUndefined();
      expect(text).not.toContain('token-of-');
    }
    expect(
      portal.prod.requests.map(({ token, namespaces }) => [token, namespaces]),
    ).toEqual([
      ['token-of-ada', ['checkout-prod']],
      ['token-of-bob', ['checkout-prod']],
    ]);

    // What everybody sees is what it was, and nobody was told of anything.
    const after = await portal.get('/matrix');
    expect(after.headers.etag).toBe(before.headers.etag);
    expect(summaryOf(after.body, 'prod')).toEqual(
      summaryOf(before.body, 'prod'),
    );
    expect(portal.signals).toHaveLength(signals);
    const traces = /token-of-|may-see-this|"?0\.9\.0/;
    expect(stored).not.toMatch(traces);
    expect(await dumpDatabase(knex)).not.toMatch(traces);
    expect((await portal.get('/history')).text).not.toMatch(traces);
    expect(log.text()).toContain('live-matrix');
    expect(log.text()).not.toMatch(traces);
  });
});

describe('a live matrix', () => {
  it('says of a cluster that refuses the token why, and keeps all that is known otherwise', async () => {
    const portal = await start();
    const { body } = await portal.live([{ name: 'prod', token: 'expired' }]);

    expect(sourceOf(body, 'prod')).toMatchObject({
      status: 'forbidden',
      reason: 'Sign in again',
      needsUserToken: { authProvider: 'oidc', isRefused: true },
    });
    expect(summaryOf(body, 'prod')).toMatchObject({
      sync: 'Synced',
      observations: {
        ready: { status: 'forbidden', reason: 'Sign in again' },
      },
    });
    expect(summaryOf(body, 'dev')?.observation.status).toBe('observed');
  });

  it('is held to the document of the API, as every other answer', async () => {
    const portal = await start();
    portal.prod.answers('token-of-ada', async () => ({
      observation: JSON.parse('{"status":"perhaps"}'),
      facts: [],
    }));
    const { status, body, headers } = await portal.live([
      { name: 'prod', token: 'token-of-ada' },
    ]);
    expect(status).toBe(500);
    expect(body.error.message).toMatch(
      /^\/response\/.*status must be equal to one of/,
    );
    expect(headers.etag).toBeUndefined();
  });

  it('costs requests that are counted as those of the cluster', async () => {
    const metrics = metricsServiceMock.mock();
    const portal = await start({ features: [metrics.factory] });
    portal.prod.answers('token-of-ada', async ({ meter }) => {
      meter?.request();
      meter?.request();
      return { observation: { status: 'observed' }, facts: [] };
    });
    await portal.live([{ name: 'prod', token: 'token-of-ada' }]);
    const at = metrics.createCounter.mock.calls.findIndex(
      ([name]) => name === 'environments.source.requests',
    );
    expect(
      metrics.createCounter.mock.results[at]?.value.add.mock.calls,
    ).toEqual([
      [1, { kind: 'kubernetes', name: 'prod' }],
      [1, { kind: 'kubernetes', name: 'prod' }],
    ]);
  });

  it('repeats no token that is in an error', async () => {
    const portal = await start();
    portal.prod.answers('ey.ada', async ({ token }) => {
      throw new Error(`Bearer ${token} is not understood`);
    });
    const { body, text } = await portal.live([
      { name: 'prod', token: 'ey.ada' },
    ]);
    expect(sourceOf(body, 'prod')?.reason).toBe(
      'Cluster prod could not be read: Bearer *** is not understood',
    );
    expect(text).not.toContain('ey.ada');
  });

  it('gives a token to the cluster that it is for, and to nobody else', async () => {
    const portal = await start();
    const { body } = await portal.live([
      { name: 'nonprod', token: 'a' },
      { name: 'elsewhere', token: 'b' },
    ]);

    expect(portal.prod.requests).toEqual([]);
    expect(summaryOf(body, 'dev')?.version).toBe('1.2.0');
    expect(sourceOf(body, 'prod')?.status).toBe('not-configured');
  });

  it('does not read for the same person and entity twice at a time, and not in too many pages', async () => {
    const portal = await start();
    let atOnce = 0;
    let most = 0;
    const goOn: (() => void)[] = [];
    portal.prod.answers('t', async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise<void>(resolve => goOn.push(resolve));
      atOnce -= 1;
      return { observation: { status: 'observed' }, facts: [] };
    });
    const clusters = [{ name: 'prod', token: 't' }];
    let answered = 0;
    const answers = Array.from({ length: 5 }, () =>
      portal.live(clusters).then(answer => {
        answered += 1;
        return answer;
      }),
    );
    await until(
      () => {
        if (answered > 0) {
          goOn.shift()?.();
        }
        return answered;
      },
      count => count === 5,
    );

    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 503]);
    expect(most).toBe(1);
  });

  it('stops reading when nobody waits any more', async () => {
    const portal = await start();
    const stopped = new Promise<void>(resolve => {
      portal.prod.answers('t', async ({ signal }) => {
        signal.addEventListener('abort', () => resolve());
        await stopped;
        return { observation: { status: 'observed' }, facts: [] };
      });
    });
    const pending = portal.live([{ name: 'prod', token: 't' }]);
    pending.catch(() => {});
    pending.end(() => {});
    await until(
      () => portal.prod.requests.length,
      count => count === 1,
    );
    pending.abort();
    await stopped;
    expect(portal.prod.requests[0].signal.aborted).toBe(true);
  });

  it('is for people who may see the entity, and audited without tokens', async () => {
    const catalog = catalogServiceMock({ entities: [entity, ada] });
    const auditor = mockServices.auditor.mock();
    const event = { success: jest.fn(), fail: jest.fn() };
    auditor.createEvent.mockResolvedValue(event);
    const portal = await start({ features: [auditor.factory] });
    const clusters = [{ name: 'prod', token: 'token-of-ada' }];

    const service = await request(portal.server)
      .post(
        '/api/environments/v1/entities/component/default/checkout/live-matrix',
      )
      .set('Authorization', mockCredentials.service.header())
      .send({ clusters });
    expect(service.status).toBe(403);
    expect(portal.prod.requests).toEqual([]);
    expect((await portal.live(clusters)).status).toBe(200);
    expect(auditor.createEvent).toHaveBeenLastCalledWith(
      expect.objectContaining({
        eventId: 'live-matrix-fetch',
        meta: { entityRef: 'component:default/checkout', clusters: 'prod' },
      }),
    );

    const hidden = await startPortal({
      catalog: { ...catalog, getEntityByRef: async () => undefined },
    });
    const denied = await startPortal({
      features: [
        mockServices.permissions.factory({ result: AuthorizeResult.DENY }),
      ],
    });
    expect((await hidden.post('/live-matrix', { clusters })).status).toBe(404);
    expect((await denied.post('/live-matrix', { clusters })).status).toBe(403);
  });

  it('refuses what is not asked for as its document says, and repeats nothing of it', async () => {
    const portal = await start();
    for (const body of [
      {},
      { clusters: [{ name: 'prod' }] },
      { clusters: [{ name: 'prod', token: '' }] },
      { clusters: [{ name: 'prod', token: 'a-secret\r\nX-Other: 1' }] },
      { clusters: [{ name: 'prod', token: 'a-secret', other: 1 }] },
    ]) {
      const answer = await portal.post('/live-matrix', body, ADA);
      expect(answer.status).toBe(400);
      expect(answer.text).not.toContain('a-secret');
    }
    const broken = await request(portal.server)
      .post(
        '/api/environments/v1/entities/component/default/checkout/live-matrix',
      )
      .set('Authorization', mockCredentials.user.header(ADA))
      .set('Content-Type', 'application/json')
      .send('{"clusters":[{"name":"prod","token":a-secret');
    expect(broken.status).toBe(400);
    expect(broken.text).not.toContain('a-secret');
    expect(portal.prod.requests).toEqual([]);
  });
});
