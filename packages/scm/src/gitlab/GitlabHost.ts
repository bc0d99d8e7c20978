import {
  AuthenticationError,
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  GitLabIntegrationConfig,
  GitlabCredentialsProvider,
} from '@backstage/integration';
import { z } from 'zod';
import { pushInitialCommit } from '../pushInitialCommit';
import { HostStatusError, RestClient } from '../RestClient';
import { FileChange, PullRequest, RepositoryRef, ScmHost } from '../types';
import { whenSettled } from '../whenSettled';
import { protect } from './protect';
import {
  commitInfo,
  commitSchema,
  compareSchema,
  fileSchema,
  mergeRequestSchema,
  namespaceSchema,
  projectSchema,
  pullRequestOf,
} from './schemas';

/** What GitLab lists at most on one page. */
const PAGE_LIMIT = 100;

/** While GitLab says one of these, it has not looked yet whether a merge request can be merged. */
const CHECKING = ['unchecked', 'checking', 'preparing', 'approvals_syncing'];

type Options<M extends keyof ScmHost> = ScmHost[M] extends (
  options: infer O,
) => unknown
  ? O
  : never;

/**
 * GitLab, in the cloud or on premises, through Backstage's `gitlab` integration. Its merge requests are the pull requests here.
 */
export class GitlabHost implements ScmHost {
  readonly host: string;
  readonly links: ScmHost['links'];
  readonly #client: RestClient;
  readonly #token: () => Promise<string | undefined>;

  onRequest?: () => void;

  constructor(
    config: GitLabIntegrationConfig,
    credentials: GitlabCredentialsProvider,
  ) {
    this.host = config.host;
    const page = (...segments: string[]) =>
      [
        config.baseUrl.replace(/\/+$/, ''),
        ...segments.flatMap(part => part.split('/')).map(encodeURIComponent),
      ].join('/');
    this.links = {
      repository: ({ owner, name }) => page(owner, name),
      commit: ({ owner, name }, sha) => page(owner, name, '-', 'commit', sha),
      file: ({ owner, name }, path, ref) =>
        path === ''
          ? page(owner, name, '-', 'tree', ref)
          : page(owner, name, '-', 'blob', ref, path),
    };
    const read = () => credentials.getCredentials({ url: config.baseUrl });
    this.#token = async () => (await read()).token;
    this.#client = new RestClient({
      host: config.host,
      apiUrl: config.apiBaseUrl,
      headers: async () => (await read()).headers ?? {},
      onRequest: () => this.onRequest?.(),
    });
  }

  async getRepository({ repository, signal }: Options<'getRepository'>) {
    const found = await this.#client.find(projectSchema, pathOf(repository), {
      signal,
    });
    return (
      found && {
        defaultBranch: found.default_branch ?? 'main',
        empty: found.empty_repo ?? !found.default_branch,
        link: found.web_url,
        cloneUrl: found.http_url_to_repo,
        private: found.visibility !== 'public',
      }
    );
  }

  async getOwner({ owner, signal }: Options<'getOwner'>) {
    const found = await this.#namespace(owner, signal);
    if (!found) {
      return undefined;
    }
    return found.kind === 'group' ? 'organization' : 'user';
  }

  async createRepository(options: Options<'createRepository'>): Promise<void> {
    const { owner, name } = options.repository;
    const namespace = await this.#namespace(owner);
    if (!namespace) {
      throw new NotFoundError(
        `There is no group or user '${owner}' on ${this.host}`,
      );
    }
    try {
      await this.#client.send('POST', z.unknown(), ['projects'], {
        body: {
          name,
          path: name,
          namespace_id: namespace.id,
          description: options.description ?? '',
          visibility: options.private ? 'private' : 'public',
          default_branch: options.defaultBranch,
          initialize_with_readme: false,
        },
      });
    } catch (error) {
      // 400 with "has already been taken" is how GitLab says that there is one.
      throw conflictWhen(error, 400, /already been taken/);
    }
  }

  async pushInitialCommit(options: Options<'pushInitialCommit'>) {
    return await pushInitialCommit({
      ...options,
      url: `${this.links.repository(options.repository)}.git`,
      credentials: { username: 'oauth2', password: await this.#token() },
    });
  }

  async getCommit({ repository, ref, signal }: Options<'getCommit'>) {
    const found = await this.#client.find(
      commitSchema,
      [...pathOf(repository), 'repository', 'commits', ref],
      { signal },
    );
    return found && commitInfo(found);
  }

  async listCommits(options: Options<'listCommits'>) {
    const { repository, ref, path, limit, signal } = options;
    const query = {
      ref_name: ref,
      per_page: String(Math.min(limit, PAGE_LIMIT)),
      ...(path === undefined ? {} : { path }),
    };
    return (
      await this.#client.get(
        z.array(commitSchema),
        [...pathOf(repository), 'repository', 'commits'],
        { query, signal },
      )
    ).map(commitInfo);
  }

  async compare({ repository, base, head, signal }: Options<'compare'>) {
    const between = (from: string, to: string) =>
      this.#client.get(
        compareSchema,
        [...pathOf(repository), 'repository', 'compare'],
        { query: { from, to }, signal },
      );
    const [ahead, behind] = await Promise.all([
      between(base, head),
      between(head, base),
    ]);
    return {
      aheadBy: ahead.commits.length,
      behindBy: behind.commits.length,
      // GitLab gives the oldest first.
      commits: ahead.commits.map(commitInfo).reverse(),
    };
  }

  async readFile({ repository, path, ref, signal }: Options<'readFile'>) {
    const found = await this.#file(repository, path, ref, signal);
    return found?.text;
  }

  async commitFiles(options: Options<'commitFiles'>) {
    const { repository, branch, newBranch, files, message, author } = options;
    const actions = await Promise.all(
      files.map(file => this.#action(repository, branch, file)),
    );
    try {
      const { id } = await this.#client.send(
        'POST',
        z.looseObject({ id: z.string() }),
        [...pathOf(repository), 'repository', 'commits'],
        {
          body: {
            branch: newBranch ?? branch,
            ...(newBranch === undefined ? {} : { start_branch: branch }),
            commit_message: message,
            author_name: author.name,
            author_email: author.email,
            actions,
          },
        },
      );
      return { sha: id, link: this.links.commit(repository, id) };
    } catch (error) {
      // 400 is GitLab's optimistic lock: the file changed since last_commit_id, exists already, or is gone.
      throw conflictWhen(error, 400, /changed|already exists|doesn't exist/);
    }
  }

  async openPullRequest(
    options: Options<'openPullRequest'>,
  ): Promise<PullRequest> {
    const { repository, branch, base, title, body } = options;
    return pullRequestOf(
      await this.#client.send(
        'POST',
        mergeRequestSchema,
        [...pathOf(repository), 'merge_requests'],
        {
          body: {
            source_branch: branch,
            target_branch: base,
            title,
            description: body,
            remove_source_branch: true,
          },
        },
      ),
    );
  }

  async findPullRequest(
    options: Options<'findPullRequest'>,
  ): Promise<PullRequest | undefined> {
    const { repository, branch, base } = options;
    const [found] = await this.#client.get(
      z.array(mergeRequestSchema),
      [...pathOf(repository), 'merge_requests'],
      {
        query: {
          source_branch: branch,
          target_branch: base,
          order_by: 'created_at',
          per_page: '1',
        },
      },
    );
    return found && pullRequestOf(found);
  }

  async getPullRequest(
    options: Options<'getPullRequest'>,
  ): Promise<PullRequest> {
    return pullRequestOf(await this.#mergeRequest(options));
  }

  async mergePullRequest(
    options: Options<'mergePullRequest'>,
  ): Promise<PullRequest> {
    const { repository, number, head } = options;
    const before = await whenSettled(
      () => this.#mergeRequest(options),
      value =>
        value.state !== 'opened' ||
        !CHECKING.includes(value.detailed_merge_status ?? ''),
    );
    const name = `Merge request ${number} of ${repository.owner}/${repository.name}`;
    if (before.state === 'merged') {
      return pullRequestOf(before);
    }
    if (before.state === 'closed') {
      throw new ConflictError(`${name} was closed without a merge`);
    }
    if (before.detailed_merge_status === 'conflict') {
      throw new ConflictError(
        `${name} conflicts with ${before.target_branch}; update its branch, or close it and promote again`,
      );
    }
    try {
      // Without a squash the commits keep their author.
      return pullRequestOf(
        await this.#client.send(
          'PUT',
          mergeRequestSchema,
          [...pathOf(repository), 'merge_requests', String(number), 'merge'],
          {
            body: {
              sha: head,
              squash: false,
              should_remove_source_branch: true,
            },
          },
        ),
      );
    } catch (error) {
      // GitLab answers 401 where the account may not merge, though it knows it well.
      if (error instanceof AuthenticationError) {
        throw new NotAllowedError(
          `The account of the integration may not merge ${name} into ${before.target_branch}`,
        );
      }
      const reason = before.detailed_merge_status;
      throw error instanceof HostStatusError &&
        [405, 406, 422].includes(error.status)
        ? new ConflictError(
            `${name} cannot be merged${reason ? ` (${reason})` : ''}: ${
              error.message
            }`,
          )
        : error;
    }
  }

  async closePullRequest(
    options: Options<'closePullRequest'>,
  ): Promise<PullRequest> {
    const { repository, number } = options;
    return pullRequestOf(
      await this.#client.send(
        'PUT',
        mergeRequestSchema,
        [...pathOf(repository), 'merge_requests', String(number)],
        { body: { state_event: 'close' } },
      ),
    );
  }

  async deleteBranch(options: Options<'deleteBranch'>): Promise<void> {
    const { repository, branch } = options;
    try {
      await this.#client.send('DELETE', z.unknown(), [
        ...pathOf(repository),
        ...['repository', 'branches', branch],
      ]);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'NotFoundError') {
        throw error;
      }
    }
  }

  async protect({ repository, protection }: Options<'protect'>) {
    return await protect(this.#client, repository, protection);
  }

  /** One file of a commit, once it is sure that the file is what was expected. */
  async #action(repository: RepositoryRef, branch: string, file: FileChange) {
    const content =
      file.after === undefined
        ? {}
        : {
            content: Buffer.from(file.after, 'utf8').toString('base64'),
            encoding: 'base64',
          };
    if (file.before === undefined) {
      return { action: 'create', file_path: file.path, ...content };
    }
    const found = await this.#file(repository, file.path, branch);
    if (found?.text !== file.before) {
      throw new ConflictError(
        `${file.path} changed in ${repository.owner}/${repository.name} meanwhile`,
      );
    }
    return {
      action: file.after === undefined ? 'delete' : 'update',
      file_path: file.path,
      last_commit_id: found.lastCommit,
      ...content,
    };
  }

  async #file(
    repository: RepositoryRef,
    path: string,
    ref: string,
    signal?: AbortSignal,
  ) {
    const found = await this.#client.find(
      fileSchema,
      [...pathOf(repository), 'repository', 'files', path],
      { query: { ref }, signal },
    );
    return (
      found && {
        text: Buffer.from(found.content, 'base64').toString('utf8'),
        lastCommit: found.last_commit_id,
      }
    );
  }

  async #mergeRequest(options: { repository: RepositoryRef; number: number }) {
    return await this.#client.get(mergeRequestSchema, [
      ...pathOf(options.repository),
      'merge_requests',
      String(options.number),
    ]);
  }

  async #namespace(owner: string, signal?: AbortSignal) {
    return await this.#client.find(namespaceSchema, ['namespaces', owner], {
      signal,
    });
  }
}

/** GitLab takes the whole path of a project, groups and all, as one segment. */
function pathOf({ owner, name }: RepositoryRef): [string, string] {
  return ['projects', `${owner}/${name}`];
}

/** The error as a conflict, where the host says one by this status and these words. */
function conflictWhen(error: unknown, status: number, words: RegExp): unknown {
  return error instanceof HostStatusError &&
    error.status === status &&
    words.test(error.message)
    ? new ConflictError(error.message)
    : error;
}
