import {
  Difference,
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
  readonly link?: string;
}

/** @public */
export interface EnvironmentsApi {
  /** `etag` of an earlier answer gives `unchanged` when it still holds. */
  getMatrix(options: {
    entityRef: string;
    etag?: string;
    signal?: AbortSignal;
  }): Promise<{ matrix: Matrix; etag?: string } | 'unchanged'>;
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
