import { InputError, NotFoundError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { GiteaHost } from './gitea/GiteaHost';
import { RepositoryRef, ScmHost } from './types';

/**
 * The git hosts of Backstage's integrations.
 *
 * @public
 */
export class ScmHosts {
  readonly #integrations: ScmIntegrations;
  readonly #hosts = new Map<string, ScmHost>();

  constructor(integrations: ScmIntegrations) {
    this.#integrations = integrations;
  }

  /** Names of the hosts that repositories can be created on. */
  names(): string[] {
    return this.#integrations.gitea
      .list()
      .map(integration => integration.config.host);
  }

  /** @throws NotFoundError when no integration that is supported covers the host. */
  byHost(host: string): ScmHost {
    const known = this.#hosts.get(host);
    if (known) {
      return known;
    }
    const gitea = this.#integrations.gitea.byHost(host);
    if (!gitea) {
      const other = this.#integrations.byHost(host);
      throw new NotFoundError(
        other
          ? `Repositories on ${host} (${other.type}) are not supported yet; Gitea is`
          : `There is no integration for the git host ${host}; add one under 'integrations.gitea' in app-config`,
      );
    }
    const created = new GiteaHost(gitea.config);
    this.#hosts.set(host, created);
    return created;
  }

  /** The host and the repository that an address names: `https://git.example.com/acme/checkout`, with or without more path. */
  byUrl(url: string): { host: ScmHost; repository: RepositoryRef } {
    const repository = parseRepositoryUrl(url);
    return { host: this.byHost(repository.host), repository };
  }

  /** Address of a repository, as its host's integration is reached. */
  urlOf(repository: RepositoryRef): string {
    return this.byHost(repository.host).links.repository(repository);
  }
}

/**
 * @throws InputError when the address names no repository.
 * @public
 */
export function parseRepositoryUrl(url: string): RepositoryRef {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new InputError(`'${url}' is not the address of a repository`);
  }
  const [owner, name] = parsed.pathname
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  if (!/^https?:$/.test(parsed.protocol) || !owner || !name) {
    throw new InputError(
      `'${url}' is not the address of a repository; it looks like https://git.example.com/owner/repository`,
    );
  }
  return { host: parsed.host, owner, name: name.replace(/\.git$/, '') };
}
