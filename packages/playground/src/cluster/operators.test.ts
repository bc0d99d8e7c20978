import type { KubeObject } from '../core';
import { send } from './__testUtils__/request';
import { namespace, orders, TestClusters } from './__testUtils__/testCluster';
import type { Cluster } from './createCluster';
import { findKind, groupVersion, kindNamed, RESOURCES } from './resources';
import { fieldsOf, objectsOf, type Fields } from './values';

const MANAGER = 'argocd-controller';

function object(
  apiVersion: string,
  kind: string,
  name: string,
  content: Fields,
): KubeObject {
  const isNamespaced = findKind(apiVersion, kind)?.namespaced ?? true;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(isNamespaced && { namespace: 'stories' }) },
    ...content,
  };
}

const route = (spec: Fields) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'orders', { spec });
const store = (provider: unknown) =>
  object('external-secrets.io/v1', 'SecretStore', 'orders', {
    spec: { provider },
  });
const secret = (...keys: string[]) =>
  object('external-secrets.io/v1', 'ExternalSecret', 'orders', {
    spec: {
      secretStoreRef: { name: 'orders' },
      data: keys.map(key => ({
        secretKey: key,
        remoteRef: { key: 'dev/orders', property: key },
      })),
    },
  });
const certificate = object('cert-manager.io/v1', 'Certificate', 'orders', {
  spec: {
    secretName: 'orders-tls',
    dnsNames: ['orders.example.com'],
    issuerRef: { kind: 'Issuer', name: 'orders' },
  },
});
const issuer = (spec: Fields) =>
  object('cert-manager.io/v1', 'Issuer', 'orders', { spec });
const autoscaler = (minReplicas: number, maxReplicas: number) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'orders', {
    spec: {
      scaleTargetRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'orders',
      },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: 70 },
          },
        },
      ],
    },
  });
const service = object('v1', 'Service', 'orders', {
  spec: { selector: { app: 'orders' }, ports: [{ port: 80 }] },
});

const VAULT = {
  vault: {
    server: 'https://vault.example.com',
    path: 'secret',
    auth: { kubernetes: { mountPath: 'kubernetes', role: 'orders_dev' } },
  },
};

describe('kinds of operators', () => {
  let clusters: TestClusters;
  let cluster: Cluster;

  const apply = (applied: KubeObject) =>
    cluster.handle.apply(applied, { fieldManager: MANAGER });

  beforeEach(async () => {
    clusters = await TestClusters.create();
    cluster = await clusters.open();
    await apply(namespace('stories'));
  });

  afterEach(() => clusters.close());

  const read = async (kind: string, name = 'orders') => {
    const resource = kindNamed(kind);
    return await cluster.handle.get({
      apiVersion: groupVersion(resource),
      kind,
      name,
      ...(resource.namespaced && { namespace: 'stories' }),
    });
  };

  const statusOf = async (kind: string) => {
    await clusters.clock.pass(0);
    return fieldsOf((await read(kind))?.status);
  };

  /** `Ready True Valid: store validated` of each condition; a route's are those of its only gateway. */
  const said = async (kind: string) => {
    const status = await statusOf(kind);
    const [parent] = objectsOf(status.parents);
    return objectsOf((parent ?? status).conditions).map(
      ({ type, status: holds, reason, message }) =>
        `${type} ${holds} ${reason}: ${message}`,
    );
  };

  const refusal = (applied: KubeObject) =>
    apply(applied).then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  describe('HTTPRoute', () => {
    const spec = {
      parentRefs: [{ name: 'public', namespace: 'gateway-system' }],
      hostnames: ['orders.example.com'],
      rules: [{ backendRefs: [{ name: 'orders', port: 80 }] }],
    };

    it('is completed as the API server completes it, and accepted', async () => {
      await apply(service);
      expect((await apply(route(spec))).spec).toEqual({
        parentRefs: [
          {
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            name: 'public',
            namespace: 'gateway-system',
          },
        ],
        hostnames: ['orders.example.com'],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [
              {
                group: '',
                kind: 'Service',
                name: 'orders',
                port: 80,
                weight: 1,
              },
            ],
          },
        ],
      });
      expect(await statusOf('HTTPRoute')).toMatchObject({
        parents: [
          {
            parentRef: { name: 'public', namespace: 'gateway-system' },
            controllerName: 'playground.example.com/gateway-controller',
            conditions: [
              { type: 'Accepted', status: 'True', observedGeneration: 1 },
              { type: 'ResolvedRefs', status: 'True', observedGeneration: 1 },
            ],
          },
        ],
      });
    });

    it('says when it leads nowhere, and no longer once it leads somewhere', async () => {
      await apply(route(spec));
      expect(await said('HTTPRoute')).toEqual([
        'Accepted True Accepted: ',
        'ResolvedRefs False BackendNotFound: service stories/orders not found',
      ]);
      await apply(service);
      expect(await said('HTTPRoute')).toEqual([
        'Accepted True Accepted: ',
        'ResolvedRefs True ResolvedRefs: ',
      ]);
    });
  });

  it('Ingress: gets the address of a balancer', async () => {
    const paths = [
      {
        path: '/',
        pathType: 'Prefix',
        backend: { service: { name: 'orders', port: { number: 80 } } },
      },
    ];
    await apply(
      object('networking.k8s.io/v1', 'Ingress', 'orders', {
        spec: { rules: [{ host: 'orders.example.com', http: { paths } }] },
      }),
    );
    expect(await statusOf('Ingress')).toEqual({
      loadBalancer: { ingress: [{ ip: '192.0.2.10' }] },
    });
  });

  describe('ExternalSecret', () => {
    const dataOf = async () => fieldsOf((await read('Secret'))?.data);

    it('waits for its store, and then makes the Secret with the keys that it names', async () => {
      await apply(secret('DATABASE_URL', 'PAYMENT_KEY'));
      expect(await said('ExternalSecret')).toEqual([
        'Ready False SecretSyncedError: could not get SecretStore "orders", secretstores.external-secrets.io "orders" not found',
      ]);
      expect(await read('Secret')).toBeUndefined();

      await apply(store(VAULT));
      expect(await said('SecretStore')).toEqual([
        'Ready True Valid: store validated',
      ]);
      expect(await said('ExternalSecret')).toEqual([
        'Ready True SecretSynced: secret synced',
      ]);
      expect(await statusOf('ExternalSecret')).toMatchObject({
        binding: { name: 'orders' },
        refreshTime: '2026-11-23T08:00:00Z',
        syncedResourceVersion: expect.stringMatching(/^1-[0-9a-f]{6}$/),
      });
      const made = await read('Secret');
      expect(Object.keys(await dataOf())).toEqual([
        'DATABASE_URL',
        'PAYMENT_KEY',
      ]);
      expect(made?.metadata.ownerReferences).toMatchObject([
        { kind: 'ExternalSecret', name: 'orders', controller: true },
      ]);
    });

    it('is synced anew when a key comes along, and leaves the others as they were', async () => {
      await apply(store(VAULT));
      await apply(secret('DATABASE_URL'));
      const before = await dataOf();
      await clusters.clock.pass(60_000);
      await apply(secret('DATABASE_URL', 'PAYMENT_KEY'));
      expect(await dataOf()).toEqual({
        ...before,
        PAYMENT_KEY: expect.any(String),
      });
      expect(await statusOf('ExternalSecret')).toMatchObject({
        refreshTime: '2026-11-23T08:01:00Z',
        syncedResourceVersion: expect.stringMatching(/^2-/),
      });
    });

    it('is asked for again after its interval, also when nothing changes', async () => {
      await apply(store(VAULT));
      await apply(secret('DATABASE_URL'));
      const before = await dataOf();
      await clusters.clock.pass(2.5 * 3_600_000);
      expect(await statusOf('ExternalSecret')).toMatchObject({
        refreshTime: '2026-11-23T10:00:00Z',
      });
      expect(await dataOf()).toEqual(before);
    });

    it('takes what a store of made-up values holds, and says what it does not hold', async () => {
      const value = '{"DATABASE_URL": "made-up"}';
      await apply(store({ fake: { data: [{ key: 'dev/orders', value }] } }));
      await apply(secret('DATABASE_URL'));
      expect(await dataOf()).toEqual({
        DATABASE_URL: Buffer.from('made-up').toString('base64'),
      });
      await apply(secret('PAYMENT_KEY'));
      // Long after it was to be refreshed.
      await clusters.clock.pass(3 * 3_600_000);
      expect(await said('ExternalSecret')).toEqual([
        'Ready False SecretSyncedError: error processing spec.data[0] (key: dev/orders), err: Secret does not exist',
      ]);
    });

    it('is removed with its Secret, which the portal may not read meanwhile', async () => {
      await apply(store(VAULT));
      await apply(secret('DATABASE_URL'));
      expect(await said('ExternalSecret')).toHaveLength(1);
      const path = '/api/v1/namespaces/stories/secrets';
      for (const asked of [path, `${path}/orders`, `${path}?watch=true`]) {
        const { status, text } = await send(cluster, { path: asked });
        expect([status, JSON.parse(text).reason]).toEqual([403, 'Forbidden']);
      }
      const { apiVersion, kind, metadata } = secret('DATABASE_URL');
      await cluster.handle.remove({ apiVersion, kind, ...metadata });
      await clusters.clock.pass(0);
      expect(await read('Secret')).toBeUndefined();
    });
  });

  describe('Certificate', () => {
    it('is issued once there is an issuer, with a request and a Secret', async () => {
      await apply(certificate);
      expect(await said('Certificate')).toEqual([
        'Ready False DoesNotExist: Issuing certificate as Secret does not exist',
        'Issuing True DoesNotExist: Issuing certificate as Secret does not exist',
      ]);
      await apply(issuer({ selfSigned: {} }));
      expect(await said('Issuer')).toEqual(['Ready True IsReady: ']);
      expect(await said('Certificate')).toEqual([
        'Ready True Ready: Certificate is up to date and has not expired',
      ]);
      expect(await statusOf('Certificate')).toMatchObject({
        notBefore: '2026-11-23T08:00:00Z',
        notAfter: '2027-02-21T08:00:00Z',
        renewalTime: '2027-01-22T08:00:00Z',
        revision: 1,
      });
      expect(await read('CertificateRequest', 'orders-1')).toMatchObject({
        metadata: { ownerReferences: [{ kind: 'Certificate' }] },
        status: { conditions: [{ type: 'Approved' }, { type: 'Ready' }] },
      });
      expect(await read('Secret', 'orders-tls')).toMatchObject({
        type: 'kubernetes.io/tls',
        data: { 'tls.crt': expect.any(String), 'tls.key': expect.any(String) },
      });
    });

    it('is renewed by a cluster that starts after the time for it', async () => {
      await apply(issuer({ selfSigned: {} }));
      await apply(certificate);
      await clusters.clock.pass(61 * 24 * 3_600_000);
      await cluster.close();
      cluster = await clusters.open();
      expect(await statusOf('Certificate')).toMatchObject({
        notBefore: '2027-01-23T08:00:00Z',
        revision: 2,
      });
    });

    it.each([
      [
        { ca: { secretName: 'internal-ca' } },
        'KeyPairVerified: Signing CA verified',
      ],
      [
        {
          acme: {
            server: 'https://acme.example.com/directory',
            privateKeySecretRef: { name: 'orders-account' },
          },
        },
        'ACMEAccountRegistered: The ACME account was registered with the ACME server',
      ],
    ])('whoever signs is ready: %j', async (spec, reason) => {
      await apply(issuer(spec));
      expect(await said('Issuer')).toEqual([`Ready True ${reason}`]);
    });
  });

  describe('HorizontalPodAutoscaler', () => {
    const replicas = async () =>
      fieldsOf((await read('Deployment'))?.spec).replicas;

    it('brings a Deployment between its bounds, and says what it measures', async () => {
      await apply(autoscaler(2, 4));
      expect(await said('HorizontalPodAutoscaler')).toEqual([
        'AbleToScale False FailedGetScale: the HPA controller was unable to get the target\'s current scale: deployments.apps "orders" not found',
      ]);
      await apply(
        orders({
          replicas: 1,
          container: { resources: { requests: { cpu: '200m' } } },
        }),
      );
      await clusters.clock.pass(5_000);
      expect(await replicas()).toBe(2);
      expect(await statusOf('Deployment')).toMatchObject({
        readyReplicas: 2,
        observedGeneration: 2,
      });
      expect(await statusOf('HorizontalPodAutoscaler')).toMatchObject({
        currentReplicas: 2,
        desiredReplicas: 2,
        lastScaleTime: '2026-11-23T08:00:00Z',
        currentMetrics: [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              current: { averageUtilization: 67, averageValue: '134m' },
            },
          },
        ],
        conditions: [
          { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' },
          { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' },
          {
            type: 'ScalingLimited',
            status: 'False',
            reason: 'DesiredWithinRange',
          },
        ],
      });
    });

    it('leaves a Deployment alone that is within them, or was scaled to nothing', async () => {
      await apply(orders({ replicas: 3 }));
      await apply(autoscaler(2, 4));
      await clusters.clock.pass(5_000);
      expect(await replicas()).toBe(3);
      await apply(orders({ replicas: 0 }));
      await clusters.clock.pass(5_000);
      expect(await replicas()).toBe(0);
    });
  });

  it('PriorityClass: pods wait for theirs, and have its value', async () => {
    const deployment = orders({ replicas: 1 });
    await apply({
      ...deployment,
      spec: {
        ...deployment.spec,
        template: {
          ...fieldsOf(deployment.spec.template),
          spec: {
            ...fieldsOf(fieldsOf(deployment.spec.template).spec),
            priorityClassName: 'orders-dev',
          },
        },
      },
    });
    await clusters.clock.pass(5_000);
    const pods = () =>
      cluster.handle.list({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'stories',
      });
    expect(await pods()).toEqual([]);
    expect(
      (await said('Deployment')).find(text =>
        text.startsWith('ReplicaFailure'),
      ),
    ).toContain('no PriorityClass with name orders-dev was found');

    const made = object('scheduling.k8s.io/v1', 'PriorityClass', 'orders-dev', {
      value: 1_000,
    });
    await apply(made);
    await clusters.clock.pass(5_000);
    expect(await pods()).toMatchObject([
      {
        spec: { priority: 1_000, preemptionPolicy: 'PreemptLowerPriority' },
        status: { phase: 'Running' },
      },
    ]);
    expect(await refusal({ ...made, value: 2_000 })).toContain(
      'value: Forbidden: may not be changed in an update.',
    );
  });

  it.each<[string, KubeObject, string]>([
    [
      'a route without the name of its gateway',
      route({ parentRefs: [{ namespace: 'gateway-system' }] }),
      'HTTPRoute.gateway.networking.k8s.io "orders" is invalid: spec.parentRefs[0].name: Required value',
    ],
    [
      'a route with another kind of match',
      route({
        rules: [{ matches: [{ path: { type: 'Glob', value: '/*' } }] }],
      }),
      'spec.rules[0].matches[0].path.type: Unsupported value: "Glob": supported values: "Exact", "PathPrefix", "RegularExpression"',
    ],
    [
      'a secret without the key in the store',
      object('external-secrets.io/v1', 'ExternalSecret', 'orders', {
        spec: { data: [{ secretKey: 'A', remoteRef: { property: 'a' } }] },
      }),
      'spec.data[0].remoteRef.key: Required value',
    ],
    [
      'a store of two providers',
      store({ ...VAULT, fake: { data: [] } }),
      'spec.provider: Too many: 2: must have at most 1 items',
    ],
    [
      'a store of none',
      store({}),
      'spec.provider in body should have at least 1 properties',
    ],
    [
      'a store whose account has no role',
      store({
        vault: { ...VAULT.vault, auth: { kubernetes: { mountPath: 'k' } } },
      }),
      'spec.provider.vault.auth.kubernetes.role: Required value',
    ],
    [
      'a certificate without a Secret and an issuer',
      object('cert-manager.io/v1', 'Certificate', 'orders', {
        spec: { dnsNames: ['orders.example.com'] },
      }),
      '[spec.issuerRef: Required value, spec.secretName: Required value]',
    ],
    [
      'an account without a place for its key',
      issuer({ acme: { server: 'https://acme.example.com' } }),
      'spec.acme.privateKeySecretRef: Required value',
    ],
    [
      'an autoscaler whose bounds contradict each other',
      autoscaler(4, 2),
      'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
    ],
    [
      'an Ingress that leads nowhere',
      object('networking.k8s.io/v1', 'Ingress', 'orders', { spec: {} }),
      'spec: Invalid value: []: either `defaultBackend` or `rules` must be specified',
    ],
  ])('refuses %s', async (_, applied, reason) => {
    expect(await refusal(applied)).toContain(reason);
  });

  it('the portal reads what it has a right to, and of the other kinds nothing', async () => {
    const statuses = await Promise.all(
      RESOURCES.filter(({ isCustom }) => isCustom).map(
        async ({ group, version, plural }) => {
          const path = `/apis/${group}/${version}/${plural}`;
          return [plural, (await send(cluster, { path })).status];
        },
      ),
    );
    expect(Object.fromEntries(statuses)).toEqual({
      certificaterequests: 403,
      certificates: 200,
      externalsecrets: 200,
      httproutes: 200,
      issuers: 403,
      prometheusrules: 403,
      referencegrants: 403,
      secretstores: 200,
      servicemonitors: 403,
    });
  });
});
