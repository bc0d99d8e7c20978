import { ConflictError, NotFoundError } from '@backstage/errors';
import { GiteaIntegrationConfig } from '@backstage/integration';
import { z } from 'zod';
import { pushInitialCommit } from '../pushInitialCommit';
import {
  CommitInfo,
  FileChange,
  PullRequest,
  RepositoryRef,
  ScmHost,
} from '../types';
import { Protection } from '../protection';
import { protect } from './protect';
import { blobSha, GiteaClient, GiteaStatusError } from './GiteaClient';
import {
  commitInfo,
  commitSchema,
  compareSchema,
  fileSchema,
  pullRequestOf,
  pullRequestSchema,
  repositorySchema,
  writtenSchema,
} from './schemas';

/** Gitea checks for some seconds whether a pull request can be merged, and refuses meanwhile. */
const MERGE_CHECK_MS = 15_000;
const MERGE_RETRY_MS = 500;

/** What Gitea lists at most on one page. */
const PAGE_LIMIT = 50;

/**
 * A Gitea (1.22 or later: multi-file commits), through Backstage's `gitea` integration.
 */
export class GiteaHost implements ScmHost {
  readonly #client: GiteaClient;
  readonly links: ScmHost['links'];

  onRequest?: () => void;

  constructor(config: GiteaIntegrationConfig) {
    const client = new GiteaClient(config);
    this.#client = client;
    client.onRequest = () => this.onRequest?.();
    this.links = {
      repository: repository => client.page(repository.owner, repository.name),
      commit: (repository, sha) =>
        client.page(repository.owner, repository.name, 'commit', sha),
      file: (repository, path, ref) =>
        client.page(
          repository.owner,
          repository.name,
          'src',
          /^[0-9a-f]{40}$/.test(ref) ? 'commit' : 'branch',
          ref,
          path,
        ),
    };
  }

  get host() {
    return this.#client.host;
  }

  async getRepository(options: {
    repository: RepositoryRef;
    signal?: AbortSignal;
  }) {
    const found = await this.#client.find(
      repositorySchema,
      ['repos', ...idOf(options.repository)],
      options,
    );
    return (
      found && {
        defaultBranch: found.default_branch,
        empty: found.empty,
        link: found.html_url,
        cloneUrl: found.clone_url,
        private: found.private,
      }
    );
  }

  async getOwner(options: { owner: string; signal?: AbortSignal }) {
    const { owner, signal } = options;
    if (
      await this.#client.find(z.looseObject({}), ['orgs', owner], { signal })
    ) {
      return 'organization' as const;
    }
    return (await this.#client.find(z.looseObject({}), ['users', owner], {
      signal,
    }))
      ? ('user' as const)
      : undefined;
  }

  async createRepository(options: {
    repository: RepositoryRef;
    description?: string;
    private: boolean;
    defaultBranch: string;
  }) {
    const { repository } = options;
    const owner = await this.getOwner({ owner: repository.owner });
    if (!owner) {
      throw new NotFoundError(
        `There is no organisation or user '${repository.owner}' on ${this.host}`,
      );
    }
    const body = {
      name: repository.name,
      description: options.description ?? '',
      private: options.private,
      default_branch: options.defaultBranch,
      auto_init: false,
    };
    // Repositories of a user can be created by that user alone, hence without a name.
    const path =
      owner === 'organization'
        ? ['orgs', repository.owner, 'repos']
        : ['user', 'repos'];
    await this.#client.send('POST', repositorySchema, path, { body });
  }

  async pushInitialCommit(options: {
    repository: RepositoryRef;
    directory: string;
    branch: string;
    message: string;
    author: { name: string; email: string };
  }) {
    const { repository } = options;
    return await pushInitialCommit({
      ...options,
      url: `${this.#client.page(repository.owner, repository.name)}.git`,
      credentials: this.#client.gitCredentials,
    });
  }

  async getCommit(options: {
    repository: RepositoryRef;
    ref: string;
    signal?: AbortSignal;
  }): Promise<CommitInfo | undefined> {
    const found = await this.#client.find(
      commitSchema,
      ['repos', ...idOf(options.repository), 'git', 'commits', options.ref],
      options,
    );
    return found && commitInfo(found);
  }

  async listCommits(options: {
    repository: RepositoryRef;
    ref: string;
    path?: string;
    limit: number;
    signal?: AbortSignal;
  }) {
    const { repository, ref, path, limit, signal } = options;
    const query = {
      sha: ref,
      limit: String(Math.min(limit, PAGE_LIMIT)),
      stat: 'false',
      files: 'false',
      verification: 'false',
      ...(path === undefined ? {} : { path }),
    };
    return (
      await this.#client.get(
        z.array(commitSchema),
        ['repos', ...idOf(repository), 'commits'],
        { query, signal },
      )
    ).map(commitInfo);
  }

  async compare(options: {
    repository: RepositoryRef;
    base: string;
    head: string;
    signal?: AbortSignal;
  }) {
    const { repository, base, head, signal } = options;
    const between = (from: string, to: string) =>
      this.#client.get(
        compareSchema,
        ['repos', ...idOf(repository), 'compare', `${from}...${to}`],
        { signal },
      );
    const [ahead, behind] = await Promise.all([
      between(base, head),
      between(head, base),
    ]);
    return {
      aheadBy: ahead.total_commits,
      behindBy: behind.total_commits,
      commits: (ahead.commits ?? []).map(commitInfo),
    };
  }

  async readFile(options: {
    repository: RepositoryRef;
    path: string;
    ref: string;
    signal?: AbortSignal;
  }) {
    const { repository, path, ref, signal } = options;
    const found = await this.#client.find(
      fileSchema,
      ['repos', ...idOf(repository), 'contents', path],
      { query: { ref }, signal },
    );
    return found && Buffer.from(found.content, 'base64').toString('utf8');
  }

  async commitFiles(options: {
    repository: RepositoryRef;
    branch: string;
    newBranch?: string;
    files: readonly FileChange[];
    message: string;
    author: { name: string; email: string };
  }) {
    const { repository, branch, newBranch, files, message, author } = options;
    const body = {
      branch,
      ...(newBranch === undefined ? {} : { new_branch: newBranch }),
      message,
      author,
      committer: author,
      files: files.map(fileOperation),
    };
    try {
      const { commit } = await this.#client.send(
        'POST',
        writtenSchema,
        ['repos', ...idOf(repository), 'contents'],
        { body },
      );
      return {
        sha: commit.sha,
        link: this.links.commit(repository, commit.sha),
      };
    } catch (error) {
      // 422 is Gitea's optimistic lock: the file is not what was expected, exists already, or is gone.
      if (error instanceof GiteaStatusError && error.status === 422) {
        throw new ConflictError(
          `${files.map(file => file.path).join(', ')} changed in ${
            repository.owner
          }/${repository.name} meanwhile: ${error.message}`,
        );
      }
      throw error;
    }
  }

  async openPullRequest(options: {
    repository: RepositoryRef;
    branch: string;
    base: string;
    title: string;
    body: string;
  }): Promise<PullRequest> {
    const { repository, branch, base, title, body } = options;
    return pullRequestOf(
      await this.#client.send(
        'POST',
        pullRequestSchema,
        ['repos', ...idOf(repository), 'pulls'],
        { body: { head: branch, base, title, body } },
      ),
    );
  }

  async findPullRequest(options: {
    repository: RepositoryRef;
    branch: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    const { repository, branch, base } = options;
    const found = await this.#client.find(pullRequestSchema, [
      'repos',
      ...idOf(repository),
      'pulls',
      base,
      branch,
    ]);
    return found && pullRequestOf(found);
  }

  async getPullRequest(options: {
    repository: RepositoryRef;
    number: number;
  }): Promise<PullRequest> {
    return pullRequestOf(await this.#pullRequest(options));
  }

  async mergePullRequest(options: {
    repository: RepositoryRef;
    number: number;
    head: string;
  }): Promise<PullRequest> {
    const { repository, number, head } = options;
    const path = ['repos', ...idOf(repository), 'pulls', String(number)];
    const deadline = Date.now() + MERGE_CHECK_MS;
    for (;;) {
      const before = await this.#pullRequest(options);
      if (before.merged) {
        return pullRequestOf(before);
      }
      if (before.state === 'closed') {
        throw new ConflictError(
          `Pull request ${number} of ${repository.owner}/${repository.name} was closed without a merge`,
        );
      }
      try {
        // Rebase keeps the author of the commits; a merge commit would bear the name of the integration's account.
        const body = {
          Do: 'rebase',
          head_commit_id: head,
          delete_branch_after_merge: true,
        };
        await this.#client.send('POST', z.unknown(), [...path, 'merge'], {
          body,
        });
        return pullRequestOf(await this.#pullRequest(options));
      } catch (error) {
        if (!(error instanceof GiteaStatusError) || error.status !== 405) {
          throw error;
        }
        // The same answer stands for "still checking" and for a conflict: only time tells them apart.
        if (!/try again later/i.test(error.message)) {
          throw new ConflictError(
            `Pull request ${number} of ${repository.owner}/${repository.name} cannot be merged yet: ${error.said}. Who reviews it finds it at ${before.html_url}`,
          );
        }
        if (Date.now() > deadline) {
          throw new ConflictError(
            `Pull request ${number} of ${repository.owner}/${repository.name} conflicts with ${before.base.ref}; update its branch, or close it and promote again`,
          );
        }
      }
      await new Promise(resolve => setTimeout(resolve, MERGE_RETRY_MS));
    }
  }

  async closePullRequest(options: {
    repository: RepositoryRef;
    number: number;
  }): Promise<PullRequest> {
    const { repository, number } = options;
    return pullRequestOf(
      await this.#client.send(
        'PATCH',
        pullRequestSchema,
        ['repos', ...idOf(repository), 'pulls', String(number)],
        { body: { state: 'closed' } },
      ),
    );
  }

  async deleteBranch(options: {
    repository: RepositoryRef;
    branch: string;
  }): Promise<void> {
    try {
      await this.#client.send('DELETE', z.unknown(), [
        'repos',
        ...idOf(options.repository),
        'branches',
        options.branch,
      ]);
    } catch (error) {
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
    }
  }

  async protect(options: {
    repository: RepositoryRef;
    protection: Protection;
  }) {
    return await protect(this.#client, options.repository, options.protection);
  }

  async #pullRequest(options: { repository: RepositoryRef; number: number }) {
    return await this.#client.get(pullRequestSchema, [
      'repos',
      ...idOf(options.repository),
      'pulls',
      String(options.number),
    ]);
  }
}

function idOf(repository: RepositoryRef): [string, string] {
  return [repository.owner, repository.name];
}

function fileOperation(file: FileChange) {
  const content =
    file.after === undefined
      ? {}
      : { content: Buffer.from(file.after, 'utf8').toString('base64') };
  if (file.before === undefined) {
    return { operation: 'create', path: file.path, ...content };
  }
  return {
    operation: file.after === undefined ? 'delete' : 'update',
    path: file.path,
    sha: blobSha(file.before),
    ...content,
  };
}
