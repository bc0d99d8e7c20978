import {
  Difference,
  EnvironmentSummary,
  Finding,
  Matrix,
  Promotion,
  PromotionPlan,
  SourceState,
} from '@envmatrix/engine';

/**
 * The environments side by side, the files and the findings that an intent would give, before anything is created.
 *
 * @public
 */
export interface Preview {
  /** The intent that the answers became; `environments.yaml` is its YAML. */
  readonly intent: unknown;
  /** What is wrong, by field of the intent (`repositories.infrastructure`); empty when all is well. */
  readonly problems: readonly {
    readonly field: string;
    readonly message: string;
  }[];
  /** Rows of "what you will have", one cell per environment. */
  readonly environments: readonly {
    readonly name: string;
    readonly title: string;
    readonly kind: 'production' | 'non-production';
    readonly runsIn: string;
    readonly releaseArrives: string;
    readonly waitsFor: string;
    readonly replicas: string;
    readonly resources: string;
    readonly quota: string;
  }[];
  readonly repositories: readonly {
    readonly kind: 'infrastructure' | 'deployConfig';
    readonly url: string;
    readonly files: readonly {
      readonly path: string;
      readonly content: string;
    }[];
  }[];
  readonly catalog: readonly string[];
  readonly findings: readonly Finding[];
  readonly summary: {
    readonly outcomes: Readonly<Record<string, number>>;
    readonly classes: Readonly<Record<string, number>>;
  };
  /** Why there are no findings, where rendering was not possible. */
  readonly findingsUnknown?: string;
}

/** @public */
export interface HistoryEntry {
  readonly id: string;
  readonly environment: string;
  readonly at: string;
  /** `version`, `health`, `sync`. */
  readonly what: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly commit?: string;
  /** Page of the commit that declared it. */
  readonly link?: string;
  /** The pull request that brought it there, where it was a promotion by one. */
  readonly pullRequest?: { readonly number: number; readonly link: string };
}

/**
 * One entity of the fleet, with one cell per environment.
 *
 * @public
 */
export interface FleetRow {
  readonly entityRef: string;
  readonly title: string;
  /** Entity references of its owners. */
  readonly owners: readonly string[];
  /** Entity reference of the system that it is part of. */
  readonly system?: string;
  /** In promotion order. */
  readonly environments: readonly {
    readonly name: string;
    readonly title: string;
    readonly kind: 'production' | 'non-production';
    readonly summary: EnvironmentSummary;
  }[];
  readonly violations: number;
  readonly unclassified: number;
  /** Commits by which the furthest environment is behind the one before it; undefined where that is not known. */
  readonly lag?: number;
  /** Parity score from 0 to 100; undefined while it is not known. */
  readonly score?: number;
  /** Why there is nothing to show, or what is wrong with what is. */
  readonly problem?: string;
}

/**
 * How many services are in which state; one may be in several.
 *
 * @public
 */
export interface FleetCounts {
  readonly all: number;
  readonly lagging: number;
  readonly violating: number;
  readonly unhealthy: number;
  readonly unknown: number;
}

/**
 * A page of the fleet.
 *
 * @public
 */
export interface FleetAnswer {
  readonly items: FleetRow[];
  /** Gives the page behind this one. */
  readonly nextCursor?: string;
  /** Of all pages. */
  readonly total: number;
  /** Of what `text` selects, whatever the other filters. */
  readonly counts: FleetCounts;
  /** What does not answer of all that the visible entities depend on. */
  readonly sources: SourceState[];
}

/**
 * By name, by system and name, by how far behind, or by violations; a minus turns the order round.
 *
 * @public
 */
export type FleetOrder =
  | 'name'
  | '-name'
  | 'system'
  | '-system'
  | 'lag'
  | '-lag'
  | 'violations'
  | '-violations';

/** @public */
export interface EnvironmentsApi {
  /** `etag` of an earlier answer gives `unchanged` when it still holds. */
  getMatrix(options: {
    entityRef: string;
    etag?: string;
    signal?: AbortSignal;
  }): Promise<{ matrix: Matrix; etag?: string } | 'unchanged'>;
  /**
   * The matrix with what these tokens let the caller see of clusters whose source has `needsUserToken`. It takes up to about 15 seconds, and is for the
   * caller alone: nothing of it is stored.
   */
  getLiveMatrix(options: {
    entityRef: string;
    clusters: readonly { name: string; token: string }[];
    signal?: AbortSignal;
  }): Promise<Matrix>;
  getDifferences(options: {
    entityRef: string;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<{ differences: Difference[] }>;
  getFindings(options: {
    entityRef: string;
    signal?: AbortSignal;
  }): Promise<{ findings: Finding[] }>;
  getHistory(options: {
    entityRef: string;
    environment?: string;
    before?: string;
    limit?: number;
    signal?: AbortSignal;
  }): Promise<{ items: HistoryEntry[]; nextBefore?: string }>;
  refresh(options: { entityRef: string }): Promise<void>;
  planPromotion(options: {
    entityRef: string;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<PromotionPlan>;
  createPromotion(options: {
    entityRef: string;
    planId: string;
    reason?: string;
  }): Promise<Promotion>;
  listPromotions(options: {
    entityRef: string;
    signal?: AbortSignal;
  }): Promise<{ items: Promotion[] }>;
  getPromotion(options: {
    entityRef: string;
    id: string;
    signal?: AbortSignal;
  }): Promise<Promotion>;
  actOnPromotion(options: {
    entityRef: string;
    id: string;
    action: 'approve' | 'merge' | 'sync' | 'cancel';
  }): Promise<Promotion>;
  /** Either an intent, or the wizard's answers; `template` is the entity reference of the template whose skeleton is used. */
  preview(options: {
    intent?: unknown;
    answers?: unknown;
    template?: string;
    signal?: AbortSignal;
  }): Promise<Preview>;
  getEnvironments(): Promise<{ sources: SourceState[] }>;
}

/**
 * All services at once.
 *
 * @public
 */
export interface FleetApi {
  /**
   * The entities that the caller may see. `filter` is `key=value` with commas between, of `text` (in the name), `owner` (an entity
   * reference; any of them when there are several) and `state` (`lagging`, `violating`, `unhealthy`, `unknown`).
   */
  getFleet(options: {
    filter?: string;
    order?: FleetOrder;
    limit?: number;
    cursor?: string;
    signal?: AbortSignal;
  }): Promise<FleetAnswer>;
}
