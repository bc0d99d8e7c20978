import { fieldsOf } from '../cluster/values';
import { Lab, until } from './__testUtils__/lab';
import { recording } from './__testUtils__/recordings';
import { shapeOf } from './__testUtils__/shape';

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

const APPLICATION = '/api/v1/applications/checkout-prod';

/** The states of prod from its first sync to a rollback, one after the other, each compared with the recording of it. */
describe('prod with a manual sync', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
    await lab.untilState('checkout-prod', 'OutOfSync Missing -');
  });

  afterAll(() => lab.close());

  function expectShape(
    body: unknown,
    name: string,
    leaveOut: readonly string[] = [],
  ): void {
    const options = {
      kinds: KINDS,
      // The hydrator's annotation is nobody's here, and nodes are not told of by the clusters.
      leaveOut: ['metadata.annotations', 'hosts', ...leaveOut],
    };
    expect(shapeOf(body, options)).toEqual(
      shapeOf(recording(name).response.body, options),
    );
  }

  async function get(path = ''): Promise<unknown> {
    const { status, body } = await lab.request(`${APPLICATION}${path}`);
    expect(status).toBe(200);
    return body;
  }

  it('is accepted for its first sync', async () => {
    const { status, body } = await lab.sync('checkout-prod', {
      revision: 'main',
      prune: true,
      dryRun: false,
    });
    expect(status).toBe(200);
    expectShape(body, 'sync/accepted');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    expectShape(await get(), 'application/prod-synced');
    expectShape(await get('/resource-tree'), 'application/prod-resource-tree');
  });

  it('says what was applied, in the order in which it was', async () => {
    const { operationState } = fieldsOf(fieldsOf(await get()).status);
    expect(operationState).toMatchObject({
      operation: { initiatedBy: { username: 'portal' } },
      syncResult: {
        resources: [
          'namespace/checkout-prod',
          'networkpolicy.networking.k8s.io/checkout',
          'networkpolicy.networking.k8s.io/default-deny',
          'resourcequota/prod-quota',
          'limitrange/defaults',
          'poddisruptionbudget.policy/checkout',
          'serviceaccount/checkout',
          'service/checkout',
          'deployment.apps/checkout',
        ].map(name => ({ message: `${name} serverside-applied` })),
      },
    });
  });

  it('shows what a new tag would change', async () => {
    await lab.setTag('prod', '1.3.1');
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    expectShape(await get(), 'application/prod-out-of-sync-new-tag');
    const managed = await get('/managed-resources');
    expectShape(managed, 'application/prod-managed-resources-out-of-sync');
    const { body } = await lab.request(`${APPLICATION}/managed-resources`);
    const changed: unknown[] = Object.values(fieldsOf(body))
      .flat()
      .filter(item => fieldsOf(item).modified === true);
    expect(changed).toHaveLength(1);
    const { liveState, predictedLiveState } = fieldsOf(changed[0]);
    expect(liveState).toContain('checkout:1.3.0');
    expect(predictedLiveState).toContain('checkout:1.3.1');
  });

  it('runs dry without a change', async () => {
    const { body } = await lab.sync('checkout-prod', { dryRun: true });
    expectShape(body, 'sync/dry-run');
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    const application = await get();
    expectShape(application, 'application/prod-after-dry-run');
    expect(fieldsOf(application).status).toMatchObject({
      history: [{ id: 0 }],
      operationState: {
        message: 'successfully synced (no more tasks)',
        operation: { sync: { dryRun: true } },
        syncResult: {
          resources: [
            { message: 'deployment.apps/checkout configured (dry run)' },
          ],
        },
      },
    });
  });

  it('takes the new tag when told, and only what is not in sync', async () => {
    const { body } = await lab.sync('checkout-prod', { prune: true });
    expectShape(body, 'sync/accepted-new-tag');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    const { operationState, history } = fieldsOf(fieldsOf(await get()).status);
    expect(history).toHaveLength(2);
    expect(operationState).toMatchObject({
      syncResult: {
        resources: [{ kind: 'Deployment', images: [expect.any(String)] }],
      },
    });
  });

  it('is rolled back to an earlier deployment, and then differs from git', async () => {
    await lab.untilStates(
      'checkout-prod',
      async () => {
        const { body } = await lab.request(`${APPLICATION}/rollback`, {
          method: 'POST',
          body: { id: 0, prune: false },
        });
        expectShape(body, 'rollback/accepted');
      },
      'OutOfSync Progressing Succeeded',
      'OutOfSync Healthy Succeeded',
    );
    expectShape(await get(), 'application/prod-after-rollback');
    const absent = await lab.request(`${APPLICATION}/rollback`, {
      method: 'POST',
      body: { id: 99 },
    });
    expect(absent.status).toBe(400);
  });

  it('shows drift and leaves it, until it is synced', async () => {
    await lab.untilStates(
      'checkout-prod',
      () => lab.sync('checkout-prod'),
      'Synced Progressing Succeeded',
      'Synced Healthy Succeeded',
    );
    const ref = {
      apiVersion: 'v1',
      kind: 'Service',
      namespace: 'checkout-prod',
      name: 'checkout',
    };
    const { handle } = lab.cluster('prod');
    await handle.apply(
      {
        ...ref,
        metadata: { namespace: ref.namespace, name: ref.name },
        spec: { selector: { app: 'other' } },
      },
      { fieldManager: 'kubectl-edit' },
    );
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    expectShape(await get(), 'application/prod-drifted', [
      // The one before was a rollback when this was recorded.
      'status.operationState',
    ]);
    expectShape(
      await get('/managed-resources'),
      'application/prod-drifted-managed-resources',
      // Another object had drifted when this was recorded.
      ['items.modified'],
    );
    const { body } = await lab.sync('checkout-prod');
    expectShape(body, 'sync/accepted-after-drift');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    expect(await handle.get(ref)).toMatchObject({
      spec: { selector: { app: 'checkout' } },
    });
  });

  it('keeps the last ten deployments', async () => {
    for (let count = 0; count < 8; count += 1) {
      await lab.sync('checkout-prod');
      await until('the sync has ended', async () => {
        return !('operation' in fieldsOf(await get()));
      });
    }
    const { history } = fieldsOf(fieldsOf(await get()).status);
    expect(history).toHaveLength(10);
    expect(history).toMatchObject([
      { id: 3 },
      ...Array(8).fill({}),
      { id: 12 },
    ]);
  });

  it('tells a degraded rollout as recorded, in dev', async () => {
    await lab.untilStates(
      'checkout-dev',
      () => lab.setTag('dev', '1.3.1'),
      'Synced Progressing Succeeded',
      'Synced Healthy Succeeded',
    );
    const released = await lab.request('/api/v1/applications/checkout-dev');
    expectShape(released.body, 'application/after-release');
    await lab.setTag('dev', '9.9.9');
    await lab.untilState('checkout-dev', 'Synced Degraded Succeeded');
    const { body } = await lab.request('/api/v1/applications/checkout-dev');
    expectShape(body, 'application/degraded');
    const tree = await lab.request(
      '/api/v1/applications/checkout-dev/resource-tree',
    );
    expectShape(tree.body, 'application/degraded-resource-tree');
    expect(JSON.stringify(tree.body)).toContain('ImagePullBackOff');
  });
});
