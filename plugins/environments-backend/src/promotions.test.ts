import {
  BackstageCredentials,
  BackstageUserPrincipal,
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { ConflictError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { IntentGate, Promotion, PromotionPlan } from '@envmatrix/engine';
import {
  BASE,
  FakeDelivery,
  FakeRepository,
} from './__testUtils__/FakePromotions';
import { kustomization } from './__testUtils__/facts';
import {
  applicationFact,
  desiredFact,
  EnvironmentName,
  intentFact,
  liveFacts,
  rolloutFacts,
} from './__testUtils__/facts';
import { runService } from './__testUtils__/runService';
import { Portal, startPortal, until } from './__testUtils__/startPortal';

const VERSIONS = { dev: '1.2.0', staging: '1.1.0', prod: '1.0.0' };

async function start(
  versions: Record<EnvironmentName, string> = VERSIONS,
  options: Parameters<typeof startPortal>[0] = {},
) {
  const repository = new FakeRepository({ ...versions });
  const delivery = new FakeDelivery();
  const portal = await startPortal({ repository, delivery, ...options });
  await runService(portal, versions);
  return { portal, repository, delivery };
}

async function plan(portal: Portal, from: string, to: string) {
  const response = await portal.post('/promotions/plan', { from, to });
  expect({ status: response.status, error: response.body.error }).toEqual({
    status: 200,
  });
  const body: PromotionPlan = response.body;
  return body;
}

async function create(portal: Portal, planId: string, reason?: string) {
  const response = await portal.post('/promotions', { planId, reason });
  expect({ status: response.status, error: response.body.error }).toEqual({
    status: 201,
  });
  const body: Promotion = response.body;
  return body;
}

/** The intent says one gate more before these environments. */
async function declare(
  portal: Portal,
  gate: IntentGate,
  names: EnvironmentName[] = ['staging'],
) {
  const { environments } = JSON.parse(JSON.stringify(intentFact().value));
  for (const environment of environments) {
    if (names.includes(environment.name)) {
      environment.delivery.gates = [{ health: true }, gate];
    }
  }
  await (await portal.scm.sink()).upsert([intentFact({ environments })]);
}

const planWith = (portal: Portal, gate: string) =>
  until(
    () => plan(portal, 'dev', 'staging'),
    ({ gates }) => gates.some(({ id }) => id === gate),
  );

function mockUser(credentials: BackstageCredentials) {
  if (!isUser(credentials)) {
    throw new Error('Somebody else than a person asks');
  }
  return credentials;
}

function isUser(
  credentials: BackstageCredentials,
): credentials is BackstageCredentials<BackstageUserPrincipal> {
  return JSON.stringify(credentials.principal).includes('"user"');
}

const untilState = (portal: Portal, id: string, state: string) =>
  until<Promotion>(
    async () => (await portal.get(`/promotions/${id}`)).body,
    promotion => promotion.state === state,
  );

describe('promotions', () => {
  it('shows the whole change before anybody clicks', async () => {
    const { portal } = await start();

    const shown = await plan(portal, 'dev', 'staging');

    expect(shown).toMatchObject({
      from: 'dev',
      to: 'staging',
      revision: 'c0ffee1',
      way: 'commit',
      release: {
        from: '1.1.0',
        to: '1.2.0',
        commits: [{ sha: 'beef', subject: 'From 1.1.0 to 1.2.0' }],
      },
      files: [
        {
          path: 'apps/checkout/overlays/staging/kustomization.yaml',
          before: expect.stringContaining('newTag: 1.1.0'),
          after: expect.stringContaining('newTag: 1.2.0'),
        },
      ],
      restarts: ['apps/Deployment checkout'],
      gates: [
        {
          id: 'health',
          title: 'Healthy in dev',
          state: 'open',
          reason: '1/1 ready, digest 1.2.0…',
        },
      ],
      impact: {
        dependents: ['component:default/storefront'],
        owners: ['group:default/payments'],
      },
    });
    expect(shown.changes.map(({ subject }) => subject)).toEqual([
      'apps/Deployment checkout',
    ]);
  });

  it('takes along which commit the release was built from', async () => {
    const { portal, repository } = await start();
    const sha = '9f31c2a9f31c2a9f31c2a9f31c2a9f31c2a9f31c';
    await (
      await portal.scm.sink()
    ).upsert([
      {
        kind: 'commit',
        scope: 'component:default/checkout',
        name: '1.2.0',
        value: { version: '1.2.0', sha },
        observedAt: new Date().toISOString(),
      },
    ]);
    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.commit === sha,
    );
    const shown = await plan(portal, 'dev', 'staging');
    await create(portal, shown.id, 'Source-Commit: of somebody else');

    expect(repository.commitsMade[0].message).toBe(
      `Promote checkout 1.2.0 to staging\n\nSource-Commit: of somebody else\n\nPromoted-from: dev\nSource-Commit: ${sha}\nRequested-by: user:default/mock`,
    );
  });

  it('goes to staging as a commit of the person, and ends when staging runs it', async () => {
    const { portal, repository, delivery } = await start();
    const shown = await plan(portal, 'dev', 'staging');

    const created = await create(portal, shown.id, 'The fix for baskets');

    expect(created).toMatchObject({
      state: 'syncing',
      requestedBy: 'user:default/mock',
      reason: 'The fix for baskets',
      steps: [
        {
          what: 'Committed beef002',
          by: 'user:default/mock',
          link: 'https://git.example.com/commit',
        },
      ],
      actions: ['cancel'],
    });
    expect(repository.commitsMade).toEqual([
      expect.objectContaining({
        revision: 'c0ffee1',
        author: { name: 'Ada Adams', email: 'ada@example.com' },
        message:
          'Promote checkout 1.2.0 to staging\n\nThe fix for baskets\n\nPromoted-from: dev\nRequested-by: user:default/mock',
      }),
    ]);
    expect(delivery.refreshes).toEqual(['checkout-staging']);
    expect(portal.scm.refreshes).toEqual([['component:default/checkout']]);
    await portal.untilMatrix(
      ({ environments }) =>
        environments[0].promotion?.active?.id === created.id,
    );

    const nonprod = await portal.nonprod.sink();
    await (
      await portal.scm.sink()
    ).upsert([desiredFact('staging', '1.2.0', { revision: 'beef002' })]);
    await nonprod.upsert(
      liveFacts('staging', '1.2.0', { ready: ['1.1.0', '1.1.0'] }),
    );
    await untilState(portal, created.id, 'rolling-out');
    await nonprod.upsert(liveFacts('staging', '1.2.0'));
    const done = await untilState(portal, created.id, 'succeeded');
    expect(done.steps.map(({ what }) => what)).toEqual([
      'Committed beef002',
      'staging starts pods of 1.2.0',
      '1.2.0 runs in staging, healthy and fully rolled out',
    ]);
    expect(done.actions).toEqual([]);

    const { body } = await portal.get('/history?environment=staging');
    expect(body.items[0]).toMatchObject({
      what: 'version',
      from: '1.1.0',
      to: '1.2.0',
      by: 'Ada Adams',
    });
  });

  it('follows an Argo Rollout step by step, and ends when the release is the stable one', async () => {
    const { portal } = await start();
    const nonprod = await portal.nonprod.sink();
    const show = (rollout: Parameters<typeof rolloutFacts>[1]) =>
      nonprod.replace({ kind: 'object' }, [
        ...liveFacts('dev', VERSIONS.dev),
        ...rolloutFacts('staging', rollout),
      ]);
    await show({ stable: '1.1.0' });
    const { id } = await create(
      portal,
      (
        await plan(portal, 'dev', 'staging')
      ).id,
    );
    await (
      await portal.scm.sink()
    ).upsert([desiredFact('staging', '1.2.0', { revision: 'beef002' })]);

    await show({ stable: '1.1.0', canary: '1.2.0' });
    const waiting = await until<Promotion>(
      async () => (await portal.get(`/promotions/${id}`)).body,
      ({ steps }) => steps.some(({ what }) => what.includes('Paused')),
    );
    const matrix = await portal.untilMatrix(
      ({ environments }) => environments[1].summary.health === 'Suspended',
    );
    await show({ stable: '1.2.0' });
    const done = await untilState(portal, id, 'succeeded');

    const pause =
      'Paused at step 2/2, 25 % of traffic by the number of pods, CanaryPauseStep since 2026-11-23 11:40 UTC';
    expect(waiting.state).toBe('rolling-out');
    expect(matrix.environments[1].summary).toMatchObject({
      version: '1.1.0',
      ready: '3/2',
      standing: pause,
    });
    expect(matrix.environments[0].promotion).toMatchObject({
      possible: false,
      blockedBy: [
        `staging is getting 1.2.0 already: ${pause}`,
        'A promotion to staging is under way (rolling-out)',
      ],
    });
    expect(done.steps.map(({ what }) => what)).toEqual([
      'Committed beef002',
      'staging starts pods of 1.2.0',
      `staging: ${pause}`,
      '1.2.0 runs in staging, healthy and fully rolled out',
    ]);
    const { body } = await portal.get('/history?environment=staging');
    expect(body.items[0]).toMatchObject({
      what: 'version',
      from: '1.1.0',
      to: '1.2.0',
    });
  });

  describe('of an environment that is pinned to a commit', () => {
    const [OLD, NEW] = ['1'.repeat(40), '2'.repeat(40)];
    const APPLICATION = 'argocd/applications/checkout-prod.yaml';
    const application = (
      revision: string,
      version: string,
    ) => `kind: Application
spec:
  source:
    targetRevision: "${revision}"
    path: apps/checkout/overlays/prod
    kustomize:
      images:
        - checkout=ghcr.io/acme/checkout:${version}
`;
    const grace = (seconds: number) =>
      `      terminationGracePeriodSeconds: ${seconds}\n`;

    async function pinned() {
      const started = await start();
      const { repository } = started;
      repository.revision = NEW;
      repository.others = {
        [APPLICATION]: application(OLD, '1.0.0'),
        [BASE]: grace(45),
      };
      repository.history.set(OLD, {
        [BASE]: grace(30),
        // The commit does not know of its own promotion.
        'apps/checkout/overlays/prod/kustomization.yaml':
          kustomization('0.9.0'),
      });
      return started;
    }

    const untilPinned = async (portal: Portal, revision: string) => {
      await (
        await portal.argocd.sink()
      ).upsert([
        applicationFact('prod', {
          sources: [{ repoURL: 'https://git', targetRevision: revision }],
          sync: { status: 'OutOfSync' },
        }),
      ]);
    };

    it('shows what comes with the new pin, from the old one', async () => {
      const { portal } = await pinned();
      const { files, changes } = await plan(portal, 'staging', 'prod');
      expect(files.map(({ path }) => path)).toEqual([
        'apps/checkout/overlays/prod/kustomization.yaml',
        APPLICATION,
      ]);
      expect(files[1].after).toBe(application(NEW, '1.1.0'));
      expect(
        changes.map(({ pointer, before, after }) => [pointer, before, after]),
      ).toEqual(
        expect.arrayContaining([
          [expect.stringMatching(/terminationGracePeriodSeconds$/), 30, 45],
          [
            expect.stringMatching(/image/),
            expect.stringMatching(/1\.0\.0/),
            expect.stringMatching(/1\.1\.0/),
          ],
        ]),
      );
    });

    it('says so where the old pin cannot be read', async () => {
      const { portal, repository } = await pinned();
      repository.history.clear();
      expect((await plan(portal, 'staging', 'prod')).changesUnknown).toMatch(
        /^prod is pinned to 1111111, which cannot be read: There is no commit/,
      );
    });

    it('offers the sync when Argo CD has the new pin, and syncs that', async () => {
      const { portal, delivery } = await pinned();
      await untilPinned(portal, OLD);
      const { id } = await create(
        portal,
        (
          await plan(portal, 'staging', 'prod')
        ).id,
      );
      const merged = await portal.post(`/promotions/${id}/merge`);
      expect(merged.body).toMatchObject({
        state: 'merged',
        actions: ['cancel'],
        waitsFor: expect.stringContaining(
          'Argo CD has not read yet that prod is pinned to 2222222',
        ),
      });
      const early = await portal.post(`/promotions/${id}/sync`);
      expect([early.status, early.body.error.message]).toEqual([
        409,
        merged.body.waitsFor,
      ]);

      await untilPinned(portal, NEW);
      const ready = await until<Promotion>(
        async () => (await portal.get(`/promotions/${id}`)).body,
        ({ actions }) => actions.includes('sync'),
      );
      expect(ready).not.toHaveProperty('waitsFor');
      expect(ready.steps.at(-1)?.what).toBe(
        'Argo CD has prod pinned to 2222222',
      );
      await portal.post(`/promotions/${id}/sync`);
      expect(delivery.syncs).toEqual([
        expect.objectContaining({
          application: 'checkout-prod',
          revision: NEW,
        }),
      ]);
    });
  });

  it('goes to prod as a pull request, its merge, and a sync of exactly that', async () => {
    const { portal, repository, delivery } = await start();
    const shown = await plan(portal, 'staging', 'prod');
    expect(shown.way).toBe('pull-request');

    const { id, ...proposed } = await create(portal, shown.id);
    expect(proposed).toMatchObject({
      state: 'proposed',
      pullRequest: { number: 7, link: 'https://git.example.com/pulls/7' },
      actions: ['merge', 'cancel'],
    });
    expect(repository.opened[0]).toMatchObject({
      branch: 'promote/prod-1.1.0',
      title: 'Promote checkout 1.1.0 to prod',
      author: { name: 'Ada Adams' },
    });
    expect((await portal.post(`/promotions/${id}/sync`)).status).toBe(409);

    const merged = await portal.post(`/promotions/${id}/merge`);
    expect(merged.body).toMatchObject({
      state: 'merged',
      actions: ['sync', 'cancel'],
    });
    expect(delivery.syncs).toEqual([]);

    delivery.isBusy = true;
    const busy = await portal.post(`/promotions/${id}/sync`);
    expect([busy.status, busy.body.error.message]).toEqual([
      409,
      'another operation is already in progress',
    ]);
    delivery.isBusy = false;
    const synced = await portal.post(`/promotions/${id}/sync`);
    expect(synced.body.state).toBe('syncing');
    expect(delivery.syncs).toEqual([
      {
        instance: 'main',
        application: 'checkout-prod',
        namespace: 'argocd',
        project: 'checkout-prod',
        revision: 'beef003',
        prune: false,
      },
    ]);

    await (await portal.scm.sink()).upsert([desiredFact('prod', '1.1.0')]);
    await (await portal.prod.sink()).upsert(liveFacts('prod', '1.1.0'));
    await untilState(portal, id, 'succeeded');
    const { body } = await portal.get('/history?environment=prod');
    expect(body.items[0]).toMatchObject({
      what: 'version',
      to: '1.1.0',
      pullRequest: { number: 7, link: 'https://git.example.com/pulls/7' },
    });
  });

  it('syncs every place of an environment, and has arrived when all of them have it', async () => {
    const { portal, delivery } = await start();
    const { environments } = JSON.parse(JSON.stringify(intentFact().value));
    const { cluster, namespace, ...prod } = environments[2];
    const targets = [
      { cluster, namespace, region: 'eu' },
      { cluster: 'nonprod', namespace, region: 'us' },
    ];
    const [nonprod, main, argocd, scm] = await Promise.all(
      [portal.nonprod, portal.prod, portal.argocd, portal.scm].map(source =>
        source.sink(),
      ),
    );
    await nonprod.upsert(liveFacts('prod', '1.0.0'));
    await argocd.upsert([
      applicationFact('prod', {
        name: 'checkout-prod-us',
        destination: { name: 'nonprod', namespace },
      }),
    ]);
    await scm.upsert([
      intentFact({
        environments: [environments[0], environments[1], { ...prod, targets }],
      }),
    ]);
    await portal.untilMatrix(
      matrix => matrix.environments[2].summary.ready === '6/6',
    );

    const { id } = await create(
      portal,
      (
        await plan(portal, 'staging', 'prod')
      ).id,
    );
    await portal.post(`/promotions/${id}/merge`);
    const synced = await portal.post(`/promotions/${id}/sync`);
    expect(synced.body.steps.at(-1).what).toBe(
      'Started the sync of checkout-prod and checkout-prod-us',
    );
    expect(delivery.syncs.map(({ application }) => application)).toEqual([
      'checkout-prod',
      'checkout-prod-us',
    ]);

    await scm.upsert([desiredFact('prod', '1.1.0')]);
    await main.upsert(liveFacts('prod', '1.1.0'));
    await portal.untilMatrix(
      matrix => matrix.environments[2].summary.version === '1.1.0, 1.0.0',
    );
    expect((await portal.get(`/promotions/${id}`)).body.state).not.toBe(
      'succeeded',
    );
    await nonprod.upsert(liveFacts('prod', '1.1.0'));
    await untilState(portal, id, 'succeeded');
  });

  it('is a sync alone where git says it already', async () => {
    const { portal, repository, delivery } = await start({
      dev: '1.0.0',
      staging: '1.0.0',
      prod: '1.0.0',
    });
    await (await portal.prod.sink()).replace({ kind: 'object' }, []);
    await (
      await portal.argocd.sink()
    ).upsert([
      applicationFact('prod', {
        sync: { status: 'OutOfSync' },
        health: { status: 'Missing' },
        history: [],
      }),
    ]);
    await portal.untilMatrix(
      ({ environments }) => environments[1].promotion?.way === 'sync',
    );

    const shown = await plan(portal, 'staging', 'prod');
    expect(shown).toMatchObject({ way: 'sync', files: [], changes: [] });
    expect(shown.release.from).toBeUndefined();
    const { id, state } = await create(portal, shown.id);

    expect(state).toBe('syncing');
    expect(repository.commitsMade).toEqual([]);
    expect(delivery.syncs[0].revision).toBe('c0ffee1');
    await (await portal.prod.sink()).upsert(liveFacts('prod', '1.0.0'));
    await (await portal.argocd.sink()).upsert([applicationFact('prod')]);
    await untilState(portal, id, 'succeeded');
  });

  it('fails with the reason when pods cannot start, and may succeed after all', async () => {
    const { portal } = await start();
    const { id } = await create(
      portal,
      (
        await plan(portal, 'dev', 'staging')
      ).id,
    );
    const nonprod = await portal.nonprod.sink();

    await nonprod.upsert(
      liveFacts('staging', '1.2.0', {
        ready: ['1.1.0', '1.1.0'],
        waiting: 'ImagePullBackOff',
      }),
    );
    const failed = await untilState(portal, id, 'failed');
    expect(failed.problem).toContain(
      'ImagePullBackOff: ghcr.io/acme/checkout:1.2.0',
    );
    expect(failed.remedy).toContain('1.1.0 keep serving');

    await nonprod.replace({ kind: 'object' }, [
      ...liveFacts('dev', '1.2.0'),
      ...liveFacts('staging', '1.2.0'),
    ]);
    const done = await untilState(portal, id, 'succeeded');
    expect(done.problem).toBeUndefined();
  });

  it('refuses a plan when git has moved on in what it is about', async () => {
    const { portal, repository } = await start();
    const shown = await plan(portal, 'dev', 'staging');

    repository.revision = 'c0ffee2';
    repository.versions.prod = '1.1.0';
    repository.versions.dev = '1.3.0';
    const moved = await portal.post('/promotions', { planId: shown.id });
    expect([moved.status, moved.body.error]).toEqual([
      409,
      {
        name: 'ConflictError',
        message:
          'Git moved on from c0ffee1 to c0ffee2 since this was shown: dev has 1.3.0 by now. Look at the change again.',
      },
    ]);

    // What is not in the plan may move.
    repository.versions.dev = '1.2.0';
    await create(portal, shown.id);
    const again = await portal.post('/promotions', { planId: shown.id });
    expect(again.status).toBe(404);
  });

  it('has one promotion into an environment at a time', async () => {
    const { portal, repository } = await start();
    const [first, second] = await Promise.all([
      plan(portal, 'dev', 'staging'),
      plan(portal, 'dev', 'staging'),
    ]);

    const answers = await Promise.all(
      [first, second].map(({ id }) =>
        portal.post('/promotions', { planId: id }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(repository.commitsMade).toHaveLength(1);
    const [created] = answers.filter(({ status }) => status === 201);
    const cancelled = await portal.post(
      `/promotions/${created.body.id}/cancel`,
    );
    expect(cancelled.body).toMatchObject({
      state: 'cancelled',
      steps: [{}, { what: 'Cancelled; the change stays in git' }],
    });
  });

  it('keeps to the gates, also to those that came down after the plan was shown', async () => {
    const { portal, repository } = await start();
    const shown = await plan(portal, 'dev', 'staging');
    await (
      await portal.argocd.sink()
    ).upsert([applicationFact('dev', { health: { status: 'Degraded' } })]);
    await portal.untilMatrix(
      ({ environments }) => environments[0].summary.health === 'Degraded',
    );

    const refused = await portal.post('/promotions', { planId: shown.id });

    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'Healthy in dev: dev is Degraded',
    ]);
    expect((await plan(portal, 'dev', 'staging')).gates[0].state).toBe(
      'closed',
    );
    await (
      await portal.nonprod.sink()
    ).state({ status: 'unreachable', reason: 'It refuses connections' });
    await portal.untilMatrix(
      ({ environments }) =>
        environments[0].summary.observations.version.status === 'unreachable',
    );
    expect((await plan(portal, 'dev', 'staging')).gates[0]).toMatchObject({
      state: 'unknown',
      reason: 'It refuses connections',
    });
    expect(repository.commitsMade).toEqual([]);
  });

  it('lets a release soak for as long as the intent says', async () => {
    const { portal } = await start();
    await declare(portal, { soak: '1h' });

    const shown = await planWith(portal, 'soak');

    expect(shown.gates[1]).toMatchObject({ id: 'soak', state: 'waiting' });
    expect(Date.parse(shown.gates[1].opensAt ?? '')).toBeGreaterThan(
      Date.now(),
    );
    const refused = await portal.post('/promotions', { planId: shown.id });
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      expect.stringContaining('Healthy in dev for 1h: 1.2.0 is healthy'),
    ]);

    await declare(portal, { soak: '1ms' });
    const later = await until(
      () => plan(portal, 'dev', 'staging'),
      ({ gates }) => gates[1].state === 'open',
    );
    await create(portal, later.id);
  });

  it('begins nothing, and brings nothing on, while things are frozen', async () => {
    const { portal, delivery } = await start();
    const { id } = await create(
      portal,
      (
        await plan(portal, 'staging', 'prod')
      ).id,
    );
    await portal.post(`/promotions/${id}/merge`);
    const always = { cron: '* * * * *', duration: '1h', reason: 'Year end' };
    await declare(portal, { freeze: { deny: [always] } }, ['staging', 'prod']);

    const shown = await planWith(portal, 'freeze');
    const refused = await portal.post('/promotions', { planId: shown.id });
    const sync = await portal.post(`/promotions/${id}/sync`);

    for (const { status, body } of [refused, sync]) {
      expect([status, body.error.message]).toEqual([
        409,
        'No freeze: Nothing moves now: Year end',
      ]);
    }
    expect(delivery.syncs).toEqual([]);
  });

  describe('that needs an approval', () => {
    const managers = ['user:default/grace', 'user:default/mock'];
    const userInfo = createServiceFactory({
      service: coreServices.userInfo,
      deps: {},
      factory: () => ({
        async getUserInfo(credentials: BackstageCredentials) {
          const { principal } = mockUser(credentials);
          const { userEntityRef } = principal;
          return {
            userEntityRef,
            ownershipEntityRefs: managers.includes(userEntityRef)
              ? [userEntityRef, 'group:default/release-managers']
              : [userEntityRef],
          };
        },
      }),
    });

    async function ask() {
      const started = await start(VERSIONS, { features: [userInfo] });
      const { portal } = started;
      await declare(portal, {
        approval: { by: ['group:default/release-managers'] },
      });
      const shown = await planWith(portal, 'approval');
      expect(shown.gates[1]).toMatchObject({
        title: 'Approval by release-managers',
        state: 'waiting',
      });
      return { ...started, asked: await create(portal, shown.id) };
    }

    it('waits, and begins when somebody else agrees who may', async () => {
      const { portal, repository, asked } = await ask();

      expect(asked).toMatchObject({
        state: 'waiting',
        steps: [{ what: 'Asked for approval', by: 'user:default/mock' }],
        actions: ['approve', 'cancel'],
      });
      expect(repository.commitsMade).toEqual([]);

      const approve = (by: string) =>
        portal.post(`/promotions/${asked.id}/approve`, undefined, by);
      const stranger = await approve('user:default/ken');
      expect([stranger.status, stranger.body.error.message]).toEqual([
        403,
        'You may not approve promotions to staging: that is for group:default/release-managers',
      ]);
      const self = await approve('user:default/mock');
      expect([self.status, self.body.error.message]).toEqual([
        403,
        'You asked for this promotion yourself; somebody else has to agree',
      ]);

      const approved = await approve('user:default/grace');
      expect(approved.body).toMatchObject({
        state: 'syncing',
        steps: [
          { what: 'Asked for approval', by: 'user:default/mock' },
          { what: 'Approved', by: 'user:default/grace' },
          { what: 'Committed beef002', by: 'user:default/grace' },
        ],
      });
      expect(repository.commitsMade[0].message).toContain(
        'Requested-by: user:default/mock\nApproved-by: user:default/grace',
      );
      expect((await approve('user:default/grace')).status).toBe(409);
    });

    it('approves only what was asked for', async () => {
      const { portal, repository, asked } = await ask();
      repository.revision = 'c0ffee2';
      repository.versions.dev = '1.3.0';

      const refused = await portal.post(
        `/promotions/${asked.id}/approve`,
        undefined,
        'user:default/grace',
      );

      expect([refused.status, refused.body.error.message]).toEqual([
        409,
        expect.stringContaining('dev has 1.3.0 by now'),
      ]);
      const cancelled = await portal.post(`/promotions/${asked.id}/cancel`);
      expect(cancelled.body.state).toBe('cancelled');
      expect(repository.commitsMade).toEqual([]);
    });
  });

  it('says plainly what cannot be planned', async () => {
    const { portal, repository } = await start({
      dev: '1.0.0',
      staging: '1.0.0',
      prod: '0.9.0',
    });
    const asked = async (from: string, to: string) => {
      const { status, body } = await portal.post('/promotions/plan', {
        from,
        to,
      });
      return [status, body.error?.message];
    };

    expect(await asked('dev', 'prod')).toEqual([
      400,
      'prod is promoted from staging, not from dev',
    ]);
    expect(await asked('dev', 'qa')).toEqual([
      400,
      "There is no environment 'qa'; there are dev, staging, prod",
    ]);
    expect(await asked('dev', 'staging')).toEqual([
      409,
      'staging runs 1.0.0 already: there is nothing to promote',
    ]);
    repository.failure = new Error('connect ECONNREFUSED');
    expect((await asked('staging', 'prod'))[0]).toBe(503);
    const foreign = new Error('the token of the portal was refused');
    foreign.name = 'AuthenticationError';
    repository.failure = foreign;
    expect(await asked('staging', 'prod')).toEqual([
      503,
      expect.stringContaining('the token of the portal was refused'),
    ]);
  });

  it('notes what could not begin, and leaves the way free', async () => {
    const { portal, repository } = await start();
    const shown = await plan(portal, 'dev', 'staging');
    repository.commit = async () => {
      throw new ConflictError('the branch is protected');
    };

    const refused = await portal.post('/promotions', { planId: shown.id });

    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'the branch is protected',
    ]);
    const { body } = await portal.get('/promotions');
    expect(body.items).toEqual([
      expect.objectContaining({
        state: 'failed',
        problem: 'the branch is protected',
        actions: [],
      }),
    ]);
    expect(await plan(portal, 'dev', 'staging')).toMatchObject({
      way: 'commit',
    });
  });

  it('follows a pull request that is closed or merged on the git host', async () => {
    const { portal, repository } = await start();
    const first = await create(
      portal,
      (
        await plan(portal, 'staging', 'prod')
      ).id,
    );
    await repository.closePullRequest();
    const closed = await untilState(portal, first.id, 'cancelled');
    expect(closed.steps[1].what).toBe('Pull request 7 was closed');

    const second = await create(
      portal,
      (
        await plan(portal, 'staging', 'prod')
      ).id,
    );
    await repository.mergePullRequest();
    const merged = await untilState(portal, second.id, 'merged');
    expect(merged.actions).toEqual(['sync', 'cancel']);
  });

  it('asks the permission for the environment, each time that something is done', async () => {
    const permissions = mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(({ resourceRef }) => ({
          result: resourceRef?.endsWith('#prod')
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
        })),
    });
    const { portal } = await start(VERSIONS, {
      features: [permissions.factory],
    });

    const refused = await portal.post('/promotions/plan', {
      from: 'staging',
      to: 'prod',
    });
    expect([refused.status, refused.body.error.message]).toEqual([
      403,
      'You may not promote checkout to prod (permission environments.promotion.create)',
    ]);
    const { id } = await create(
      portal,
      (
        await plan(portal, 'dev', 'staging')
      ).id,
    );
    permissions.authorize.mockImplementation(async requests =>
      requests.map(({ permission }) => ({
        result:
          permission.name === 'environments.promotion.create'
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
      })),
    );
    expect((await portal.post(`/promotions/${id}/cancel`)).status).toBe(403);
    expect((await portal.get(`/promotions/${id}`)).status).toBe(200);
  });
});
