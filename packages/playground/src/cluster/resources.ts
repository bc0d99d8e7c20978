import { CUSTOM_GROUPS } from './customResources';
import { KindDefinition } from './KindDefinition';

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
  /** Defined by an operator, and not by Kubernetes itself: the API server tells of these in slightly other words. */
  readonly isCustom: boolean;
}

const EMPTY_TEMPLATE = { metadata: {}, spec: { containers: null } };

const GROUPS: readonly {
  group: string;
  version: string;
  kinds: readonly KindDefinition[];
}[] = [
  {
    group: '',
    version: 'v1',
    kinds: [
      { kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
      {
        kind: 'LimitRange',
        plural: 'limitranges',
        shortNames: ['limits'],
        empty: { spec: { limits: null } },
      },
      {
        kind: 'Namespace',
        plural: 'namespaces',
        shortNames: ['ns'],
        cluster: true,
        subresources: ['finalize', 'status'],
        empty: { spec: {}, status: {} },
      },
      {
        kind: 'Pod',
        plural: 'pods',
        shortNames: ['po'],
        categories: ['all'],
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
        shortNames: ['quota'],
        subresources: ['status'],
        empty: { spec: {}, status: {} },
      },
      { kind: 'Secret', plural: 'secrets' },
      {
        kind: 'ServiceAccount',
        plural: 'serviceaccounts',
        shortNames: ['sa'],
        subresources: ['token'],
      },
      {
        kind: 'Service',
        plural: 'services',
        shortNames: ['svc'],
        categories: ['all'],
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
        shortNames: ['ds'],
        categories: ['all'],
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
        shortNames: ['deploy'],
        categories: ['all'],
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
        shortNames: ['rs'],
        categories: ['all'],
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
        shortNames: ['sts'],
        categories: ['all'],
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
        shortNames: ['hpa'],
        categories: ['all'],
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
        shortNames: ['ing'],
        subresources: ['status'],
        hasGeneration: true,
        empty: { spec: {}, status: { loadBalancer: {} } },
      },
      {
        kind: 'NetworkPolicy',
        plural: 'networkpolicies',
        shortNames: ['netpol'],
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
        shortNames: ['pdb'],
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
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    kinds: [
      {
        kind: 'PriorityClass',
        plural: 'priorityclasses',
        shortNames: ['pc'],
        cluster: true,
        hasGeneration: true,
        empty: { value: 0 },
      },
    ],
  },
];

/** Every kind that the clusters serve, as their discovery lists them. */
export const RESOURCES: readonly ResourceKind[] = [
  ...GROUPS.map(group => ({ ...group, isCustom: false })),
  ...CUSTOM_GROUPS.map(group => ({ ...group, isCustom: true })),
].flatMap(({ group, version, kinds, isCustom }) =>
  kinds.map(
    ({
      kind,
      plural,
      shortNames = [],
      categories,
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
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories && { categories }),
      subresources,
      hasGeneration,
      empty,
      isCustom,
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
