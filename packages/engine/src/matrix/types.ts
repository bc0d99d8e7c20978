import { Observation, Provenance, SourceState } from '../observations';

/** @public */
export type GroupId =
  | 'release'
  | 'delivery'
  | 'rollout'
  | 'configuration'
  | 'platform'
  | 'secrets'
  | 'infrastructure'
  | 'service-levels';

/**
 * The environment matrix of one catalog entity.
 *
 * @public
 */
export interface Matrix {
  /** `component:default/checkout` */
  readonly entityRef: string;
  /** ISO 8601 */
  readonly computedAt: string;
  /** In promotion order. */
  readonly environments: readonly EnvironmentColumn[];
  readonly groups: readonly MatrixGroup[];
  /** One per cluster, Argo CD instance, git host that this page depends on. */
  readonly sources: readonly SourceState[];
  readonly score: {
    readonly value: number | undefined;
    readonly parts: readonly ScorePart[];
  };
  /** Why the intent cannot be read, or is not right: one sentence. What is shown is then from the last one that was. */
  readonly problem?: string;
  /** How the environments were found, where no intent declares them. */
  readonly inference?: MatrixInference;
  /** Pushed on the signals channel `environments` when this matrix changed: an opaque key, no name. */
  readonly updates?: { readonly channel: string; readonly key: string };
}

/**
 * Environments that no intent declares, and how they were found.
 *
 * @public
 */
export interface MatrixInference {
  /** The portal's configuration, or the service's applications in Argo CD. */
  readonly from: 'app-config' | 'applications';
  /** One sentence per finding, for a person to check. */
  readonly explanation: readonly string[];
}

/** @public */
export interface MatrixGroup {
  readonly id: GroupId;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** @public */
export interface ScorePart {
  readonly rule: string;
  readonly title: string;
  readonly weight: number;
  readonly outcome: 'pass' | 'fail' | 'unknown';
}

/** @public */
export interface EnvironmentColumn {
  readonly name: string;
  readonly title: string;
  readonly order: number;
  readonly kind: 'production' | 'non-production';
  /** Of the first target; `targets` when there are several. */
  readonly cluster?: string;
  readonly namespace?: string;
  readonly targets?: readonly {
    readonly cluster: string;
    readonly namespace: string;
    readonly region?: string;
  }[];
  readonly summary: EnvironmentSummary;
  readonly promotion?: PromotionHint;
}

/**
 * The way to the next environment, as the column head shows it.
 *
 * @public
 */
export interface PromotionHint {
  readonly to: string;
  readonly possible: boolean;
  readonly blockedBy: readonly string[];
  /** What a promotion would do first: a commit, a pull request, or a sync alone. */
  readonly way?: 'commit' | 'pull-request' | 'workflow' | 'sync';
  /** The promotion into `to` that is under way, if any. */
  readonly active?: {
    readonly id: string;
    readonly state: string;
    /** How many steps it has made: it has news when there are more. */
    readonly steps?: number;
  };
}

/** @public */
export interface EnvironmentSummary {
  readonly version?: string;
  readonly digest?: string;
  readonly commit?: string;
  /** ISO 8601: since when this version runs here. */
  readonly since?: string;
  /** Who brought it. */
  readonly by?: string;
  /** Argo CD's word. */
  readonly sync?: string;
  /** Argo CD's word, or the rollout's where there is no Argo CD. */
  readonly health?: string;
  /** `3/3` */
  readonly ready?: string;
  readonly behind?: Behind;
  readonly violations: number;
  readonly unclassified: number;
  /** The worst of the four. */
  readonly observation: Observation;
  readonly observations: {
    readonly version: Observation;
    readonly sync: Observation;
    readonly health: Observation;
    readonly ready: Observation;
  };
  /** The one sentence that matters when something is wrong: `ImagePullBackOff: ghcr.io/acme/checkout:9.9.9 not found`. */
  readonly detail?: string;
  /** Where an update stands that takes steps, and nothing is wrong: `Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC`. */
  readonly standing?: string;
}

/**
 * How far an environment lags behind the one before it.
 *
 * @public
 */
export interface Behind {
  readonly environment: string;
  readonly status: 'identical' | 'behind' | 'ahead' | 'diverged' | 'unknown';
  readonly commits?: number;
  readonly versions?: number;
  /** ISO 8601: since when. */
  readonly since?: string;
  readonly reason?: string;
}

/** @public */
export interface Row {
  /** `group.fact[.workload[.container]]` */
  readonly id: string;
  readonly title: string;
  readonly rule?: string;
  readonly cells: Readonly<Record<string, Cell>>;
}

/** @public */
export interface Cell {
  readonly observation: Observation;
  readonly value?: unknown;
  /** What a person reads. */
  readonly display: string;
  readonly comparison:
    | 'same'
    | 'expected'
    | 'lag'
    | 'violation'
    | 'unclassified'
    | 'not-compared';
  /** What moves, beside what differs. */
  readonly state?:
    | 'progressing'
    | 'degraded'
    | 'out-of-sync'
    | 'drifted'
    | 'suspended';
  /** `ImagePullBackOff: ... not found` */
  readonly detail?: string;
  readonly rule?: string;
  readonly reason?: string;
  readonly remedy?: string;
  readonly provenance?: Provenance;
}
