import { InputError, NotFoundError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  DefaultGitlabCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { GiteaHost } from './gitea/GiteaHost';
import { GithubHost } from './github/GithubHost';
import { GitlabHost } from './gitlab/GitlabHost';
import { RepositoryRef, ScmHost } from './types';

/**
 * The git hosts of Backstage's integrations: GitHub, GitLab and Gitea.
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
    const { gitea, github, gitlab } = this.#integrations;
    // Backstage has integrations for github.com and gitlab.com that nobody configured; without credentials nothing can be created.
    return [
      ...gitea.list(),
      ...github
        .list()
        .filter(({ config }) => config.token || config.apps?.length),
      ...gitlab.list().filter(({ config }) => config.token),
    ].map(({ config }) => config.host);
  }

  /** What kind of git host it is; undefined when it is none of those that are supported. */
  typeOf(host: string): 'gitea' | 'github' | 'gitlab' | undefined {
    const type = this.#integrations.byHost(host)?.type;
    return type === 'gitea' || type === 'github' || type === 'gitlab'
      ? type
      : undefined;
  }

  /** @throws NotFoundError when no integration that is supported covers the host. */
  byHost(host: string): ScmHost {
    const known = this.#hosts.get(host);
    if (known) {
      return known;
    }
    const created = this.#create(host);
    this.#hosts.set(host, created);
    return created;
  }

  #create(host: string): ScmHost {
    const integrations = this.#integrations;
    const gitea = integrations.gitea.byHost(host);
    if (gitea) {
      return new GiteaHost(gitea.config);
    }
    const github = integrations.github.byHost(host);
    if (github) {
      return new GithubHost(
        github.config,
        DefaultGithubCredentialsProvider.fromIntegrations(integrations),
      );
    }
    const gitlab = integrations.gitlab.byHost(host);
    if (gitlab) {
      return new GitlabHost(
        gitlab.config,
        DefaultGitlabCredentialsProvider.fromIntegrations(integrations),
      );
    }
    const other = integrations.byHost(host);
    throw new NotFoundError(
      other
        ? `Repositories on ${host} (${other.type}) are not supported; GitHub, GitLab and Gitea are`
        : `There is no integration for the git host ${host}; add one under 'integrations.gitea', 'integrations.github' or 'integrations.gitlab' in app-config`,
    );
  }

  /** The host and the repository that an address names: `https://git.example.com/acme/checkout`, with or without more path. */
  byUrl(url: string): { host: ScmHost; repository: RepositoryRef } {
    const inside = this.#withoutBasePath(url);
    const parsed = parseRepositoryUrl(inside);
    const isGitlab = Boolean(this.#integrations.gitlab.byHost(parsed.host));
    const repository = isGitlab ? parseProjectUrl(inside) : parsed;
    return { host: this.byHost(repository.host), repository };
  }

  /** GitLab and Gitea may be below a path of their host: `https://example.com/gitlab`. */
  #withoutBasePath(url: string): string {
    if (!URL.canParse(url)) {
      return url;
    }
    const { gitlab, gitea } = this.#integrations;
    const { host, origin, pathname } = new URL(url);
    const base = (gitlab.byHost(host) ?? gitea.byHost(host))?.config.baseUrl;
    const path = base ? new URL(base).pathname.replace(/\/+$/, '') : '';
    return path !== '' && pathname.startsWith(`${path}/`)
      ? `${origin}${pathname.slice(path.length)}`
      : url;
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

/** GitLab's projects are in groups of groups; what is not the project starts with `/-/`. */
function parseProjectUrl(url: string): RepositoryRef {
  const { host, pathname } = new URL(url);
  const parts = pathname
    .split('/-/')[0]
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  return {
    host,
    owner: parts.slice(0, -1).join('/'),
    name: parts[parts.length - 1].replace(/\.git$/, ''),
  };
}
