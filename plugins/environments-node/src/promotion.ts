import { PromotionCommit } from '@envmatrix/engine';
import { TrackedEntity } from './sources';

/**
 * The person on whose behalf a change is made.
 *
 * @public
 */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/**
 * The deploy-config repository of an entity at one commit, as a promotion needs it.
 *
 * @public
 */
export interface DeployConfigSnapshot {
  /** The commit. */
  readonly revision: string;
  /** Text files of the repository by path, limited to those that the overlays and Argo CD folders hold. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Rendered manifests of one environment, or why there are none.
 *
 * @public
 */
export type Rendered =
  | { readonly manifests: string }
  | { readonly problem: string };

/**
 * Git, for promotions: reads a deploy-config repository, renders it, and writes to it as a commit or a pull request.
 *
 * @public
 */
export interface PromotionRepository {
  /** The current head of the default branch, read now, not from what was observed; or another commit, where one is named. */
  snapshot(options: {
    entity: TrackedEntity;
    revision?: string;
    signal?: AbortSignal;
  }): Promise<DeployConfigSnapshot>;
  /** Renders the overlay of one environment from the given files. */
  render(options: {
    entity: TrackedEntity;
    environment: string;
    files: Readonly<Record<string, string>>;
    signal?: AbortSignal;
  }): Promise<Rendered>;
  /** Commits of the source repository between two versions, newest first; throws NotFoundError where a version has no commit. */
  commits(options: {
    entity: TrackedEntity;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<readonly PromotionCommit[]>;
  /** One commit on the default branch. Throws ConflictError when the branch moved on from `revision` in these files. */
  commit(options: {
    entity: TrackedEntity;
    revision: string;
    files: readonly { path: string; before?: string; after?: string }[];
    message: string;
    author: Author;
  }): Promise<{ sha: string; link: string }>;
  /** A branch with one commit, and a pull request for it. Finds its own earlier pull request for the same branch again. */
  openPullRequest(options: {
    entity: TrackedEntity;
    revision: string;
    branch: string;
    files: readonly { path: string; before?: string; after?: string }[];
    title: string;
    body: string;
    author: Author;
  }): Promise<PullRequestState>;
  getPullRequest(options: {
    entity: TrackedEntity;
    number: number;
  }): Promise<PullRequestState>;
  /** Merges in a way that keeps the commit's author. Throws ConflictError with the host's reason when it cannot. */
  mergePullRequest(options: {
    entity: TrackedEntity;
    number: number;
  }): Promise<PullRequestState>;
  closePullRequest(options: {
    entity: TrackedEntity;
    number: number;
  }): Promise<PullRequestState>;
}

/** @public */
export interface PullRequestState {
  readonly number: number;
  readonly link: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly head: string;
  /** Commit on the default branch, once merged. */
  readonly mergedSha?: string;
  readonly mergedBy?: string;
}

/**
 * Continuous delivery, for promotions: brings what git says into a cluster.
 *
 * @public
 */
export interface PromotionDelivery {
  /** Starts a sync of one application to a revision. Throws ConflictError while another operation runs. */
  sync(options: {
    instance: string;
    application: string;
    namespace: string;
    project: string;
    revision?: string;
    prune: boolean;
  }): Promise<void>;
  /** Asks the system to look at git again now; resolves when it has, or after a few seconds. */
  refresh(options: {
    instance: string;
    application: string;
    namespace: string;
    /** Where it is known: an instance then tells `not there` from `not for you`. */
    project?: string;
  }): Promise<void>;
}

/**
 * Whether two new repositories can be created where an intent wants them, for the wizard's last page.
 *
 * @public
 */
export interface RepositoryProbe {
  /** Undefined when the repository can be created; else one sentence that says why not and what to do. */
  check(options: {
    url: string;
    signal?: AbortSignal;
  }): Promise<string | undefined>;
}
