import { Protection, ProtectionStep } from './protection';

/**
 * A repository on a git host.
 *
 * @public
 */
export interface RepositoryRef {
  /** `git.example.com`, with the port where it is not the usual one. */
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/** @public */
export interface CommitInfo {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly email?: string;
  /** ISO 8601 */
  readonly at: string;
  readonly link: string;
  /** What its message ends with (`Source-Commit: 9f31c2a`), by the names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** @public */
export interface FileChange {
  readonly path: string;
  /** The text that is expected there now; absent for a new file. */
  readonly before?: string;
  /** The text that it will have; absent for a deletion. */
  readonly after?: string;
}

/** @public */
export interface PullRequest {
  readonly number: number;
  readonly link: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly head: string;
  readonly mergedSha?: string;
  readonly mergedBy?: string;
}

/**
 * One git host. All methods throw errors of `@backstage/errors`: NotFoundError, ConflictError, NotAllowedError,
 * AuthenticationError, ServiceUnavailableError (refused or timed out, with the host in the message).
 *
 * @public
 */
export interface ScmHost {
  readonly host: string;
  /** Told of every request to the host, for who counts them. */
  onRequest?: () => void;
  /** Undefined when there is no such repository. */
  getRepository(options: {
    repository: RepositoryRef;
    signal?: AbortSignal;
  }): Promise<
    | {
        defaultBranch: string;
        empty: boolean;
        link: string;
        cloneUrl: string;
        private: boolean;
      }
    | undefined
  >;
  /** Whether repositories can be created for this owner: `organization`, `user`, or undefined when there is no such owner. */
  getOwner(options: {
    owner: string;
    signal?: AbortSignal;
  }): Promise<'organization' | 'user' | undefined>;
  createRepository(options: {
    repository: RepositoryRef;
    description?: string;
    private: boolean;
    defaultBranch: string;
  }): Promise<void>;
  /** Pushes a folder as the first commit of an empty repository. */
  pushInitialCommit(options: {
    repository: RepositoryRef;
    directory: string;
    branch: string;
    message: string;
    author: { name: string; email: string };
  }): Promise<{ sha: string }>;
  /** The head commit of a branch, or what a tag or commit names; undefined when there is none. */
  getCommit(options: {
    repository: RepositoryRef;
    ref: string;
    signal?: AbortSignal;
  }): Promise<CommitInfo | undefined>;
  /** Last commits that touched a path, newest first. */
  listCommits(options: {
    repository: RepositoryRef;
    ref: string;
    path?: string;
    limit: number;
    signal?: AbortSignal;
  }): Promise<readonly CommitInfo[]>;
  /** Commits reachable from `head` and not from `base`, newest first, and how many the other way. */
  compare(options: {
    repository: RepositoryRef;
    base: string;
    head: string;
    signal?: AbortSignal;
  }): Promise<{
    aheadBy: number;
    behindBy: number;
    commits: readonly CommitInfo[];
  }>;
  /** Text of a file; undefined when there is none. */
  readFile(options: {
    repository: RepositoryRef;
    path: string;
    ref: string;
    signal?: AbortSignal;
  }): Promise<string | undefined>;
  /** One commit with several files; throws ConflictError when a file is no longer what `before` says. */
  commitFiles(options: {
    repository: RepositoryRef;
    branch: string;
    newBranch?: string;
    files: readonly FileChange[];
    message: string;
    author: { name: string; email: string };
  }): Promise<{ sha: string; link: string }>;
  openPullRequest(options: {
    repository: RepositoryRef;
    branch: string;
    base: string;
    title: string;
    body: string;
  }): Promise<PullRequest>;
  findPullRequest(options: {
    repository: RepositoryRef;
    branch: string;
    base: string;
  }): Promise<PullRequest | undefined>;
  getPullRequest(options: {
    repository: RepositoryRef;
    number: number;
  }): Promise<PullRequest>;
  /** Merges so that the author of the commits stays; waits while the host still checks whether it can be merged. */
  mergePullRequest(options: {
    repository: RepositoryRef;
    number: number;
    head: string;
  }): Promise<PullRequest>;
  closePullRequest(options: {
    repository: RepositoryRef;
    number: number;
  }): Promise<PullRequest>;
  deleteBranch(options: {
    repository: RepositoryRef;
    branch: string;
  }): Promise<void>;
  /**
   * Makes the host hold a repository to its rules; a second time changes nothing. What the host refuses is told, step by step, and fails
   * nothing.
   */
  protect(options: {
    repository: RepositoryRef;
    protection: Protection;
  }): Promise<readonly ProtectionStep[]>;
  /** Pages for a person. */
  links: {
    repository(repository: RepositoryRef): string;
    commit(repository: RepositoryRef, sha: string): string;
    file(repository: RepositoryRef, path: string, ref: string): string;
  };
}
