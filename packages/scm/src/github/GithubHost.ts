import { ConflictError } from '@backstage/errors';
import {
  GithubCredentialsProvider,
  GithubIntegrationConfig,
} from '@backstage/integration';
import { z } from 'zod';
import { pushInitialCommit } from '../pushInitialCommit';
import { HostStatusError, RestClient } from '../RestClient';
import { PullRequest, RepositoryRef, ScmHost } from '../types';
import { whenSettled } from '../whenSettled';
import { commitFiles } from './commitFiles';
import { protect } from './protect';
import { assertReviewed } from './reviewState';
import {
  commitInfo,
  commitSchema,
  compareSchema,
  fileSchema,
  ownerSchema,
  pullRequestOf,
  pullRequestSchema,
  repositorySchema,
} from './schemas';

/** What GitHub lists at most on one page. */
const PAGE_LIMIT = 100;

type Options<M extends keyof ScmHost> = ScmHost[M] extends (
  options: infer O,
) => unknown
  ? O
  : never;

/**
 * GitHub, in the cloud or on premises, through Backstage's `github` integration: a token, or a GitHub App.
 */
export class GithubHost implements ScmHost {
  readonly host: string;
  readonly links: ScmHost['links'];
  readonly #credentials: (owner: string) => Promise<{
    headers?: Record<string, string>;
    token?: string;
  }>;
  readonly #api: string;
  readonly #apps: NonNullable<GithubIntegrationConfig['apps']>;

  onRequest?: () => void;

  constructor(
    config: GithubIntegrationConfig,
    credentials: GithubCredentialsProvider,
  ) {
    this.host = config.host;
    const page = (...segments: string[]) =>
      [
        `https://${config.host}`,
        ...segments.flatMap(part => part.split('/')).map(encodeURIComponent),
      ].join('/');
    this.links = {
      repository: ({ owner, name }) => page(owner, name),
      commit: ({ owner, name }, sha) => page(owner, name, 'commit', sha),
      file: ({ owner, name }, path, ref) =>
        path === ''
          ? page(owner, name, 'tree', ref)
          : page(owner, name, 'blob', ref, path),
    };
    this.#apps = config.apps ?? [];
    this.#api = config.apiBaseUrl ?? `https://${config.host}/api/v3`;
    // An app is installed for an owner, so that its credentials differ by owner.
    this.#credentials = owner =>
      credentials.getCredentials({ url: page(owner) });
  }

  #clientOf(owner: string, apiUrl = this.#api): RestClient {
    return new RestClient({
      host: this.host,
      apiUrl,
      headers: async () => ({
        ...(await this.#credentials(owner)).headers,
        Accept: 'application/vnd.github+json',
        'X-GitHub-Api-Version': '2022-11-28',
      }),
      onRequest: () => this.onRequest?.(),
    });
  }

  #of(repository: RepositoryRef): RestClient {
    return this.#clientOf(repository.owner);
  }

  async getRepository({ repository, signal }: Options<'getRepository'>) {
    const client = this.#of(repository);
    const found = await client.find(repositorySchema, pathOf(repository), {
      signal,
    });
    if (!found) {
      return undefined;
    }
    // A repository without a branch has no commit.
    const branches = await client.get(
      z.array(z.unknown()),
      [...pathOf(repository), 'branches'],
      { query: { per_page: '1' }, signal },
    );
    return {
      defaultBranch: found.default_branch,
      empty: branches.length === 0,
      link: found.html_url,
      cloneUrl: found.clone_url,
      private: found.private,
    };
  }

  async getOwner({ owner, signal }: Options<'getOwner'>) {
    const found = await this.#clientOf(owner).find(
      ownerSchema,
      ['users', owner],
      { signal },
    );
    if (!found) {
      return undefined;
    }
    return found.type === 'Organization' ? 'organization' : 'user';
  }

  async createRepository(options: Options<'createRepository'>): Promise<void> {
    const { repository } = options;
    const owner = await this.getOwner({ owner: repository.owner });
    const path =
      owner === 'organization'
        ? ['orgs', repository.owner, 'repos']
        : ['user', 'repos'];
    // The first branch that is pushed becomes the default branch.
    const body = {
      name: repository.name,
      description: options.description ?? '',
      private: options.private,
      auto_init: false,
    };
    try {
      await this.#of(repository).send('POST', z.unknown(), path, { body });
    } catch (error) {
      // 422 is also how GitHub says that there is one of that name.
      throw conflictOn(error, [422]);
    }
  }

  async pushInitialCommit(options: Options<'pushInitialCommit'>) {
    const { repository } = options;
    const { token } = await this.#credentials(repository.owner);
    return await pushInitialCommit({
      ...options,
      url: `${this.links.repository(repository)}.git`,
      credentials: { username: 'x-access-token', password: token },
    });
  }

  async getCommit({ repository, ref, signal }: Options<'getCommit'>) {
    const found = await this.#of(repository).find(
      commitSchema,
      [...pathOf(repository), 'commits', ref],
      // 409 is an empty repository, 422 a name that is neither branch, tag nor commit.
      { signal, absent: [409, 422] },
    );
    return found && commitInfo(found);
  }

  async listCommits(options: Options<'listCommits'>) {
    const { repository, ref, path, limit, signal } = options;
    const query = {
      sha: ref,
      per_page: String(Math.min(limit, PAGE_LIMIT)),
      ...(path === undefined ? {} : { path }),
    };
    return (
      await this.#of(repository).get(
        z.array(commitSchema),
        [...pathOf(repository), 'commits'],
        { query, signal },
      )
    ).map(commitInfo);
  }

  async compare({ repository, base, head, signal }: Options<'compare'>) {
    const found = await this.#of(repository).get(
      compareSchema,
      [...pathOf(repository), 'compare', `${base}...${head}`],
      { signal },
    );
    return {
      aheadBy: found.ahead_by,
      behindBy: found.behind_by,
      // GitHub gives the oldest first.
      commits: found.commits.map(commitInfo).reverse(),
    };
  }

  async readFile({ repository, path, ref, signal }: Options<'readFile'>) {
    const found = await this.#of(repository).find(
      fileSchema,
      [...pathOf(repository), 'contents', ...path.split('/')],
      { query: { ref }, signal },
    );
    return found && Buffer.from(found.content, 'base64').toString('utf8');
  }

  async commitFiles(options: Options<'commitFiles'>) {
    const { repository } = options;
    const sha = await commitFiles(
      this.#of(repository),
      pathOf(repository),
      options,
    );
    return { sha, link: this.links.commit(repository, sha) };
  }

  async openPullRequest(
    options: Options<'openPullRequest'>,
  ): Promise<PullRequest> {
    const { repository, branch, base, title, body } = options;
    try {
      return pullRequestOf(
        await this.#of(repository).send(
          'POST',
          pullRequestSchema,
          [...pathOf(repository), 'pulls'],
          { body: { head: branch, base, title, body } },
        ),
      );
    } catch (error) {
      throw conflictOn(error, [422]);
    }
  }

  async findPullRequest(
    options: Options<'findPullRequest'>,
  ): Promise<PullRequest | undefined> {
    const { repository, branch, base } = options;
    const [found] = await this.#of(repository).get(
      z.array(pullRequestSchema),
      [...pathOf(repository), 'pulls'],
      {
        query: {
          head: `${repository.owner}:${branch}`,
          base,
          state: 'all',
          sort: 'created',
          direction: 'desc',
          per_page: '1',
        },
      },
    );
    return found && pullRequestOf(found);
  }

  async getPullRequest(
    options: Options<'getPullRequest'>,
  ): Promise<PullRequest> {
    return pullRequestOf(await this.#pullRequest(options));
  }

  async mergePullRequest(
    options: Options<'mergePullRequest'>,
  ): Promise<PullRequest> {
    const { repository, number, head } = options;
    const before = await whenSettled(
      () => this.#pullRequest(options),
      value =>
        value.merged_at !== null ||
        value.state === 'closed' ||
        typeof value.mergeable === 'boolean',
    );
    if (before.merged_at !== null) {
      return pullRequestOf(before);
    }
    const name = `Pull request ${number} of ${repository.owner}/${repository.name}`;
    if (before.state === 'closed') {
      throw new ConflictError(`${name} was closed without a merge`);
    }
    if (before.mergeable === false) {
      throw new ConflictError(
        `${name} conflicts with ${before.base.ref}; update its branch, or close it and promote again`,
      );
    }
    await assertReviewed(this.#graphql(repository.owner), {
      owner: repository.owner,
      name: repository.name,
      number,
      label: name,
    });
    try {
      // Rebase keeps the author of the commits.
      await this.#of(repository).send(
        'PUT',
        z.unknown(),
        [...pathOf(repository), 'pulls', String(number), 'merge'],
        { body: { merge_method: 'rebase', sha: head } },
      );
    } catch (error) {
      throw conflictOn(error, [405, 422]);
    }
    await this.deleteBranch({ repository, branch: before.head.ref });
    return await this.getPullRequest(options);
  }

  async closePullRequest(
    options: Options<'closePullRequest'>,
  ): Promise<PullRequest> {
    const { repository, number } = options;
    return pullRequestOf(
      await this.#of(repository).send(
        'PATCH',
        pullRequestSchema,
        [...pathOf(repository), 'pulls', String(number)],
        { body: { state: 'closed' } },
      ),
    );
  }

  async deleteBranch(options: Options<'deleteBranch'>): Promise<void> {
    const { repository, branch } = options;
    try {
      await this.#of(repository).send('DELETE', z.unknown(), [
        ...pathOf(repository),
        ...['git', 'refs', 'heads'],
        ...branch.split('/'),
      ]);
    } catch (error) {
      // GitHub says 422 of a branch that is gone already.
      const isGone =
        (error instanceof Error && error.name === 'NotFoundError') ||
        (error instanceof HostStatusError && error.status === 422);
      if (!isGone) {
        throw error;
      }
    }
  }

  async protect({ repository, protection }: Options<'protect'>) {
    return await protect(
      this.#of(repository),
      repository,
      protection,
      this.#apps.filter(
        ({ allowedInstallationOwners: owners }) =>
          owners === undefined ||
          owners.some(
            owner => owner.toLowerCase() === repository.owner.toLowerCase(),
          ),
      ),
    );
  }

  /** GraphQL is beside the REST API of github.com, and of an Enterprise server one level up. */
  #graphql(owner: string): RestClient {
    return this.#clientOf(owner, this.#api.replace(/\/v3\/?$/, ''));
  }

  async #pullRequest(options: { repository: RepositoryRef; number: number }) {
    return await this.#of(options.repository).get(pullRequestSchema, [
      ...pathOf(options.repository),
      'pulls',
      String(options.number),
    ]);
  }
}

function pathOf({ owner, name }: RepositoryRef): [string, string, string] {
  return ['repos', owner, name];
}

/** The error as a conflict, where the host says one by these statuses. */
function conflictOn(error: unknown, statuses: readonly number[]): unknown {
  return error instanceof HostStatusError && statuses.includes(error.status)
    ? new ConflictError(error.message)
    : error;
}
