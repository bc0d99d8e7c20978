import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { renderOverlay, withTemporaryFiles } from '@envmatrix/checkout';
import {
  PromotionRepository,
  RepositoryProbe,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { Intent, PromotionCommit } from '@envmatrix/engine';
import { FileChange, ScmHosts } from '@envmatrix/scm';
import { DeployConfigReader } from './DeployConfigReader';
import {
  DeployConfigLocation,
  deployConfigLocation,
} from './deployConfigLocation';
import { commitFact } from './commitFact';
import { filesOf, overlayPath } from './entityFacts';

/**
 * Promotions as commits and pull requests on the git host of the deploy-config repository.
 */
export class ScmPromotionRepository
  implements PromotionRepository, RepositoryProbe
{
  readonly #hosts: ScmHosts;
  readonly #reader: DeployConfigReader;

  constructor(options: { hosts: ScmHosts; reader: DeployConfigReader }) {
    this.#hosts = options.hosts;
    this.#reader = options.reader;
  }

  async snapshot(options: {
    entity: TrackedEntity;
    revision?: string;
    signal?: AbortSignal;
  }) {
    const location = requireLocation(options.entity);
    return await this.#reader.read(
      location,
      options.revision ?? (await this.#reader.head(location, options.signal)),
    );
  }

  async render(options: {
    entity: TrackedEntity;
    environment: string;
    files: Readonly<Record<string, string>>;
    signal?: AbortSignal;
  }) {
    const overlay = overlayPath(
      requireIntent(options.entity).metadata.name,
      options.environment,
    );
    return await withTemporaryFiles(filesOf(options), root =>
      renderOverlay({ root, overlay, signal: options.signal }),
    );
  }

  async commits(options: {
    entity: TrackedEntity;
    from: string;
    to: string;
    signal?: AbortSignal;
  }): Promise<readonly PromotionCommit[]> {
    const { from, to, signal } = options;
    const intent = requireIntent(options.entity);
    const [base, head] = await Promise.all(
      [from, to].map(version =>
        this.#commitOf(options.entity, intent, version, signal),
      ),
    );
    const { host, repository } = this.#hosts.byUrl(
      `${intent.repositories.source}`,
    );
    const { commits } = await host.compare({
      repository,
      base,
      head,
      signal,
    });
    return commits.map(({ sha, subject, author, link }) => ({
      sha,
      subject,
      author,
      link,
    }));
  }

  /** What runs is known better than by its tag. */
  async #commitOf(
    { releases }: TrackedEntity,
    intent: Intent,
    version: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const running = releases?.find(
      release => release.version === version && release.commit !== undefined,
    );
    if (running?.commit !== undefined) {
      return running.commit;
    }
    const fact = await commitFact({
      hosts: this.#hosts,
      intent,
      version,
      signal,
    });
    if (fact.sha === undefined) {
      throw new NotFoundError(
        fact.unknown ?? `No commit is known for version ${version}`,
      );
    }
    return fact.sha;
  }

  async commit(options: {
    entity: TrackedEntity;
    revision: string;
    files: readonly FileChange[];
    message: string;
    author: { name: string; email: string };
  }) {
    const location = requireLocation(options.entity);
    return await this.#reader.host(location).commitFiles({
      repository: location.repository,
      branch: await this.#reader.branch(location),
      files: options.files,
      message: options.message,
      author: options.author,
    });
  }

  async openPullRequest(options: {
    entity: TrackedEntity;
    revision: string;
    branch: string;
    files: readonly FileChange[];
    title: string;
    body: string;
    author: { name: string; email: string };
  }) {
    const location = requireLocation(options.entity);
    const { repository } = location;
    const { branch, files, title, body, author } = options;
    const host = this.#reader.host(location);
    const base = await this.#reader.branch(location);
    const known = await host.findPullRequest({ repository, branch, base });
    if (known?.state === 'open') {
      return known;
    }
    // A branch of that name without an open pull request is left from one that was given up.
    await host.deleteBranch({ repository, branch });
    await host.commitFiles({
      repository,
      branch: base,
      newBranch: branch,
      files,
      message: `${title}\n\n${body}`,
      author,
    });
    return await host.openPullRequest({
      repository,
      branch,
      base,
      title,
      body,
    });
  }

  async getPullRequest(options: { entity: TrackedEntity; number: number }) {
    const location = requireLocation(options.entity);
    return await this.#reader.host(location).getPullRequest({
      repository: location.repository,
      number: options.number,
    });
  }

  async mergePullRequest(options: { entity: TrackedEntity; number: number }) {
    const location = requireLocation(options.entity);
    const host = this.#reader.host(location);
    const { head } = await host.getPullRequest({
      repository: location.repository,
      number: options.number,
    });
    return await host.mergePullRequest({
      repository: location.repository,
      number: options.number,
      head,
    });
  }

  async closePullRequest(options: { entity: TrackedEntity; number: number }) {
    const location = requireLocation(options.entity);
    return await this.#reader.host(location).closePullRequest({
      repository: location.repository,
      number: options.number,
    });
  }

  async check(options: {
    url: string;
    signal?: AbortSignal;
  }): Promise<string | undefined> {
    try {
      const { host, repository } = this.#hosts.byUrl(options.url);
      const owner = await host.getOwner({
        owner: repository.owner,
        signal: options.signal,
      });
      if (!owner) {
        return `There is no organisation or user '${repository.owner}' on ${repository.host}`;
      }
      const found = await host.getRepository({
        repository,
        signal: options.signal,
      });
      return found && !found.empty
        ? `${repository.owner}/${repository.name} exists already on ${repository.host}; choose another name`
        : undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function requireLocation(entity: TrackedEntity): DeployConfigLocation {
  const location = deployConfigLocation(entity.entity);
  if (!location) {
    throw new InputError(
      `${entity.entityRef} has no intent annotation, so there is no repository to promote in`,
    );
  }
  return location;
}

function requireIntent(entity: TrackedEntity): Intent {
  if (!entity.intent) {
    throw new ConflictError(
      `The intent of ${entity.entityRef} has not been read yet; try again in a moment`,
    );
  }
  return entity.intent;
}
