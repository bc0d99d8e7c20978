import { createHash } from 'crypto';
import { isScalar, parse, parseDocument, stringify } from 'yaml';
import { JsonDocument } from '../core';
import type {
  GitStore,
  ImageBehaviour,
  ImageRegistry,
  RepositoryId,
} from '../core/types';
import { AUTHORS, SUBJECTS } from './history';

const CI_AUTHOR = { name: 'Continuous Integration', email: 'ci@acme.example' };

const VERSION = /^\d+\.\d+\.\d+$/;

/** A version as YAML that is read as a string again. */
function written(version: string): string {
  return stringify(version).trimEnd();
}

/** What continuous integration knows of a service from its intent. */
interface Service {
  readonly name: string;
  readonly image: string;
  readonly initialVersion: string;
  readonly firstEnvironment: string;
  readonly deployConfig: RepositoryId;
  readonly source: RepositoryId;
}

interface RegistryDocument {
  /** By `repository:tag`. */
  images: Record<string, { behaviour: ImageBehaviour }>;
}

export interface ContinuousIntegrationOptions {
  readonly git: GitStore;
  /** Address of the git host: what the URLs of its repositories begin with. */
  readonly gitBaseUrl: string;
  /** File that the registry's content is kept in. */
  readonly file: string;
  /** Registers a repository that was made here with the git host. */
  readonly onRepository: (id: RepositoryId, description: string) => void;
  readonly log: (message: string) => void;
}

/**
 * The services' continuous integration and their image registry: sources that are committed, tagged and built, and the first
 * environment that gets every build.
 */
export class ContinuousIntegration implements ImageRegistry {
  readonly #options: ContinuousIntegrationOptions;
  readonly #registry: JsonDocument<RegistryDocument>;
  readonly #services = new Map<string, Service>();
  #adopting: Promise<void> = Promise.resolve();

  private constructor(
    options: ContinuousIntegrationOptions,
    registry: JsonDocument<RegistryDocument>,
  ) {
    this.#options = options;
    this.#registry = registry;
  }

  static async open(
    options: ContinuousIntegrationOptions,
  ): Promise<ContinuousIntegration> {
    const registry = await JsonDocument.open<RegistryDocument>({
      file: options.file,
      initial: () => ({ images: {} }),
    });
    const ci = new ContinuousIntegration(options, registry);
    for (const id of await options.git.list()) {
      await ci.#adopt(id);
    }
    options.git.onPush((id, { ref }) => {
      if (ref === 'refs/heads/main') {
        ci.#adopting = ci.#adopting
          .then(() => ci.#adopt(id))
          .catch(error =>
            options.log(
              `ci: ${error instanceof Error ? error.message : error}`,
            ),
          );
      }
    });
    return ci;
  }

  async lookup(
    repository: string,
    tag: string,
  ): Promise<{ digest: string; behaviour: ImageBehaviour } | undefined> {
    await this.#adopting;
    const image = this.#registry.value.images[`${repository}:${tag}`];
    return (
      image && {
        behaviour: image.behaviour,
        digest: `sha256:${createHash('sha256')
          .update(`${repository}:${tag}`)
          .digest('hex')}`,
      }
    );
  }

  /** The service that a repository is the source of. */
  serviceOf(id: RepositoryId): string | undefined {
    return [...this.#services.values()].find(
      ({ source }) => source.owner === id.owner && source.name === id.name,
    )?.name;
  }

  /**
   * Commits, tags and builds a new version, and brings it to the first environment, as the service's workflow would.
   *
   * @throws Error with one sentence for a person.
   */
  async release(request: {
    service: string;
    version: string;
    fail?: 'pull' | 'crash';
  }): Promise<{ sha: string }> {
    const { git, log } = this.#options;
    await this.#adopting;
    const service = this.#services.get(request.service);
    if (!service) {
      const names = [...this.#services.keys()];
      throw new Error(
        `There is no service '${request.service}'. ${
          names.length
            ? `There is ${names.join(', ')}.`
            : 'Create one in the portal first.'
        }`,
      );
    }
    if (!VERSION.test(request.version)) {
      throw new Error(
        `'${request.version}' is not a version; it looks like 1.5.0`,
      );
    }
    const tags = await git.tags(service.source);
    if (tags.some(tag => tag.name === request.version)) {
      throw new Error(
        `${service.name} ${request.version} is released already; choose another version`,
      );
    }
    const count = 1 + (tags.length % 3);
    const authors = [];
    let sha = '';
    for (let index = 0; index < count; index++) {
      const step = tags.length * 3 + index;
      const author = AUTHORS[step % AUTHORS.length];
      authors.push(author);
      sha = await this.#change(service, {
        author,
        subject: SUBJECTS[step % SUBJECTS.length],
        version: request.version,
        step,
      });
    }
    await git.tag(service.source, request.version, sha);
    if (request.fail !== 'pull') {
      this.#registry.value.images[`${service.image}:${request.version}`] = {
        behaviour: request.fail === 'crash' ? 'crash' : 'run',
      };
      this.#registry.changed();
    }
    await this.#deploy(
      service,
      { version: request.version, sha },
      authors[authors.length - 1] ?? CI_AUTHOR,
    );
    log(
      `ci: ${service.name} ${request.version} is built and on its way to ${service.firstEnvironment}`,
    );
    return { sha };
  }

  async flush(): Promise<void> {
    await this.#adopting;
    await this.#registry.flush();
  }

  async #change(
    service: Service,
    options: {
      author: { name: string; email: string };
      subject: string;
      version: string;
      step: number;
    },
  ): Promise<string> {
    const { git } = this.#options;
    const path = 'CHANGES.md';
    const before =
      (await git.readFile(service.source, 'main', path)) ?? '# Changes\n';
    return await git.commit(service.source, {
      branch: 'main',
      files: {
        [path]: `${before.trimEnd()}\n- ${options.subject} (${
          options.version
        })\n`,
      },
      message: options.subject,
      author: options.author,
    });
  }

  /** Sets the tag of the first environment, and nothing else, so that comments and layout of the overlay stay. */
  async #deploy(
    service: Service,
    { version, sha }: { version: string; sha: string },
    author: { name: string; email: string },
  ): Promise<void> {
    const { git } = this.#options;
    const path = `apps/${service.name}/overlays/${service.firstEnvironment}/kustomization.yaml`;
    const text = await git.readFile(service.deployConfig, 'main', path);
    if (text === undefined) {
      throw new Error(
        `${service.name} ${version} is built, but ${path} is not in ${service.deployConfig.owner}/${service.deployConfig.name}`,
      );
    }
    const document = parseDocument(text);
    const images: unknown = document.toJS().images;
    const index = Array.isArray(images)
      ? images.findIndex(
          image =>
            image?.name === service.name || image?.newName === service.image,
        )
      : -1;
    if (index < 0) {
      throw new Error(
        `${service.name} ${version} is built, but ${path} sets no image of it`,
      );
    }
    const tag = document.getIn(['images', index, 'newTag'], true);
    const range = isScalar(tag) ? tag.range : undefined;
    if (!range) {
      throw new Error(
        `${service.name} ${version} is built, but ${path} sets no tag of it`,
      );
    }
    await git.commit(service.deployConfig, {
      branch: 'main',
      files: {
        [path]:
          text.slice(0, range[0]) + written(version) + text.slice(range[1]),
      },
      message: `Deploy ${service.name} ${version} to ${service.firstEnvironment}\n\nSource-Commit: ${sha}`,
      author,
    });
  }

  /** A deploy-config repository appeared or changed: its service is known from now on, and has sources. */
  async #adopt(id: RepositoryId): Promise<void> {
    const service = id.name.endsWith('-deploy-config')
      ? await this.#read(id)
      : undefined;
    if (!service) {
      return;
    }
    this.#services.set(service.name, service);
    const { git, log, onRepository } = this.#options;
    if (await git.exists(service.source)) {
      return;
    }
    await git.create(service.source);
    onRepository(service.source, `Source of ${service.name}`);
    const sha = await this.#plant(service);
    await git.tag(service.source, service.initialVersion, sha);
    this.#registry.value.images[`${service.image}:${service.initialVersion}`] =
      { behaviour: 'run' };
    this.#registry.changed();
    log(`ci: ${service.name} ${service.initialVersion} is built`);
  }

  async #plant(service: Service): Promise<string> {
    const { git } = this.#options;
    await git.commit(service.source, {
      branch: 'main',
      files: {
        'README.md': `# ${service.name}\n\nReleases are tags; each becomes an image \`${service.image}:<tag>\`.\n`,
        'CHANGES.md': '# Changes\n',
        Dockerfile: `FROM scratch\nCOPY ${service.name} /${service.name}\nUSER 65532\nENTRYPOINT ["/${service.name}"]\n`,
      },
      message: 'Begin the service',
      author: AUTHORS[0],
    });
    return await git.commit(service.source, {
      branch: 'main',
      files: {
        'src/health.txt':
          'startup /healthz\nreadiness /readyz\nliveness /healthz\n',
      },
      message: 'Answer the health checks',
      author: AUTHORS[1],
    });
  }

  async #read(deployConfig: RepositoryId): Promise<Service | undefined> {
    const text = await this.#options.git.readFile(
      deployConfig,
      'main',
      'environments.yaml',
    );
    if (text === undefined) {
      return undefined;
    }
    const intent = parse(text, { maxAliasCount: 100 });
    const source = this.#repositoryOf(intent?.repositories?.source);
    const [first] = intent?.environments ?? [];
    if (
      !source ||
      !intent?.metadata?.name ||
      !intent?.service?.image ||
      !first?.name
    ) {
      return undefined;
    }
    return {
      name: String(intent.metadata.name),
      image: String(intent.service.image),
      initialVersion: String(intent.service.initialVersion ?? '0.1.0'),
      firstEnvironment: String(first.name),
      deployConfig,
      source,
    };
  }

  #repositoryOf(url: unknown): RepositoryId | undefined {
    if (
      typeof url !== 'string' ||
      !url.startsWith(`${this.#options.gitBaseUrl}/`)
    ) {
      return undefined;
    }
    const [owner, name] = url
      .slice(this.#options.gitBaseUrl.length + 1)
      .replace(/\.git$/, '')
      .split('/');
    return owner && name ? { owner, name } : undefined;
  }
}
