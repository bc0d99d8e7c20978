/** A kind that the clusters serve. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources: readonly string[];
  /** Whether the server counts changes of the specification. */
  readonly hasGeneration: boolean;
  /** What a bookmark carries beside its version: the kind's required fields, empty. */
  readonly empty: Readonly<Record<string, unknown>>;
}

interface Definition {
  kind: string;
  plural: string;
  short?: string;
  all?: boolean;
  cluster?: boolean;
  subresources?: string[];
  hasGeneration?: boolean;
  empty?: Record<string, unknown>;
}

const EMPTY_TEMPLATE = { metadata: {}, spec: { containers: null } };

const GROUPS: readonly {
  group: string;
  version: string;
  kinds: readonly Definition[];
}[] = [
  {
    group: '',
    version: 'v1',
    kinds: [
      { kind: 'ConfigMap', plural: 'configmaps', short: 'cm' },
      {
        kind: 'LimitRange',
        plural: 'limitranges',
        short: 'limits',
        empty: { spec: { limits: null } },
      },
      {
        kind: 'Namespace',
        plural: 'namespaces',
        short: 'ns',
        cluster: true,
        subresources: ['finalize', 'status'],
        empty: { spec: {}, status: {} },
      },
      {
        kind: 'Pod',
        plural: 'pods',
        short: 'po',
        all: true,
        subresources: [
          'attach',
          'binding',
          'ephemeralcontainers',
          'eviction',
          'exec',
          'log',
          'portforward',
          'proxy',
          'resize',
          'status',
        ],
        hasGeneration: true,
        empty: { spec: { containers: null }, status: {} },
      },
      {
        kind: 'ResourceQuota',
        plural: 'resourcequotas',
        short: 'quota',
        subresources: ['status'],
        empty: { spec: {}, status: {} },
      },
      { kind: 'Secret', plural: 'secrets' },
      {
        kind: 'ServiceAccount',
        plural: 'serviceaccounts',
        short: 'sa',
        subresources: ['token'],
      },
      {
        kind: 'Service',
        plural: 'services',
        short: 'svc',
        all: true,
        subresources: ['proxy', 'status'],
        empty: { spec: {}, status: { loadBalancer: {} } },
      },
    ],
  },
  {
    group: 'apps',
    version: 'v1',
    kinds: [
      {
        kind: 'DaemonSet',
        plural: 'daemonsets',
        short: 'ds',
        all: true,
        subresources: ['status'],
        hasGeneration: true,
        empty: {
          spec: {
            selector: null,
            template: EMPTY_TEMPLATE,
            updateStrategy: {},
          },
          status: {
            currentNumberScheduled: 0,
            numberMisscheduled: 0,
            desiredNumberScheduled: 0,
            numberReady: 0,
          },
        },
      },
      {
        kind: 'Deployment',
        plural: 'deployments',
        short: 'deploy',
        all: true,
        subresources: ['scale', 'status'],
        hasGeneration: true,
        empty: {
          spec: {
            replicas: 0,
            selector: null,
            template: EMPTY_TEMPLATE,
            strategy: {},
          },
          status: {},
        },
      },
      {
        kind: 'ReplicaSet',
        plural: 'replicasets',
        short: 'rs',
        all: true,
        subresources: ['scale', 'status'],
        hasGeneration: true,
        empty: {
          spec: { replicas: 0, selector: null, template: EMPTY_TEMPLATE },
          status: { replicas: 0 },
        },
      },
      {
        kind: 'StatefulSet',
        plural: 'statefulsets',
        short: 'sts',
        all: true,
        subresources: ['scale', 'status'],
        hasGeneration: true,
        empty: {
          spec: {
            replicas: 0,
            selector: null,
            template: EMPTY_TEMPLATE,
            serviceName: '',
            updateStrategy: {},
          },
          status: { replicas: 0, availableReplicas: 0 },
        },
      },
    ],
  },
  {
    group: 'autoscaling',
    version: 'v2',
    kinds: [
      {
        kind: 'HorizontalPodAutoscaler',
        plural: 'horizontalpodautoscalers',
        short: 'hpa',
        all: true,
        subresources: ['status'],
        empty: {
          spec: { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 0 },
          status: { desiredReplicas: 0, currentMetrics: null },
        },
      },
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kinds: [
      {
        kind: 'Ingress',
        plural: 'ingresses',
        short: 'ing',
        subresources: ['status'],
        hasGeneration: true,
        empty: { spec: {}, status: { loadBalancer: {} } },
      },
      {
        kind: 'NetworkPolicy',
        plural: 'networkpolicies',
        short: 'netpol',
        hasGeneration: true,
        empty: { spec: { podSelector: {} } },
      },
    ],
  },
  {
    group: 'policy',
    version: 'v1',
    kinds: [
      {
        kind: 'PodDisruptionBudget',
        plural: 'poddisruptionbudgets',
        short: 'pdb',
        subresources: ['status'],
        hasGeneration: true,
        empty: {
          spec: {},
          status: {
            disruptionsAllowed: 0,
            currentHealthy: 0,
            desiredHealthy: 0,
            expectedPods: 0,
          },
        },
      },
    ],
  },
];

/** Every kind that the clusters serve, as their discovery lists them. */
export const RESOURCES: readonly ResourceKind[] = GROUPS.flatMap(
  ({ group, version, kinds }) =>
    kinds.map(
      ({
        kind,
        plural,
        short,
        all,
        cluster,
        subresources = [],
        hasGeneration = false,
        empty = {},
      }) => ({
        group,
        version,
        kind,
        plural,
        singular: kind.toLowerCase(),
        namespaced: !cluster,
        ...(short && { shortNames: [short] }),
        ...(all && { categories: ['all'] }),
        subresources,
        hasGeneration,
        empty,
      }),
    ),
);

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion({
  group,
  version,
}: {
  group: string;
  version: string;
}): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps`, or `pods` for the core group: how messages name a resource. */
export function qualifiedName({
  group,
  plural,
}: {
  group: string;
  plural: string;
}): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function findKind(
  apiVersion: string,
  kind: string,
): ResourceKind | undefined {
  return RESOURCES.find(
    resource => resource.kind === kind && groupVersion(resource) === apiVersion,
  );
}

/** A kind that is certainly served. */
export function kindNamed(kind: string): ResourceKind {
  const resource = RESOURCES.find(candidate => candidate.kind === kind);
  if (!resource) {
    throw new Error(`The clusters do not serve the kind ${kind}`);
  }
  return resource;
}
