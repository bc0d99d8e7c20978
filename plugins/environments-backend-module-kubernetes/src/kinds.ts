/**
 * A kind of object that the matrix needs. Adding one is adding a row here, and a right to the ClusterRole in `docs/clusterrole.yaml`.
 */
export interface WatchedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** The fields of `spec` and `status` that are kept; all of them where it says nothing. */
  readonly keep?: {
    readonly spec?: readonly string[];
    readonly status?: readonly string[];
  };
}

/** Secrets are not among them, and never will be: what a secret holds is nobody's business here. */
export const WATCHED_KINDS: readonly WatchedKind[] = [
  { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces' },
  {
    group: '',
    version: 'v1',
    kind: 'Pod',
    plural: 'pods',
    // The template of its workload says the rest.
    keep: {
      spec: ['containers', 'initContainers', 'nodeName', 'serviceAccountName'],
      status: [
        'phase',
        'reason',
        'message',
        'startTime',
        'conditions',
        'containerStatuses',
        'initContainerStatuses',
      ],
    },
  },
  { group: '', version: 'v1', kind: 'Service', plural: 'services' },
  { group: '', version: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas' },
  { group: '', version: 'v1', kind: 'LimitRange', plural: 'limitranges' },
  { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' },
  { group: 'apps', version: 'v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { group: 'apps', version: 'v1', kind: 'DaemonSet', plural: 'daemonsets' },
  {
    group: 'apps',
    version: 'v1',
    kind: 'ReplicaSet',
    plural: 'replicasets',
    // Ten old ones per Deployment are usual, each with a whole template.
    keep: {
      spec: ['replicas', 'selector'],
      status: ['replicas', 'readyReplicas', 'observedGeneration', 'conditions'],
    },
  },
  {
    group: 'autoscaling',
    version: 'v2',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
  },
  {
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'Ingress',
    plural: 'ingresses',
  },
];

export function apiVersionOf(kind: WatchedKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `/api/v1`, `/apis/apps/v1`: where discovery and the resources are. */
export function groupPathOf(kind: WatchedKind): string {
  return kind.group === ''
    ? `/api/${kind.version}`
    : `/apis/${kind.group}/${kind.version}`;
}

/** `apps/Deployment`, `Pod`: how facts name the kind. */
export function groupKindOf(kind: {
  readonly group: string;
  readonly kind: string;
}): string {
  return kind.group === '' ? kind.kind : `${kind.group}/${kind.kind}`;
}
