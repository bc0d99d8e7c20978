import { UrlReaderService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { ScmHost, ScmHosts } from '@envmatrix/scm';
import { DeployConfigLocation } from './deployConfigLocation';

/** Folders of a deploy-config repository that overlays and Argo CD need; the intent is read beside them. */
const FOLDERS = ['apps/', 'argocd/'];

/**
 * The part of a deploy-config repository that the portal needs, at one commit.
 */
export interface DeployConfigFiles {
  readonly revision: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Reads deploy-config repositories at the head of their default branch.
 */
export class DeployConfigReader {
  readonly #hosts: ScmHosts;
  readonly #urlReader: UrlReaderService;
  readonly #branches = new Map<string, string>();

  constructor(options: { hosts: ScmHosts; urlReader: UrlReaderService }) {
    this.#hosts = options.hosts;
    this.#urlReader = options.urlReader;
  }

  host(location: DeployConfigLocation): ScmHost {
    return this.#hosts.byHost(location.repository.host);
  }

  async branch(
    location: DeployConfigLocation,
    signal?: AbortSignal,
  ): Promise<string> {
    const { repository } = location;
    const key = `${repository.host}/${repository.owner}/${repository.name}`;
    const known = this.#branches.get(key);
    if (known) {
      return known;
    }
    const found = await this.host(location).getRepository({
      repository,
      signal,
    });
    if (!found) {
      throw new NotFoundError(
        `There is no repository ${repository.owner}/${repository.name} on ${repository.host}, or the portal may not read it`,
      );
    }
    this.#branches.set(key, found.defaultBranch);
    return found.defaultBranch;
  }

  /** The head commit: one cheap request, to see whether anything changed. */
  async head(
    location: DeployConfigLocation,
    signal?: AbortSignal,
  ): Promise<string> {
    const { repository } = location;
    const branch = await this.branch(location, signal);
    const commit = await this.host(location).getCommit({
      repository,
      ref: branch,
      signal,
    });
    if (!commit) {
      throw new NotFoundError(
        `Repository ${repository.owner}/${repository.name} on ${repository.host} has no branch '${branch}'`,
      );
    }
    return commit.sha;
  }

  async read(
    location: DeployConfigLocation,
    revision: string,
  ): Promise<DeployConfigFiles> {
    const { repository, path } = location;
    const host = this.host(location);
    // Backstage's reader asks the same host.
    host.onRequest?.();
    const url = host.links.file(repository, '', revision);
    const tree = await this.#urlReader.readTree(url, {
      filter: file =>
        file === path || FOLDERS.some(folder => file.startsWith(folder)),
    });
    const files: Record<string, string> = {};
    for (const file of await tree.files()) {
      files[file.path] = (await file.content()).toString('utf8');
    }
    return { revision, files };
  }
}
