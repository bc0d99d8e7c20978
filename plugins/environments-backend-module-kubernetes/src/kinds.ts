/**
 * A kind of object that the matrix needs. Adding one is adding a row here, and a right to the ClusterRole in `docs/clusterrole.yaml`.
 */
export interface WatchedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Versions before it, newest first, for clusters that do not serve it yet. */
  readonly earlierVersions?: readonly string[];
  readonly kind: string;
  readonly plural: string;
  /** Not part of Kubernetes itself: many a cluster does not serve it, and discovery is asked before it is listed. */
  readonly isCustom?: boolean;
  /** In no namespace. */
  readonly isClusterScoped?: boolean;
  /** Of the whole cluster, or of the platform: without the right to read it the matrix lacks a comparison, and nothing of the service. */
  readonly isOptional?: boolean;
  /** The fields of `spec` and `status` that are kept, all of them where it says nothing; and fields beside those two, none where it says nothing. */
  readonly keep?: {
    readonly spec?: readonly string[];
    readonly status?: readonly string[];
    readonly fields?: readonly string[];
  };
}

/** Secrets are not among them, and never will be: what a secret holds is nobody's business here. */
export const WATCHED_KINDS: readonly WatchedKind[] = [
  {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    isClusterScoped: true,
  },
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
  {
    group: '',
    version: 'v1',
    kind: 'Node',
    plural: 'nodes',
    isClusterScoped: true,
    isOptional: true,
    // Its conditions carry a heartbeat, and its images are many.
    keep: {
      spec: ['taints', 'unschedulable'],
      status: ['capacity', 'allocatable', 'nodeInfo'],
    },
  },
  { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' },
  { group: 'apps', version: 'v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { group: 'apps', version: 'v1', kind: 'DaemonSet', plural: 'daemonsets' },
  {
    group: 'apps',
    version: 'v1',
    kind: 'ReplicaSet',
    plural: 'replicasets',
    // Ten old ones per Deployment or Rollout are usual, each with a whole template.
    keep: {
      spec: ['replicas', 'selector'],
      status: ['replicas', 'readyReplicas', 'observedGeneration', 'conditions'],
    },
  },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Rollout',
    plural: 'rollouts',
    isCustom: true,
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
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'IngressClass',
    plural: 'ingressclasses',
    isClusterScoped: true,
    isOptional: true,
  },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    earlierVersions: ['v1beta1'],
    kind: 'Gateway',
    plural: 'gateways',
    isCustom: true,
    isOptional: true,
  },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    earlierVersions: ['v1beta1'],
    kind: 'HTTPRoute',
    plural: 'httproutes',
    isCustom: true,
  },
  {
    group: 'cert-manager.io',
    version: 'v1',
    kind: 'Certificate',
    plural: 'certificates',
    isCustom: true,
  },
  {
    group: 'external-secrets.io',
    version: 'v1',
    earlierVersions: ['v1beta1'],
    kind: 'ExternalSecret',
    plural: 'externalsecrets',
    isCustom: true,
  },
  {
    group: 'external-secrets.io',
    version: 'v1',
    earlierVersions: ['v1beta1'],
    kind: 'SecretStore',
    plural: 'secretstores',
    isCustom: true,
  },
  {
    group: 'external-secrets.io',
    version: 'v1',
    earlierVersions: ['v1beta1'],
    kind: 'ClusterSecretStore',
    plural: 'clustersecretstores',
    isClusterScoped: true,
    isCustom: true,
    isOptional: true,
  },
  {
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'StorageClass',
    plural: 'storageclasses',
    isClusterScoped: true,
    isOptional: true,
    keep: {
      fields: [
        'provisioner',
        'parameters',
        'reclaimPolicy',
        'volumeBindingMode',
        'allowVolumeExpansion',
      ],
    },
  },
];

/** The kind that is read by the names of namespaces. */
export const NAMESPACE: WatchedKind = WATCHED_KINDS[0];

/** What is in a namespace. */
export const NAMESPACED_KINDS: readonly WatchedKind[] = WATCHED_KINDS.filter(
  kind => !kind.isClusterScoped,
);

/** The parts of a kind that addresses are made of. */
export type GroupVersion = Pick<WatchedKind, 'group' | 'version'>;

export function apiVersionOf({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `/api/v1`, `/apis/apps/v1`: where discovery and the resources are. */
export function groupPathOf({ group, version }: GroupVersion): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** `apps/Deployment`, `Pod`: how facts name the kind. */
export function groupKindOf(kind: {
  readonly group: string;
  readonly kind: string;
}): string {
  return kind.group === '' ? kind.kind : `${kind.group}/${kind.kind}`;
}
