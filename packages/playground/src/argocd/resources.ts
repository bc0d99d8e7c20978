import type { KubeObject } from '../core';

// Argo CD's own kinds as far as the playground fills them in; unknown fields of a specification are kept as they came.

export interface ApplicationSource {
  repoURL: string;
  path?: string;
  targetRevision?: string;
  kustomize?: {
    images?: string[];
    patches?: unknown[];
    [field: string]: unknown;
  };
  /** Manifests as they lie there, instead of an overlay. */
  directory?: { include?: string; exclude?: string; recurse?: boolean };
  [field: string]: unknown;
}

export interface Destination {
  name?: string;
  server?: string;
  namespace?: string;
}

export interface RetryStrategy {
  limit?: number;
  backoff?: { duration?: string; factor?: number; maxDuration?: string };
}

export interface SyncPolicy {
  automated?: {
    prune?: boolean;
    selfHeal?: boolean;
    allowEmpty?: boolean;
    enabled?: boolean;
  };
  syncOptions?: string[];
  retry?: RetryStrategy;
  [field: string]: unknown;
}

export interface ApplicationSpec {
  source: ApplicationSource;
  destination: Destination;
  project: string;
  syncPolicy?: SyncPolicy;
  revisionHistoryLimit?: number;
  [field: string]: unknown;
}

export type SyncStatusCode = 'Synced' | 'OutOfSync' | 'Unknown';

export type HealthStatusCode =
  | 'Healthy'
  | 'Suspended'
  | 'Progressing'
  | 'Missing'
  | 'Degraded'
  | 'Unknown';

export interface HealthStatus {
  status?: HealthStatusCode;
  message?: string;
  lastTransitionTime?: string;
}

export interface ResourceStatus {
  group?: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  status: SyncStatusCode;
  health?: HealthStatus;
  requiresPruning?: boolean;
}

export interface ResourceSelection {
  group?: string;
  kind: string;
  name: string;
  namespace?: string;
}

export interface SyncOperation {
  revision: string;
  prune?: boolean;
  dryRun?: boolean;
  resources?: ResourceSelection[];
  source: ApplicationSource;
  syncOptions?: string[];
  syncStrategy?: unknown;
  autoHealAttemptsCount?: number;
}

export interface Operation {
  sync: SyncOperation;
  initiatedBy: { username?: string; automated?: boolean };
  retry: RetryStrategy;
}

export interface ResourceResult {
  group: string;
  version: string;
  kind: string;
  namespace: string;
  name: string;
  status?: 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';
  message: string;
  hookPhase?: 'Running' | 'Succeeded' | 'Failed';
  syncPhase: 'Sync';
  images?: string[];
}

export type OperationPhase =
  | 'Running'
  | 'Terminating'
  | 'Succeeded'
  | 'Failed'
  | 'Error';

export interface OperationState {
  operation: Operation;
  phase: OperationPhase;
  message?: string;
  syncResult?: {
    resources?: ResourceResult[];
    revision: string;
    source: ApplicationSource;
  };
  startedAt: string;
  finishedAt?: string;
  retryCount?: number;
}

export interface RevisionHistory {
  revision: string;
  deployedAt: string;
  id: number;
  source: ApplicationSource;
  deployStartedAt: string;
  initiatedBy: Operation['initiatedBy'];
}

export interface ApplicationCondition {
  type: 'ComparisonError' | 'InvalidSpecError' | 'SyncError';
  message: string;
  lastTransitionTime: string;
}

export interface ApplicationStatus {
  resources?: ResourceStatus[];
  sync: {
    status: SyncStatusCode | '';
    comparedTo: {
      source: { repoURL: string; path?: string; targetRevision?: string };
      destination: Destination;
    };
    revision?: string;
  };
  health: HealthStatus;
  history?: RevisionHistory[];
  conditions?: ApplicationCondition[];
  reconciledAt?: string;
  operationState?: OperationState;
  sourceType?: 'Kustomize' | 'Directory';
  summary: { images?: string[] };
  resourceHealthSource?: 'appTree';
  controllerNamespace?: string;
  sourceHydrator: Record<string, never>;
}

export interface ObjectMetadata {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  creationTimestamp: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: boolean;
  blockOwnerDeletion: boolean;
}

export interface Application {
  metadata: ObjectMetadata;
  spec: ApplicationSpec;
  status: ApplicationStatus;
  operation?: Operation;
}

export interface ApplicationSetCondition {
  type: 'ErrorOccurred' | 'ParametersGenerated' | 'ResourcesUpToDate';
  message: string;
  lastTransitionTime: string;
  status: 'True' | 'False';
  reason: string;
}

export interface ApplicationSetSpec {
  goTemplate?: boolean;
  goTemplateOptions?: string[];
  /** Each an object with one field, which names its kind. */
  generators: Record<string, unknown>[];
  template: Record<string, unknown>;
  syncPolicy?: {
    preserveResourcesOnDeletion?: boolean;
    /** `create-update`, `create-only`: what it no longer stands for stays. */
    applicationsSync?: string;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export interface ApplicationSet {
  metadata: ObjectMetadata;
  spec: ApplicationSetSpec;
  status: { conditions: ApplicationSetCondition[] };
}

export interface GroupKind {
  group: string;
  kind: string;
  name?: string;
}

export interface AppProjectSpec {
  sourceRepos?: string[];
  destinations?: Destination[];
  clusterResourceWhitelist?: GroupKind[];
  clusterResourceBlacklist?: GroupKind[];
  namespaceResourceWhitelist?: GroupKind[];
  namespaceResourceBlacklist?: GroupKind[];
  [field: string]: unknown;
}

export interface AppProject {
  metadata: ObjectMetadata;
  spec: AppProjectSpec;
  status: Record<string, unknown>;
}

/** Where Applications and projects live, and the only namespace that is looked at. */
export const ARGOCD_NAMESPACE = 'argocd';

export const REFRESH_ANNOTATION = 'argocd.argoproj.io/refresh';
export const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id';
export const CASCADE_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** Group and version of an `apiVersion`; the core group is the empty text. */
export function groupVersionOf(apiVersion: string): {
  group: string;
  version: string;
} {
  const [first, second] = apiVersion.split('/');
  return second === undefined
    ? { group: '', version: first }
    : { group: first, version: second };
}

/** Identity of an object in its cluster: `apps/Deployment/checkout-dev/checkout`. */
export function keyOf(object: KubeObject): string {
  const { group } = groupVersionOf(object.apiVersion);
  const { namespace = '', name } = object.metadata;
  return `${group}/${object.kind}/${namespace}/${name}`;
}
