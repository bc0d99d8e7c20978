import { targetsOf } from '../../intent';
import {
  ApplicationFact,
  ClusterFact,
  KubernetesObject,
  SourceState,
} from '../../observations';
import { intentOf } from '../../testing';
import { EnvironmentInput, MatrixInput } from '../input';

export const NOW = '2026-11-23T12:00:00.000Z';
const OBSERVED_AT = '2026-11-23T11:59:00.000Z';

export function source(
  kind: string,
  name: string,
  state: Partial<SourceState> = {},
): SourceState {
  return { kind, name, status: 'observed', lastObservedAt: NOW, ...state };
}

export function digest(version: string): string {
  return `sha256:${Buffer.from(version).toString('hex').padEnd(64, '0')}`;
}

interface WorkloadOptions {
  /** The version that the workload asks for. */
  readonly version: string;
  readonly replicas?: number;
  /** Versions of the pods that are ready; the wanted one, as often as there are replicas, by default. */
  readonly pods?: readonly string[];
  /** What the nodes pulled, pod by pod; what the version stands for by default, nothing where it is null. */
  readonly digests?: readonly (string | null)[];
  /** Of every pod. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** A pod of the wanted version that waits. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const image = (version: string) => `ghcr.io/acme/checkout:${version}`;

/** A Deployment with its ReplicaSet and pods, as an API server gives them. */
export function workload(options: WorkloadOptions): KubernetesObject[] {
  const { version, replicas = 2 } = options;
  const pods = options.pods ?? Array<string>(replicas).fill(version);
  const updated = pods.filter(pod => pod === version).length;
  const labels = { 'backstage.io/kubernetes-id': 'checkout' };
  const deployment: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'checkout',
      uid: 'd',
      generation: 3,
      labels,
      ...(options.annotations ? { annotations: options.annotations } : {}),
    },
    spec: {
      replicas,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 },
      },
      template: {
        spec: {
          containers: [
            {
              name: 'checkout',
              image: image(version),
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
              resources: {
                requests: { cpu: '500m', memory: '512Mi' },
                limits: { cpu: '1', memory: '1Gi' },
              },
              env: Object.entries(options.env ?? {}).map(([name, value]) => ({
                name,
                value,
              })),
              ...options.container,
            },
          ],
        },
      },
      ...options.spec,
    },
    status: {
      observedGeneration: 3,
      replicas: pods.length + (options.waiting ? 1 : 0),
      updatedReplicas: updated + (options.waiting ? 1 : 0),
      readyReplicas: pods.length,
      availableReplicas: pods.length,
    },
  };
  const imageId = (podVersion: string, index: number) => {
    const pulled = options.digests?.[index];
    return pulled === null
      ? {}
      : { imageID: `ghcr.io/acme/checkout@${pulled ?? digest(podVersion)}` };
  };
  const pod = (podVersion: string, index: number): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `checkout-${index}`,
      uid: `p${index}`,
      ...(options.podAnnotations
        ? { annotations: options.podAnnotations }
        : {}),
      ownerReferences: [{ kind: 'ReplicaSet', name: 'checkout-1', uid: 'r' }],
    },
    spec: { containers: [{ name: 'checkout', image: image(podVersion) }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'checkout',
          image: image(podVersion),
          ...imageId(podVersion, index),
          ready: true,
          restartCount: 1,
          state: { running: {} },
        },
      ],
    },
  });
  const waitingPod: KubernetesObject = {
    ...pod(version, pods.length),
    status: {
      phase: 'Pending',
      startTime: '2026-11-23T11:40:10Z',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        {
          name: 'checkout',
          ready: false,
          restartCount: 0,
          state: { waiting: options.waiting },
        },
      ],
    },
  };
  return [
    deployment,
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'checkout-1',
        uid: 'r',
        ownerReferences: [{ kind: 'Deployment', name: 'checkout', uid: 'd' }],
      },
    },
    ...pods.map(pod),
    ...(options.waiting ? [waitingPod] : []),
  ];
}

export function namespaceObjects(options: {
  pods: number;
  used: string;
}): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'checkout',
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'compute' },
      spec: { hard: { pods: String(options.pods) } },
      status: { used: { pods: options.used } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
  ];
}

const clusterFact: ClusterFact = {
  gitVersion: 'v1.36.1',
  version: '1.36',
  groupVersions: ['v1', 'apps/v1'],
  unavailable: [],
};

export function application(
  environmentName: string,
  changes: Partial<ApplicationFact> = {},
): ApplicationFact {
  return {
    instance: 'main',
    name: `checkout-${environmentName}`,
    namespace: 'argocd',
    project: `checkout-${environmentName}`,
    labels: { environment: environmentName },
    destination: {
      name: 'nonprod',
      namespace: `checkout-${environmentName}`,
    },
    sources: [],
    automated: environmentName !== 'prod',
    sync: { status: 'Synced', revision: 'c0ffee0c0ffee' },
    health: { status: 'Healthy' },
    history: [{ id: 1, deployedAt: '2026-11-22T10:00:00Z' }],
    conditions: [],
    unhealthyResources: [],
    link: `https://argocd.example.com/applications/checkout-${environmentName}`,
    ...changes,
  };
}

interface EnvironmentOptions {
  readonly objects?: readonly KubernetesObject[];
  readonly application?: ApplicationFact | null;
  readonly cluster?: Partial<SourceState>;
  readonly clusterFact?: Partial<ClusterFact>;
  readonly argocd?: Partial<SourceState>;
  readonly scm?: Partial<SourceState>;
  /** Version that git says. */
  readonly declared?: string;
  readonly input?: Partial<EnvironmentInput>;
}

/** What is known of one of the three environments of the intent; healthy with 1.0.0 unless told otherwise. */
export function environment(
  name: 'dev' | 'staging' | 'prod',
  options: EnvironmentOptions = {},
): EnvironmentInput {
  const definition = intentOf().environments.find(
    candidate => candidate.name === name,
  );
  if (!definition) {
    throw new Error(`The intent has no ${name}`);
  }
  const seen = <T>(value: T) => ({ value, observedAt: OBSERVED_AT });
  const app =
    options.application === undefined ? application(name) : options.application;
  return {
    definition,
    targets: targetsOf(definition).map(target => ({
      ...target,
      source: source('kubernetes', target.cluster, options.cluster),
      objects: (options.objects ?? workload({ version: '1.0.0' })).map(seen),
      clusterFact: seen({ ...clusterFact, ...options.clusterFact }),
    })),
    ...(app
      ? {
          application: seen(app),
          argocdProject: seen({
            instance: 'main',
            name: app.project,
            syncWindows: [],
          }),
        }
      : {}),
    argocd: source('argocd', 'main', options.argocd),
    desired: seen({
      revision: 'c0ffee0c0ffee',
      path: `apps/checkout/overlays/${name}`,
      version: options.declared ?? '1.0.0',
    }),
    scm: source('scm', 'git.example.com', options.scm),
    ...options.input,
  };
}

export function input(changes: Partial<MatrixInput> = {}): MatrixInput {
  return {
    entityRef: 'component:default/checkout',
    service: 'checkout',
    selector: 'backstage.io/kubernetes-id=checkout',
    now: NOW,
    environments: [
      environment('dev'),
      environment('staging'),
      environment('prod'),
    ],
    sources: [],
    findings: [],
    differences: [],
    ...changes,
  };
}
