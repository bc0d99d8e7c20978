import { Difference } from '../differences/types';
import { IntentEnvironment } from '../intent';
import {
  ApplicationFact,
  ArgoClusterFact,
  ArgoPartFact,
  ArgoProjectFact,
  ArgoRevisionFact,
  ClusterFact,
  CommitFact,
  ComparisonFact,
  DesiredFact,
  KubernetesObject,
  SourceState,
} from '../observations';
import { Finding } from '../rules/types';
import { PromotionHint } from './types';

/**
 * A value with the time at which its source saw it.
 *
 * @public
 */
export interface Seen<T> {
  readonly value: T;
  /** ISO 8601 */
  readonly observedAt: string;
}

/**
 * A cluster and a namespace in it, with what its source has seen there.
 *
 * @public
 */
export interface TargetInput {
  readonly cluster: string;
  readonly namespace: string;
  readonly region?: string;
  /** Of the cluster; `not-configured` when the portal knows no such cluster. */
  readonly source: SourceState;
  /** Objects of the namespace, and the Namespace itself. */
  readonly objects: readonly Seen<KubernetesObject>[];
  readonly clusterFact?: Seen<ClusterFact>;
  /** The Application that deploys there, where the environment has several targets; else that of the environment. */
  readonly application?: Seen<ApplicationFact>;
  /** What Argo CD says of the cluster, likewise. */
  readonly argocdCluster?: Seen<ArgoClusterFact>;
}

/** @public */
export interface EnvironmentInput {
  readonly definition: IntentEnvironment;
  readonly targets: readonly TargetInput[];
  /** The Application of this environment, if one was seen. */
  readonly application?: Seen<ApplicationFact>;
  /** The Argo CD instance that has it, or would have it; absent where the intent names none. */
  readonly argocd?: SourceState;
  /** What the instance says of the cluster that it deploys to. */
  readonly argocdCluster?: Seen<ArgoClusterFact>;
  /** The project of the Application. */
  readonly argocdProject?: Seen<ArgoProjectFact>;
  /** What the instance does not tell at present, although it answers. */
  readonly argocdUntold?: readonly ArgoPartFact[];
  readonly desired?: Seen<DesiredFact>;
  /** The git host that has the desired state. */
  readonly scm?: SourceState;
  /** Argo CD's word on the commit of the deploy-config repository that the Application is synced to, and on the one it was last deployed from. */
  readonly argocdRevision?: Seen<ArgoRevisionFact>;
  readonly argocdDeployed?: Seen<ArgoRevisionFact>;
  /** Commit of the release that runs here, as {@link decideCommit} decided. */
  readonly commit?: CommitFact;
  /** How the version here stands to the one in the environment before. */
  readonly comparison?: ComparisonFact;
  /** When the version that runs here was seen to arrive, and who brought it. */
  readonly arrived?: { readonly at: string; readonly by?: string };
  /** The promotion into this environment that is under way. */
  readonly activePromotion?: PromotionHint['active'];
}

/** @public */
export interface MatrixInput {
  readonly entityRef: string;
  /** Name of the service: the main workload, and its main container. */
  readonly service: string;
  /** Label selector of the service's workloads and pods. */
  readonly selector: string;
  /** ISO 8601 */
  readonly now: string;
  /** In promotion order. */
  readonly environments: readonly EnvironmentInput[];
  readonly sources: readonly SourceState[];
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
  readonly updates?: { readonly channel: string; readonly key: string };
}
