import { KubernetesObject } from '../../observations';
import { digest } from './builders';

/** Hashes of two templates, the older one first. */
export const OLD = '5f4d8b9c66';
export const NEW = '7c9d6f5b88';

interface PodOptions {
  readonly version: string;
  readonly hash: string;
  /** Why it is not ready. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
}

interface RolloutOptions {
  /** The version that the template asks for. */
  readonly version: string;
  readonly pods: readonly PodOptions[];
  readonly strategy?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly name?: string;
  /** Generation of the Deployment that lends the template, in place of one of its own. */
  readonly lenderGeneration?: number;
}

export const pods = (
  count: number,
  version: string,
  hash: string,
): PodOptions[] => Array.from({ length: count }, () => ({ version, hash }));

const LABELS = { 'backstage.io/kubernetes-id': 'checkout' };

const image = (version: string) => `ghcr.io/acme/checkout:${version}`;

const templateOf = (version: string) => ({
  spec: { containers: [{ name: 'checkout', image: image(version) }] },
});

export const SIX_STEPS = {
  canary: {
    maxSurge: '25%',
    trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': {} } },
    steps: [
      { setWeight: 20 },
      { pause: {} },
      { setWeight: 40 },
      { pause: { duration: '10m' } },
      { setWeight: 80 },
      { pause: { duration: 60 } },
    ],
  },
};

export const BLUE_GREEN = {
  blueGreen: {
    activeService: 'checkout',
    previewService: 'checkout-preview',
    autoPromotionEnabled: false,
  },
};

/** What stands in the status of a Rollout that is through with a template. */
export const through = (hash: string, count = 3) => ({
  observedGeneration: '4',
  phase: 'Healthy',
  currentPodHash: hash,
  stableRS: hash,
  currentStepIndex: 6,
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
});

/** A canary of the newer template at the second of six steps. */
export const atSecondStep = {
  observedGeneration: '4',
  phase: 'Paused',
  message: 'CanaryPauseStep',
  controllerPause: true,
  pauseConditions: [
    { reason: 'CanaryPauseStep', startTime: '2026-11-23T11:40:10Z' },
  ],
  currentPodHash: NEW,
  stableRS: OLD,
  currentStepIndex: 1,
  canary: {
    weights: {
      canary: { podTemplateHash: NEW, weight: 20 },
      stable: { podTemplateHash: OLD, weight: 80 },
    },
  },
  replicas: 4,
  updatedReplicas: 1,
  readyReplicas: 4,
  availableReplicas: 4,
};

/** A Rollout with its ReplicaSets and pods, and the Deployment that lends its template if there is one. */
export function rollout(options: RolloutOptions): KubernetesObject[] {
  const { version, name = 'checkout', lenderGeneration } = options;
  const isLent = lenderGeneration !== undefined;
  const hashes = [...new Set(options.pods.map(({ hash }) => hash))];
  return [
    ...(isLent
      ? [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: {
              name: 'checkout',
              uid: 'd',
              generation: lenderGeneration,
              labels: LABELS,
            },
            spec: { replicas: 0, template: templateOf(version) },
            status: { observedGeneration: lenderGeneration },
          },
        ]
      : []),
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: {
        name,
        uid: 'ro',
        generation: 4,
        labels: LABELS,
        annotations: options.annotations,
      },
      spec: {
        replicas: 3,
        strategy: options.strategy ?? SIX_STEPS,
        ...(isLent
          ? {
              workloadRef: {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                name: 'checkout',
              },
            }
          : { template: templateOf(version) }),
        ...options.spec,
      },
      ...(options.status ? { status: options.status } : {}),
    },
    ...hashes.map(hash => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        uid: hash,
        ownerReferences: [{ kind: 'Rollout', name, uid: 'ro' }],
      },
    })),
    ...options.pods.map((pod, index) => podOf(name, pod, index)),
  ];
}

function podOf(
  name: string,
  { version, hash, waiting }: PodOptions,
  index: number,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${hash}-${index}`,
      uid: `p${index}`,
      labels: { 'rollouts-pod-template-hash': hash },
      ownerReferences: [
        { kind: 'ReplicaSet', name: `${name}-${hash}`, uid: hash },
      ],
    },
    spec: { containers: [{ name: 'checkout', image: image(version) }] },
    status: {
      startTime: '2026-11-23T11:40:10Z',
      conditions: [{ type: 'Ready', status: waiting ? 'False' : 'True' }],
      containerStatuses: [
        {
          name: 'checkout',
          restartCount: 0,
          ready: !waiting,
          ...(waiting
            ? { state: { waiting } }
            : { imageID: `ghcr.io/acme/checkout@${digest(version)}` }),
        },
      ],
    },
  };
}
