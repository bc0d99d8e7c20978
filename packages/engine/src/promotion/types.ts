import { Difference } from '../differences/types';
import { Finding } from '../rules/types';

/** @public */
export type PromotionWay = 'commit' | 'pull-request' | 'workflow' | 'sync';

/** @public */
export interface PromotionFile {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/**
 * Something that a sync would fail on, or that would keep pods from starting.
 *
 * @public
 */
export interface Obstacle {
  readonly subject: string;
  readonly pointer?: string;
  readonly reason: string;
  readonly remedy: string;
}

/** @public */
export interface Gate {
  readonly id: string;
  readonly title: string;
  readonly state: 'open' | 'waiting' | 'closed' | 'unknown';
  readonly reason: string;
  readonly opensAt?: string;
}

/** @public */
export interface PromotionCommit {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly link?: string;
}

/**
 * The exact change that a promotion makes, and what stands in its way.
 *
 * @public
 */
export interface PromotionPlan {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Commit of the deploy-config repository that the plan was made from. */
  readonly revision: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly release: {
    /** Version that `to` runs now. */
    readonly from?: string;
    /** Version that `to` will run. */
    readonly to: string;
    readonly commits?: readonly PromotionCommit[];
    readonly commitsUnknown?: string;
  };
  /** What is committed. */
  readonly files: readonly PromotionFile[];
  /** What the rendered manifests change by. */
  readonly changes: readonly Difference[];
  /** Why there are no rendered changes, where rendering was not possible. */
  readonly changesUnknown?: string;
  /** Workloads that restart: `apps/Deployment checkout`. */
  readonly restarts: readonly string[];
  /** What would make the sync fail, or keep pods from starting; absent where that could not be foreseen. */
  readonly obstacles?: readonly Obstacle[];
  readonly findings: {
    readonly starts: readonly Finding[];
    readonly stops: readonly Finding[];
    readonly stays: readonly Finding[];
  };
  readonly gates: readonly Gate[];
  readonly impact: {
    readonly dependents: readonly string[];
    readonly owners: readonly string[];
  };
  readonly way: PromotionWay;
}

/** @public */
export type PromotionState =
  | 'waiting'
  | 'proposed'
  | 'merged'
  | 'syncing'
  | 'rolling-out'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'superseded';

/** @public */
export interface Promotion {
  readonly id: string;
  readonly plan: PromotionPlan;
  /** Entity reference of the person. */
  readonly requestedBy: string;
  readonly reason?: string;
  readonly createdAt: string;
  readonly state: PromotionState;
  readonly steps: readonly {
    readonly at: string;
    readonly what: string;
    readonly by: string;
    readonly link?: string;
  }[];
  readonly pullRequest?: { readonly number: number; readonly link: string };
  readonly problem?: string;
  readonly remedy?: string;
  /** What has to come about outside before a person can go on, in one sentence. */
  readonly waitsFor?: string;
  /** What a person can do next, in this state. */
  readonly actions: readonly ('approve' | 'merge' | 'sync' | 'cancel')[];
}
