import { fieldsOf } from '../cluster/values';
import { Lab, until, type StreamEvent } from './__testUtils__/lab';
import { recording } from './__testUtils__/recordings';
import { shapeOf } from './__testUtils__/shape';
import { REFRESH_ANNOTATION } from './resources';

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'checkout-prod',
  name: 'checkout',
};

const toldState = ({ application }: StreamEvent) => {
  const { sync, health } = application.status;
  const asked = application.metadata.annotations?.[REFRESH_ANNOTATION];
  return [sync.status, health.status, asked].filter(Boolean).join(' ');
};

describe('Argo CD in trouble', () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
    await lab.untilState('checkout-prod', 'OutOfSync Missing -');
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
  });

  afterEach(() => lab.close());

  async function get(name = 'checkout-prod', query = '') {
    const { body } = await lab.request(`/api/v1/applications/${name}${query}`);
    return fieldsOf(body);
  }

  it('keeps saying what it saw last of a cluster that is gone, after a refresh too; only a sync tells', async () => {
    const stream = await lab.stream('?selector=environment%3Dprod');
    await lab.cluster('prod').service.stop();
    const refreshed = await get('checkout-prod', '?refresh=normal');
    await until('the refresh is told', () => stream.events.length >= 3);
    stream.close();
    expect(stream.events.map(toldState)).toEqual(
      (recording('stories/cluster-down').response.stream ?? []).map(
        ({ line }) => toldState(JSON.parse(line).result),
      ),
    );
    const recorded = fieldsOf(
      recording('application/prod-cluster-down').response.body,
    );
    for (const application of [refreshed, recorded]) {
      expect(application.status).toMatchObject({
        sync: { status: 'Synced' },
        health: { status: 'Healthy' },
      });
    }
    const clusters = await lab.request('/api/v1/clusters');
    for (const body of [
      clusters.body,
      recording('clusters/list-one-down').response.body,
    ]) {
      expect(JSON.stringify(body)).toContain(
        '"name":"prod","config":{"tlsClientConfig":{"insecure":false}},"connectionState":{"status":"Successful","message":""',
      );
    }

    const accepted = await lab.sync('checkout-prod');
    expect(accepted.status).toBe(200);
    const shape = {
      kinds: new Set(['Deployment', 'Namespace', 'Service']),
      leaveOut: ['metadata.annotations'],
    };
    expect(shapeOf(accepted.body, shape)).toEqual(
      shapeOf(recording('sync/accepted-cluster-down').response.body, shape),
    );
    await until('it is tried again', async () => {
      const { operationState } = fieldsOf((await get()).status);
      return fieldsOf(operationState).retryCount !== undefined;
    });
    const { operationState } = fieldsOf((await get()).status);
    const { message } = fieldsOf(operationState);
    const failed = fieldsOf(
      fieldsOf(
        fieldsOf(
          recording('application/prod-sync-failed-cluster-down').response.body,
        ).status,
      ).operationState,
    );
    const words =
      /^one or more synchronization tasks are not valid: failed to discover server resources for group version .*: Get "https:.*: connect: connection refused/;
    expect(message).toMatch(words);
    expect(failed.message).toMatch(words);
    expect(failed).toMatchObject({ phase: 'Running' });
    await lab.untilState('checkout-prod', 'Synced Healthy Failed');
    expect(fieldsOf((await get()).status).operationState).toMatchObject({
      retryCount: 3,
      message: expect.stringMatching(/\(retried 3 times\)\.$/),
    });

    await lab.cluster('prod').service.start();
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
  });

  it('goes on elsewhere while a cluster hangs, and refuses a second operation meanwhile', async () => {
    await lab.cluster('prod').service.hang();
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'Synced Healthy Running');
    const { request, response } = recording('sync/while-operation-in-progress');
    const second = await lab.request(request.path, {
      method: 'POST',
      body: request.body,
    });
    expect([second.status, second.body]).toEqual([
      response.status,
      response.body,
    ]);

    await lab.untilStates(
      'checkout-dev',
      () => lab.setTag('dev', '1.3.1'),
      'Synced Progressing Succeeded',
      'Synced Healthy Succeeded',
    );
    expect(await lab.stateOf('checkout-prod')).toBe('Synced Healthy Running');

    await lab.cluster('prod').service.start();
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
  });

  it('ends an operation that is terminated', async () => {
    const path = '/api/v1/applications/checkout-prod/operation';
    const idle = await lab.request(path, { method: 'DELETE' });
    expect(idle.status).toBe(400);
    await lab.cluster('prod').service.hang();
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'Synced Healthy Running');
    const { status, body } = await lab.request(path, { method: 'DELETE' });
    expect([status, body]).toEqual([200, {}]);
    await lab.untilState('checkout-prod', 'Synced Healthy Failed');
    const application = await get();
    expect(application.operation).toBeUndefined();
    expect(application.status).toMatchObject({
      operationState: { message: 'Operation terminated' },
    });
  });

  it('knows after a restart what it knew before', async () => {
    const before = await get();
    await lab.argocd.stop();
    await expect(lab.request('/api/version')).rejects.toThrow();
    await lab.start();
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    const after = await get();
    expect(after.metadata).toMatchObject({
      uid: fieldsOf(before.metadata).uid,
    });
    expect(fieldsOf(after.status).history).toEqual(
      fieldsOf(before.status).history,
    );
    expect(fieldsOf(after.status).operationState).toEqual(
      fieldsOf(before.status).operationState,
    );
  });

  it('shows the last known state after a restart while a cluster does not answer', async () => {
    await lab.argocd.stop();
    await lab.cluster('prod').service.hang();
    await lab.start();
    expect(await lab.stateOf('checkout-prod')).toBe('Synced Healthy Succeeded');
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
  });

  it('says that it knows nothing of a cluster that refuses from the start, and recovers', async () => {
    await lab.argocd.stop();
    await lab.cluster('prod').service.stop();
    await lab.start();
    await lab.untilState('checkout-prod', 'Unknown Unknown Succeeded');
    const [condition] = await lab.conditionsOf('checkout-prod');
    expect(condition).toMatch(/^ComparisonError: Failed to load live state/);
    await lab.cluster('prod').service.start();
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
  });

  it('takes up after a restart what git has got meanwhile, and an operation that was under way', async () => {
    await lab.cluster('prod').service.hang();
    await lab.setTag('prod', '1.3.1');
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Succeeded');
    await lab.sync('checkout-prod');
    await lab.untilState('checkout-prod', 'OutOfSync Healthy Running');
    await lab.argocd.stop();
    await lab.setTag('dev', '1.3.1');
    await lab.cluster('prod').service.start();
    await lab.start();
    await until('prod runs the new tag', async () => {
      const deployment = await lab.cluster('prod').handle.get(DEPLOYMENT);
      return JSON.stringify(deployment).includes('checkout:1.3.1');
    });
    await lab.untilState('checkout-prod', 'Synced Healthy Succeeded');
    await until('dev runs the new tag', async () => {
      const application = await get('checkout-dev');
      return JSON.stringify(application.status).includes(
        '"summary":{"images":["ghcr.io/acme/checkout:1.3.1"]}',
      );
    });
    expect(await lab.stateOf('checkout-dev')).toMatch(/^Synced/);
  });

  it('stops and hangs as the other services do', async () => {
    const stream = await lab.stream('');
    await lab.argocd.hang();
    expect(lab.argocd.condition).toBe('hanging');
    const waiting = lab.request('/api/version');
    await until('it has come', () => lab.argocd.traffic.open >= 2);
    await lab.argocd.start();
    expect((await waiting).status).toBe(200);
    stream.close();
    await lab.argocd.stop();
    expect(lab.argocd.condition).toBe('stopped');
  });

  it('rests when its port is taken', async () => {
    const port = Number(new URL(lab.argocd.url).port);
    const first = lab.argocd;
    const looks = jest.spyOn(lab.git, 'onPush');
    await expect(lab.start({ port })).rejects.toThrow(
      `Port ${port} is taken, and argocd needs it`,
    );
    expect(lab.argocd.condition).toBe('stopped');
    expect(looks).toHaveBeenCalledTimes(1);
    await first.stop();
    await lab.start({ port });
    await lab.untilState('checkout-dev', 'Synced Healthy Succeeded');
  });
});
