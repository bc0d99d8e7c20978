import {
  FactKinds,
  SourceContext,
} from '@envmatrix/backstage-plugin-environments-node';
import { ArgoClusterFact } from '@envmatrix/engine';
import { z } from 'zod';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { toError } from '../client/errors';
import { ArgoCdInstance } from '../readInstances';
import { PlatformPart } from './PlatformPart';
import { clusterFact, readClusters } from './readClusters';
import { Project, projectFact, readProjects } from './readProjects';

/** What an instance calls the cluster that it runs in. */
const IN_CLUSTER = ['https://kubernetes.default.svc', 'in-cluster'] as const;

const knownCluster = z.looseObject({ server: z.string(), name: z.string() });

/**
 * What stands around the applications of an instance: its clusters and its projects. Without the right to them, or a word on them,
 * applications still count, and they wait for neither.
 */
export class Platform {
  readonly #context: SourceContext;
  readonly #instance: ArgoCdInstance;
  readonly #now: () => Date;
  readonly #onNames: () => void;
  readonly #clusters: PlatformPart<ArgoClusterFact[]>;
  readonly #projectList: PlatformPart<Project[]>;
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
    /** Clusters have other names than were known before. */
    onNames: () => void;
  }) {
    const { client, context, instance, now } = options;
    this.#context = context;
    this.#instance = instance;
    this.#now = now;
    this.#onNames = options.onNames;
    const common = { context, instance: instance.name, now };
    this.#clusters = new PlatformPart({
      ...common,
      part: 'clusters',
      read: () => readClusters(instance.name, client, context.signal),
      onRead: clusters => this.#learnClusters(clusters),
    });
    this.#projectList = new PlatformPart({
      ...common,
      part: 'projects',
      read: () => readProjects(client, context.signal),
      onRead: projects => this.#learnProjects(projects),
    });
  }

  /** Names belong to what applications say: some name their cluster by its address. */
  clusterName(server: string): string | undefined {
    return this.#clusterNames.get(withoutSlash(server));
  }

  /** What an earlier process has read: names that hold until the instance tells them anew. */
  async recall(): Promise<void> {
    try {
      const facts = await this.#context.recall?.({
        kind: FactKinds.argoCluster,
        scope: '',
      });
      this.#name(
        (facts ?? []).flatMap(
          ({ value }) => knownCluster.safeParse(value).data ?? [],
        ),
      );
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#context.logger.debug(
        `The clusters of Argo CD ${this.#instance.name} were not recalled: ${
          toError(error).message
        }`,
      );
    }
  }

  /** Looks at all of it, which nobody waits for. */
  look(): void {
    this.#missed.clear();
    this.#clusters.look();
    this.#projectList.look();
  }

  /** An application belongs to this project: one that came with it is not known yet. */
  noticeProject(name: string): void {
    if (!this.#missed.has(name) && !this.#knows(name)) {
      this.#missed.set(name, 'noticed');
    }
  }

  /** Sync windows open and close by themselves, and projects come. One that is not shown to the account is not asked for again before the next list. */
  async follow(): Promise<void> {
    if (this.#projectList.isLooking) {
      return;
    }
    const noticed = [...this.#missed].filter(
      ([name, state]) => state === 'noticed' && !this.#knows(name),
    );
    if (noticed.length > 0) {
      noticed.forEach(([name]) => this.#missed.set(name, 'asked'));
      this.#projectList.look();
    } else if (this.#now().getTime() >= this.#changesAt) {
      await this.#writeProjects();
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all([this.#clusters.settled(), this.#projectList.settled()]);
  }

  #knows(project: string): boolean {
    return this.#projects.some(({ name }) => name === project);
  }

  async #learnProjects(projects: readonly Project[]): Promise<void> {
    this.#projects = projects;
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

  async #learnClusters(clusters: readonly ArgoClusterFact[]): Promise<void> {
    this.#name(clusters);
    await this.#context.sink.replace(
      { kind: FactKinds.argoCluster },
      clusters.map(clusterFact),
    );
  }

  #name(clusters: readonly { server: string; name: string }[]): void {
    const before = this.#clusterNames;
    this.#clusterNames = new Map([
      IN_CLUSTER,
      ...clusters.map(
        ({ server, name }) => [withoutSlash(server), name] as const,
      ),
    ]);
    if (!isSame(before, this.#clusterNames)) {
      this.#onNames();
    }
  }
}

function isSame(
  left: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
): boolean {
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.get(key) === value)
  );
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
