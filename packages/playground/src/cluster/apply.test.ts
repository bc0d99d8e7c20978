import type { KubeObject } from '../core';
import { namespace, orders, TestClusters } from './__testUtils__/testCluster';
import type { Cluster } from './createCluster';
import {
  isDeployment,
  isPod,
  isResourceQuota,
  type Deployment,
} from './objects';
import { objectsOf } from './values';

const BY = { fieldManager: 'argocd-controller' };

describe('applying to a cluster', () => {
  let clusters: TestClusters;
  let cluster: Cluster;

  beforeEach(async () => {
    clusters = await TestClusters.create();
    cluster = await clusters.open();
    await cluster.handle.apply(namespace('stories'), BY);
  });

  afterEach(() => clusters.close());

  async function deployment(): Promise<Deployment> {
    const found = await cluster.handle.get({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'stories',
      name: 'orders',
    });
    if (!found || !isDeployment(found)) {
      throw new Error('There is no Deployment');
    }
    return found;
  }

  const pods = async () =>
    (
      await cluster.handle.list({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'stories',
      })
    ).filter(isPod);
  const quota = (hard: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small', namespace: 'stories' },
    spec: { hard },
  });

  it('takes away what the manager no longer applies, with the defaults that came with it', async () => {
    const probe = { httpGet: { port: 8080 } };
    const env = [
      { name: 'LOG_LEVEL', value: 'debug' },
      { name: 'REGION', value: 'eu' },
    ];
    await cluster.handle.apply(
      orders({
        container: { readinessProbe: probe, livenessProbe: probe, env },
      }),
      BY,
    );
    const before = await deployment();
    expect(before.spec.template.spec.containers[0]).toMatchObject({
      env,
      livenessProbe: {
        httpGet: { path: '/', scheme: 'HTTP' },
        periodSeconds: 10,
      },
    });

    await cluster.handle.apply(
      orders({ container: { readinessProbe: probe, env: [env[1]] } }),
      BY,
    );
    const [container] = (await deployment()).spec.template.spec.containers;
    expect(container).not.toHaveProperty('livenessProbe');
    expect(container).toMatchObject({
      env: [env[1]],
      readinessProbe: { periodSeconds: 10 },
    });
  });

  it('keeps what others have written, and gives it up when nobody has it', async () => {
    const labelled = orders();
    labelled.metadata.labels = { app: 'orders', team: 'payments' };
    await cluster.handle.apply(labelled, BY);
    await cluster.handle.apply(
      {
        ...orders(),
        metadata: {
          name: 'orders',
          namespace: 'stories',
          labels: { team: 'payments', tier: 'web' },
        },
      },
      { fieldManager: 'kubectl' },
    );
    await cluster.handle.apply(orders(), BY);
    expect((await deployment()).metadata.labels).toEqual({
      app: 'orders',
      team: 'payments',
      tier: 'web',
    });
    expect(
      objectsOf((await deployment()).metadata.managedFields)
        .filter(({ operation }) => operation === 'Apply')
        .map(({ manager }) => manager),
    ).toEqual(['argocd-controller', 'kubectl']);
  });

  it('counts a generation for a change of the specification only', async () => {
    await cluster.handle.apply(orders(), BY);
    await clusters.clock.pass(10_000);
    const relabelled = orders();
    relabelled.metadata.labels = { app: 'orders', tier: 'web' };
    await cluster.handle.apply(relabelled, BY);
    expect((await deployment()).metadata.generation).toBe(1);
    await cluster.handle.apply(orders({ replicas: 3 }), BY);
    expect((await deployment()).metadata.generation).toBe(2);
  });

  it('stores amounts in their shortest form', async () => {
    await cluster.handle.apply(
      orders({
        container: {
          resources: {
            limits: { cpu: '1000m', memory: '1024Mi' },
            requests: { cpu: 0.5 },
          },
        },
      }),
      BY,
    );
    expect(
      (await deployment()).spec.template.spec.containers[0].resources,
    ).toEqual({
      limits: { cpu: '1', memory: '1Gi' },
      requests: { cpu: '500m' },
    });
  });

  it.each([
    {
      title: 'a namespace that is not there',
      object: {
        ...orders(),
        metadata: { name: 'orders', namespace: 'nowhere' },
      },
      error: {
        code: 404,
        reason: 'NotFound',
        message: 'namespaces "nowhere" not found',
      },
    },
    {
      title: 'a kind that is not served',
      object: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'orders', namespace: 'stories' },
      },
      error: {
        code: 404,
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
      },
    },
    {
      title: 'requests above limits',
      object: orders({
        container: {
          resources: { limits: { cpu: '250m' }, requests: { cpu: '500m' } },
        },
      }),
      error: {
        code: 422,
        reason: 'Invalid',
        message:
          'Deployment.apps "orders" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: "500m": must be less than or equal to cpu limit of 250m',
      },
    },
    {
      title: 'a name that is none',
      object: namespace('Stories'),
      error: {
        code: 422,
        message: expect.stringMatching(
          /^Namespace "Stories" is invalid: metadata\.name: Invalid value: "Stories": a lowercase RFC 1123 label must/,
        ),
      },
    },
    {
      title: 'a mount of a volume that is not there',
      object: orders({
        container: { volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] },
      }),
      error: {
        code: 422,
        message:
          'Deployment.apps "orders" is invalid: spec.template.spec.containers[0].volumeMounts[0].name: Not found: "tmp"',
      },
    },
  ])('refuses $title', async ({ object, error }) => {
    await expect(cluster.handle.apply(object, BY)).rejects.toMatchObject({
      name: 'KubeError',
      ...error,
    });
  });

  it('refuses another selector', async () => {
    await cluster.handle.apply(orders(), BY);
    const other = orders();
    other.spec = {
      selector: { matchLabels: { app: 'other' } },
      template: {
        metadata: { labels: { app: 'other' } },
        spec: { containers: [{ name: 'a', image: 'a:1' }] },
      },
    };
    await expect(cluster.handle.apply(other, BY)).rejects.toMatchObject({
      code: 422,
      message:
        'Deployment.apps "orders" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    });
  });

  it('gives containers the defaults of the limit range, and counts them against the quota', async () => {
    await cluster.handle.apply(
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'defaults', namespace: 'stories' },
        spec: {
          limits: [
            {
              type: 'Container',
              default: { cpu: '250m', memory: '256Mi' },
              defaultRequest: { cpu: '100m', memory: '128Mi' },
            },
          ],
        },
      },
      BY,
    );
    await cluster.handle.apply(
      quota({
        pods: '4',
        'requests.cpu': '1',
        'limits.memory': '1Gi',
        services: '2',
      }),
      BY,
    );
    await cluster.handle.apply(orders({ replicas: 2 }), BY);
    await clusters.clock.pass(10_000);

    const [pod] = await pods();
    expect(pod.spec.containers[0].resources).toEqual({
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '250m', memory: '256Mi' },
    });
    expect(pod.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container orders; cpu, memory limit for container orders',
    });
    expect(pod.status.qosClass).toBe('Burstable');
    const [held] = (
      await cluster.handle.list({ apiVersion: 'v1', kind: 'ResourceQuota' })
    ).filter(isResourceQuota);
    expect(held.status).toEqual({
      hard: {
        pods: '4',
        'requests.cpu': '1',
        'limits.memory': '1Gi',
        services: '2',
      },
      used: {
        pods: '2',
        'requests.cpu': '200m',
        'limits.memory': '512Mi',
        services: '0',
      },
    });
  });

  it('says which container does not state what a quota counts, and goes on once it does', async () => {
    await cluster.handle.apply(quota({ 'requests.cpu': '1' }), BY);
    await cluster.handle.apply(orders({ replicas: 1 }), BY);
    await clusters.clock.pass(10_000);
    expect(await pods()).toEqual([]);
    const failure = (await deployment()).status?.conditions?.find(
      ({ type }) => type === 'ReplicaFailure',
    );
    expect(failure?.message).toMatch(
      /^pods "orders-\w+-\w{5}" is forbidden: failed quota: small: must specify requests\.cpu for: orders$/,
    );

    await cluster.handle.remove({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      namespace: 'stories',
      name: 'small',
    });
    await clusters.clock.pass(10_000);
    expect((await deployment()).status).toMatchObject({ readyReplicas: 1 });
    expect(
      (await deployment()).status?.conditions?.map(({ type }) => type),
    ).not.toContain('ReplicaFailure');
  });

  it('creates no pod for a service account that is not there, until it is', async () => {
    const object = orders({ replicas: 1 });
    await cluster.handle.apply(
      {
        ...object,
        spec: {
          ...object.spec,
          template: {
            metadata: { labels: { app: 'orders' } },
            spec: {
              serviceAccountName: 'orders',
              containers: [
                { name: 'orders', image: 'registry.example.com/orders:1.0.0' },
              ],
            },
          },
        },
      },
      BY,
    );
    await clusters.clock.pass(5_000);
    expect(await pods()).toEqual([]);
    await cluster.handle.apply(
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'orders', namespace: 'stories' },
      },
      BY,
    );
    await clusters.clock.pass(5_000);
    expect((await pods()).map(({ spec }) => spec.serviceAccountName)).toEqual([
      'orders',
    ]);
  });

  it('ends a namespace with everything in it', async () => {
    await cluster.handle.apply(orders(), BY);
    await clusters.clock.pass(10_000);
    await cluster.handle.remove({
      apiVersion: 'v1',
      kind: 'Namespace',
      name: 'stories',
    });
    expect(
      await cluster.handle.get({
        apiVersion: 'v1',
        kind: 'Namespace',
        name: 'stories',
      }),
    ).toMatchObject({ status: { phase: 'Terminating' } });
    await expect(
      cluster.handle.apply(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'late', namespace: 'stories' },
        },
        BY,
      ),
    ).rejects.toMatchObject({ code: 403 });
    await clusters.clock.pass(2_000);
    expect(
      await cluster.handle.get({
        apiVersion: 'v1',
        kind: 'Namespace',
        name: 'stories',
      }),
    ).toBeUndefined();
    expect(await pods()).toEqual([]);
  });

  it('pulls an image that was missing once it is there', async () => {
    await cluster.handle.apply(
      orders({ image: 'registry.example.com/orders:2.0.0', replicas: 1 }),
      BY,
    );
    await clusters.clock.pass(5_000);
    const reason = async () =>
      (await pods())[0].status.containerStatuses?.[0].state.waiting?.reason;
    expect(await reason()).toBe('ImagePullBackOff');
    clusters.images['registry.example.com/orders:2.0.0'] = 'run';
    await clusters.clock.pass(20_000);
    expect((await deployment()).status).toMatchObject({ readyReplicas: 1 });
  });

  it('recreates: the last old pod is gone before the first new one comes', async () => {
    const recreate = (image: string) => {
      const object = orders({ image });
      return {
        ...object,
        spec: { ...object.spec, strategy: { type: 'Recreate' } },
      };
    };
    await cluster.handle.apply(
      recreate('registry.example.com/orders:1.0.0'),
      BY,
    );
    await clusters.clock.pass(5_000);
    const images: string[][] = [];
    cluster.handle.subscribe(({ object }) => {
      if (object.kind === 'Pod') {
        pods().then(all =>
          images.push(all.map(pod => pod.spec.containers[0].image)),
        );
      }
    });
    await cluster.handle.apply(
      recreate('registry.example.com/orders:1.1.0'),
      BY,
    );
    await clusters.clock.pass(10_000);
    expect(images.filter(present => new Set(present).size > 1)).toEqual([]);
    expect(images.at(-1)).toEqual([
      'registry.example.com/orders:1.1.0',
      'registry.example.com/orders:1.1.0',
    ]);
    expect((await deployment()).status).toMatchObject({
      updatedReplicas: 2,
      readyReplicas: 2,
    });
  });

  it('keeps as many former ReplicaSets as the Deployment wants', async () => {
    const limited = (version: number) => {
      clusters.images[`registry.example.com/orders:${version}`] = 'run';
      const object = orders({
        image: `registry.example.com/orders:${version}`,
        replicas: 1,
      });
      return {
        ...object,
        spec: { ...object.spec, revisionHistoryLimit: 1 },
      };
    };
    for (const version of [1, 2, 3, 4]) {
      await cluster.handle.apply(limited(version), BY);
      await clusters.clock.pass(5_000);
    }
    const kept = await cluster.handle.list({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      namespace: 'stories',
    });
    expect(
      kept
        .map(
          ({ metadata }) =>
            metadata.annotations?.['deployment.kubernetes.io/revision'],
        )
        .sort(),
    ).toEqual(['3', '4']);
  });
});
