import { Entity } from '@backstage/catalog-model';
import { JsonValue } from '@backstage/types';
import { Fact, FactKinds } from '@envmatrix/backstage-plugin-environments-node';
import { ApplicationFact, DesiredFact } from '@envmatrix/engine';

export const ENTITY_REF = 'component:default/checkout';

export const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'checkout',
    namespace: 'default',
    annotations: {
      'environments.envmatrix.dev/intent': 'environments.yaml',
      'argocd/app-selector': 'app.kubernetes.io/name=checkout',
      'backstage.io/kubernetes-id': 'checkout',
    },
  },
  spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
  relations: [
    { type: 'ownedBy', targetRef: 'group:default/payments' },
    { type: 'dependencyOf', targetRef: 'component:default/storefront' },
    { type: 'dependencyOf', targetRef: 'resource:default/checkout-prod' },
  ],
};

export const ada: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'mock', namespace: 'default' },
  spec: {
    profile: { displayName: 'Ada Adams', email: 'ada@example.com' },
    memberOf: [],
  },
};

export type EnvironmentName = 'dev' | 'staging' | 'prod';

const CLUSTERS: Readonly<Record<EnvironmentName, string>> = {
  dev: 'nonprod',
  staging: 'nonprod',
  prod: 'prod',
};

export const intent = {
  apiVersion: 'environments.envmatrix.dev/v1alpha1',
  kind: 'Environments',
  metadata: { name: 'checkout', owner: 'group:default/payments' },
  isolation: 'shared-nonprod',
  cloud: 'local',
  clusters: [
    {
      name: 'nonprod',
      environments: ['dev', 'staging'],
      argocd: { instance: 'main', destination: 'nonprod' },
    },
    {
      name: 'prod',
      environments: ['prod'],
      argocd: { instance: 'main', destination: 'prod' },
    },
  ],
  environments: [
    {
      name: 'dev',
      level: 1,
      kind: 'non-production',
      cluster: 'nonprod',
      namespace: 'checkout-dev',
      delivery: { sync: 'automatic' },
    },
    {
      name: 'staging',
      level: 5,
      kind: 'non-production',
      cluster: 'nonprod',
      namespace: 'checkout-staging',
      delivery: {
        sync: 'automatic',
        from: 'dev',
        way: 'commit',
        gates: [{ health: true }],
      },
    },
    {
      name: 'prod',
      level: 10,
      kind: 'production',
      cluster: 'prod',
      namespace: 'checkout-prod',
      delivery: {
        sync: 'manual',
        from: 'staging',
        way: 'pull-request',
        gates: [{ health: true }],
      },
    },
  ],
  repositories: {
    deployConfig: 'https://git.example.com/acme/checkout-deploy-config',
  },
  service: {
    port: 8080,
    probes: {
      startup: '/healthz',
      readiness: '/readyz',
      liveness: '/healthz',
    },
    image: 'ghcr.io/acme/checkout',
    initialVersion: '0.1.0',
    database: 'none',
    exposure: 'none',
  },
  parity: { allow: [] },
};

const REPLICAS: Readonly<Record<EnvironmentName, number>> = {
  dev: 1,
  staging: 2,
  prod: 3,
};

export function kustomization(version: string): string {
  return `resources: [../../base]\nimages:\n  - name: checkout\n    newName: ghcr.io/acme/checkout\n    newTag: ${version}\n`;
}

export function manifests(name: EnvironmentName, version: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: checkout-${name}
spec:
  replicas: ${REPLICAS[name]}
  selector: { matchLabels: { app: checkout } }
  template:
    metadata: { labels: { app: checkout } }
    spec:
      containers:
        - name: checkout
          image: ghcr.io/acme/checkout:${version}
`;
}

function fact(
  kind: string,
  scope: string,
  name: string,
  value: object,
  labels?: Record<string, string>,
): Fact {
  const json: JsonValue = JSON.parse(JSON.stringify(value));
  return {
    kind,
    scope,
    name,
    value: json,
    observedAt: new Date().toISOString(),
    ...(labels ? { labels } : {}),
  };
}

export function intentFact(changes: object = {}): Fact {
  return fact(FactKinds.intent, ENTITY_REF, '', { ...intent, ...changes });
}

export function argocdFilesFact(files: { name: string; text: string }[]): Fact {
  return fact(FactKinds.argocdFiles, ENTITY_REF, '', {
    revision: 'c0ffee1',
    files,
  });
}

export function desiredFact(
  name: EnvironmentName,
  version: string,
  changes: Partial<DesiredFact> = {},
): Fact {
  const desired: DesiredFact = {
    revision: 'c0ffee1',
    path: `apps/checkout/overlays/${name}`,
    version,
    manifests: manifests(name, version),
    lastChange: {
      sha: 'c0ffee1',
      subject: `Release ${version}`,
      author: 'Ada Adams',
      at: '2026-11-23T10:00:00Z',
      link: 'https://git.example.com/acme/checkout-deploy-config/commit/c0ffee1',
    },
    ...changes,
  };
  return fact(FactKinds.desired, ENTITY_REF, name, desired);
}

export function applicationFact(
  name: EnvironmentName,
  changes: Partial<ApplicationFact> = {},
): Fact {
  const labels = {
    environment: name,
    'app.kubernetes.io/name': 'checkout',
  };
  const application: ApplicationFact = {
    instance: 'main',
    name: `checkout-${name}`,
    namespace: 'argocd',
    project: `checkout-${name}`,
    labels,
    destination: { name: CLUSTERS[name], namespace: `checkout-${name}` },
    sources: [],
    automated: name !== 'prod',
    sync: { status: 'Synced', revision: 'c0ffee1' },
    health: { status: 'Healthy' },
    history: [{ id: 1, deployedAt: '2026-11-22T10:00:00Z' }],
    conditions: [],
    unhealthyResources: [],
    ...changes,
  };
  return fact(
    FactKinds.application,
    'argocd',
    application.name,
    application,
    labels,
  );
}

const VERSIONS: Readonly<Record<string, string>> = {
  Pod: 'v1',
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Rollout: 'argoproj.io/v1alpha1',
};

/** An object of the namespace of an environment, as a cluster has it. */
function liveObject(
  environment: EnvironmentName,
  kind: string,
  metadata: Record<string, unknown> & { name: string },
  rest: object,
): Fact {
  const apiVersion = VERSIONS[kind];
  const group = apiVersion.replace(/[^/]*$/, '');
  return fact(
    FactKinds.object,
    `checkout-${environment}`,
    `${group}${kind}/${metadata.name}`,
    { apiVersion, kind, metadata, ...rest },
    {},
  );
}

/** Deployment, ReplicaSet and pods of one environment; `ready` are the versions of the pods that are. */
export function liveFacts(
  name: EnvironmentName,
  version: string,
  options: { ready?: readonly string[]; waiting?: string } = {},
): Fact[] {
  const ready = options.ready ?? Array<string>(REPLICAS[name]).fill(version);
  const image = (tag: string) => `ghcr.io/acme/checkout:${tag}`;
  const object = (
    kind: string,
    metadata: Record<string, unknown> & { name: string },
    rest: object,
  ) => liveObject(name, kind, metadata, rest);
  const pod = (podName: string, tag: string, status: object) =>
    object(
      'Pod',
      {
        name: podName,
        ownerReferences: [{ kind: 'ReplicaSet', name: 'checkout', uid: 'r' }],
      },
      {
        spec: { containers: [{ name: 'checkout', image: image(tag) }] },
        status,
      },
    );
  const updated = ready.filter(tag => tag === version).length;
  const waiting = options.waiting === undefined ? 0 : 1;
  return [
    object(
      'Deployment',
      {
        name: 'checkout',
        uid: 'd',
        generation: 1,
        labels: { 'backstage.io/kubernetes-id': 'checkout' },
      },
      {
        spec: {
          replicas: REPLICAS[name],
          template: {
            spec: { containers: [{ name: 'checkout', image: image(version) }] },
          },
        },
        status: {
          observedGeneration: 1,
          replicas: ready.length + waiting,
          updatedReplicas: updated + waiting,
          availableReplicas: ready.length,
        },
      },
    ),
    object(
      'ReplicaSet',
      {
        name: 'checkout',
        uid: 'r',
        ownerReferences: [{ kind: 'Deployment', name: 'checkout', uid: 'd' }],
      },
      {},
    ),
    ...ready.map((tag, index) =>
      pod(`checkout-${index}`, tag, {
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          {
            name: 'checkout',
            imageID: `ghcr.io/acme/checkout@sha256:${tag}`,
            ready: true,
            restartCount: 0,
          },
        ],
      }),
    ),
    ...(options.waiting === undefined
      ? []
      : [
          pod('checkout-new', version, {
            containerStatuses: [
              {
                name: 'checkout',
                restartCount: 0,
                state: {
                  waiting: { reason: options.waiting, message: 'not found' },
                },
              },
            ],
          }),
        ]),
  ];
}

/**
 * An Argo Rollout, its ReplicaSets and pods in one environment. With `canary` it waits at the first pause with one pod of that version,
 * without it is through with `stable`.
 */
export function rolloutFacts(
  name: EnvironmentName,
  options: { stable: string; canary?: string },
): Fact[] {
  const { stable, canary } = options;
  const count = REPLICAS[name];
  const containers = (version: string) => [
    { name: 'checkout', image: `ghcr.io/acme/checkout:${version}` },
  ];
  const sides = [
    { version: stable, pods: count },
    ...(canary === undefined ? [] : [{ version: canary, pods: 1 }]),
  ];
  const all = count + sides.length - 1;
  return [
    liveObject(
      name,
      'Rollout',
      {
        name: 'checkout',
        uid: 'ro',
        generation: 2,
        labels: { 'backstage.io/kubernetes-id': 'checkout' },
      },
      {
        spec: {
          replicas: count,
          strategy: {
            canary: { steps: [{ setWeight: 25 }, { pause: {} }] },
          },
          template: { spec: { containers: containers(canary ?? stable) } },
        },
        status: {
          observedGeneration: '2',
          stableRS: hashOf(stable),
          currentPodHash: hashOf(canary ?? stable),
          replicas: all,
          updatedReplicas: canary === undefined ? count : 1,
          readyReplicas: all,
          availableReplicas: all,
          ...(canary === undefined
            ? { phase: 'Healthy', currentStepIndex: 2 }
            : {
                phase: 'Paused',
                message: 'CanaryPauseStep',
                currentStepIndex: 1,
                controllerPause: true,
                pauseConditions: [
                  {
                    reason: 'CanaryPauseStep',
                    startTime: '2026-11-23T11:40:00Z',
                  },
                ],
              }),
        },
      },
    ),
    ...sides.flatMap(({ version, pods }) => [
      liveObject(
        name,
        'ReplicaSet',
        {
          name: `checkout-${hashOf(version)}`,
          uid: hashOf(version),
          ownerReferences: [{ kind: 'Rollout', name: 'checkout', uid: 'ro' }],
        },
        {},
      ),
      ...Array.from({ length: pods }, (_, index) =>
        liveObject(
          name,
          'Pod',
          {
            name: `checkout-${hashOf(version)}-${index}`,
            labels: { 'rollouts-pod-template-hash': hashOf(version) },
            ownerReferences: [
              {
                kind: 'ReplicaSet',
                name: `checkout-${hashOf(version)}`,
                uid: hashOf(version),
              },
            ],
          },
          {
            spec: { containers: containers(version) },
            status: {
              conditions: [{ type: 'Ready', status: 'True' }],
              containerStatuses: [
                {
                  name: 'checkout',
                  imageID: `ghcr.io/acme/checkout@sha256:${version}`,
                  ready: true,
                  restartCount: 0,
                },
              ],
            },
          },
        ),
      ),
    ]),
  ];
}

function hashOf(version: string): string {
  return `hash${version.replaceAll('.', '')}`;
}
