import { stringify } from 'yaml';

/** The service that the tests deploy. */
export const ENTITY_REF = 'component:default/checkout';
export const ENTITY_PATH = 'component/default/checkout';

const IMAGE = 'ghcr.io/acme/checkout';

const REPLICAS = { dev: 1, staging: 2, prod: 3 } as const;

export type EnvironmentName = keyof typeof REPLICAS;

export const namespaceOf = (name: EnvironmentName) => `checkout-${name}`;

/** The digest of a version's image. */
export const digestOf = (version: string) =>
  `sha256:${Buffer.from(version).toString('hex').padEnd(64, '0')}`;

export function entity(sourceLocation: string): string {
  return stringify({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'checkout',
      annotations: {
        'backstage.io/kubernetes-id': 'checkout',
        'backstage.io/source-location': `url:${sourceLocation}`,
        'environments.envmatrix.dev/intent': 'environments.yaml',
      },
    },
    spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
  });
}

export function intent(deployConfig: string): string {
  const environment = (
    name: EnvironmentName,
    level: number,
    delivery: object,
  ) => ({
    name,
    level,
    kind: name === 'prod' ? 'production' : 'non-production',
    cluster: name === 'prod' ? 'prod' : 'nonprod',
    namespace: namespaceOf(name),
    delivery,
  });
  return stringify({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'checkout', owner: 'group:default/payments' },
    isolation: 'shared-nonprod',
    clusters: [
      { name: 'nonprod', environments: ['dev', 'staging'] },
      { name: 'prod', environments: ['prod'] },
    ],
    environments: [
      environment('dev', 1, { sync: 'automatic' }),
      environment('staging', 5, {
        sync: 'automatic',
        from: 'dev',
        way: 'commit',
        gates: [{ health: true }],
      }),
      environment('prod', 10, {
        sync: 'manual',
        from: 'staging',
        way: 'pull-request',
        gates: [{ health: true }],
      }),
    ],
    repositories: { deployConfig },
    service: {
      port: 8080,
      probes: {
        startup: '/healthz',
        readiness: '/readyz',
        liveness: '/healthz',
      },
      image: IMAGE,
      initialVersion: '1.0.0',
      database: 'none',
      exposure: 'none',
    },
  });
}

/** What `kubectl apply` is given. */
export function manifests(name: EnvironmentName, version: string): object[] {
  const labels = {
    'app.kubernetes.io/name': 'checkout',
    'backstage.io/kubernetes-id': 'checkout',
  };
  const namespace = namespaceOf(name);
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'checkout', namespace, labels },
      spec: {
        replicas: REPLICAS[name],
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name: 'checkout',
                image: `${IMAGE}:${version}`,
                ports: [{ containerPort: 8080 }],
              },
            ],
          },
        },
      },
    },
  ];
}

/** What a kubelet would write of a pod that runs. */
export function runningStatus(version: string): object {
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const conditions = [
    'PodScheduled',
    'Initialized',
    'ContainersReady',
    'Ready',
  ];
  return {
    phase: 'Running',
    startTime: now,
    conditions: conditions.map(type => ({
      type,
      status: 'True',
      lastTransitionTime: now,
    })),
    containerStatuses: [
      {
        name: 'checkout',
        image: `${IMAGE}:${version}`,
        imageID: `${IMAGE}@${digestOf(version)}`,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      },
    ],
  };
}
