import {
  FactKinds,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { toError } from '../client/errors';
import { ArgoCdInstance } from '../readInstances';
import { clusterFact, readClusters } from './readClusters';
import { Project, projectFact, readProjects } from './readProjects';

/** What an instance calls the cluster that it runs in. */
const IN_CLUSTER = ['https://kubernetes.default.svc', 'in-cluster'] as const;

/**
 * What stands around the applications of an instance: its clusters and its projects. Without the right to them, or a word on them,
 * applications still count.
 */
export class Platform {
  readonly #client: ArgoCdClient;
  readonly #context: SourceContext;
  readonly #instance: ArgoCdInstance;
  readonly #now: () => Date;
  #clusterNames = new Map<string, string>([IN_CLUSTER]);
  #projects: readonly Project[] = [];
  /** Projects of applications that were not among them, and whether it was asked for them since. */
  readonly #missed = new Map<string, 'noticed' | 'asked'>();
  #written = '';
  /** When the first of all sync windows opens or closes. */
  #changesAt = Infinity;

  constructor(options: {
    client: ArgoCdClient;
    context: SourceContext;
    instance: ArgoCdInstance;
    now: () => Date;
  }) {
    this.#client = options.client;
    this.#context = options.context;
    this.#instance = options.instance;
    this.#now = options.now;
  }

  /** Names belong to what applications say: some name their cluster by its address. */
  clusterName(server: string): string | undefined {
    return this.#clusterNames.get(withoutSlash(server));
  }

  async read(): Promise<void> {
    await this.#try('clusters', () => this.#readClusters());
    this.#missed.clear();
    await this.#try('projects', () => this.#readProjects());
  }

  /** An application belongs to this project: one that came with it is not known yet. */
  noticeProject(name: string): void {
    if (
      !this.#missed.has(name) &&
      !this.#projects.some(project => project.name === name)
    ) {
      this.#missed.set(name, 'noticed');
    }
  }

  /** Sync windows open and close by themselves, and projects come. One that is not shown to the account is not asked for again before the next list. */
  async follow(): Promise<void> {
    const noticed = [...this.#missed].filter(
      ([, state]) => state === 'noticed',
    );
    if (noticed.length > 0) {
      noticed.forEach(([name]) => this.#missed.set(name, 'asked'));
      await this.#try('projects', () => this.#readProjects());
    } else if (this.#now().getTime() >= this.#changesAt) {
      await this.#writeProjects();
    }
  }

  async #readProjects(): Promise<void> {
    this.#projects = await readProjects(this.#client, this.#context.signal);
    await this.#writeProjects();
  }

  async #writeProjects(): Promise<void> {
    const now = this.#now();
    const facts = this.#projects.map(project =>
      projectFact(this.#instance.name, project, now),
    );
    const written = JSON.stringify(facts.map(({ fact }) => fact.value));
    if (written !== this.#written) {
      await this.#context.sink.replace(
        { kind: FactKinds.argoProject },
        facts.map(({ fact }) => fact),
      );
      this.#written = written;
    }
    this.#changesAt = Math.min(...facts.map(({ changesAt }) => changesAt));
  }

  async #readClusters(): Promise<void> {
    const { sink, signal } = this.#context;
    const { name } = this.#instance;
    const clusters = await readClusters(name, this.#client, signal);
    this.#clusterNames = new Map([
      IN_CLUSTER,
      ...clusters.map(
        cluster => [withoutSlash(cluster.server), cluster.name] as const,
      ),
    ]);
    await sink.replace(
      { kind: FactKinds.argoCluster },
      clusters.map(clusterFact),
    );
  }

  async #try(what: string, read: () => Promise<void>): Promise<void> {
    const { signal, logger } = this.#context;
    try {
      await read();
    } catch (error) {
      signal.throwIfAborted();
      logger.debug(
        `Argo CD ${this.#instance.name} does not tell its ${what}: ${
          toError(error).message
        }`,
      );
    }
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
