import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
  INTENT_ANNOTATION,
  KUBERNETES_ID_ANNOTATION,
  KUBERNETES_LABEL_SELECTOR_ANNOTATION,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  Interest,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { Dependents } from './Dependents';

/** What is found out within this is told together. */
const PUBLISH_MS = 50;

/** What the collector finds out about an entity beyond its catalog entry. */
type Findings = Pick<
  TrackedEntity,
  'intent' | 'versions' | 'releases' | 'revisions'
>;

/** Entities with one of these have environments: declared, or as their applications tell. */
const ANNOTATIONS = [
  INTENT_ANNOTATION,
  ARGOCD_APP_NAME_ANNOTATION,
  ARGOCD_APP_SELECTOR_ANNOTATION,
];

/** Entities with one of these have them too, where app-config defines the environments. */
const WORKLOAD_ANNOTATIONS = [
  KUBERNETES_ID_ANNOTATION,
  KUBERNETES_LABEL_SELECTOR_ANNOTATION,
];

/**
 * The entities whose environments are worked out: all that say where their intent, their applications or their workloads are, and each
 * of them from the moment somebody asks for it.
 */
export class Tracker implements Interest {
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;
  readonly #logger: LoggerService;
  readonly #annotations: readonly string[];
  readonly #entities = new Map<string, Entity>();
  readonly #findings = new Map<string, Findings>();
  readonly #listeners = new Set<(entities: readonly TrackedEntity[]) => void>();
  #tracked = new Map<string, TrackedEntity>();
  /** Made when it is asked for, of the entities as they are then. */
  #dependents: Dependents | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Called with entities that are new or gone, or whose catalog entry changed. */
  onTracked: (entityRefs: readonly string[]) => void = () => {};

  constructor(options: {
    catalog: CatalogService;
    auth: AuthService;
    logger: LoggerService;
    /** Whether app-config defines environments for whoever has none of their own. */
    hasDefinitions?: boolean;
  }) {
    this.#annotations = options.hasDefinitions
      ? [...ANNOTATIONS, ...WORKLOAD_ANNOTATIONS]
      : ANNOTATIONS;
    this.#catalog = options.catalog;
    this.#auth = options.auth;
    this.#logger = options.logger;
  }

  entities(): readonly TrackedEntity[] {
    return [...this.#tracked.values()];
  }

  get(entityRef: string): TrackedEntity | undefined {
    return this.#tracked.get(entityRef);
  }

  /** Which of the entities depend on what. */
  dependents(): Dependents {
    this.#dependents ??= new Dependents(this.entities());
    return this.#dependents;
  }

  subscribe(
    listener: (entities: readonly TrackedEntity[]) => void,
  ): () => void {
    this.#listeners.add(listener);
    listener(this.entities());
    return () => this.#listeners.delete(listener);
  }

  /** An entity that somebody asks for, and that may have environments, is tracked from now on. */
  track(entity: Entity): void {
    if (
      this.#annotations.some(
        annotation => entity.metadata.annotations?.[annotation] !== undefined,
      ) &&
      this.#put(entity)
    ) {
      this.#publish();
      this.onTracked([stringifyEntityRef(entity)]);
    }
  }

  /** Reads the catalog again: what is new, changed or gone. */
  async refresh(): Promise<void> {
    const credentials = await this.#auth.getOwnServiceCredentials();
    // Who is asked for while the catalog is read is not gone because it did not come up.
    const before = [...this.#entities.keys()];
    const seen = new Set<string>();
    const changed: string[] = [];
    for await (const page of this.#catalog.streamEntities(
      {
        // One of them is enough.
        filter: this.#annotations.map(annotation => ({
          [`metadata.annotations.${annotation}`]: CATALOG_FILTER_EXISTS,
        })),
      },
      { credentials },
    )) {
      for (const entity of page) {
        const entityRef = stringifyEntityRef(entity);
        seen.add(entityRef);
        if (this.#put(entity)) {
          changed.push(entityRef);
        }
      }
    }
    const gone = before.filter(entityRef => !seen.has(entityRef));
    for (const entityRef of gone) {
      this.#entities.delete(entityRef);
      this.#findings.delete(entityRef);
    }
    if (changed.length > 0 || gone.length > 0) {
      this.#logger.info(`Tracking ${this.#entities.size} entities`);
      this.#publish();
      this.onTracked([...changed, ...gone]);
    }
  }

  /** What the collector found out; listeners hear of it when it matters to them. */
  learn(entityRef: string, findings: Findings): void {
    const before = this.#findings.get(entityRef);
    if (
      JSON.stringify(before) !== JSON.stringify(findings) &&
      this.#entities.has(entityRef)
    ) {
      this.#findings.set(entityRef, findings);
      const tracked = this.#tracked.get(entityRef);
      if (tracked) {
        this.#tracked.set(entityRef, { ...tracked, ...findings });
        this.#dependents = undefined;
      }
      this.#publishSoon();
    }
  }

  /** After a start, something is found out about every entity in a row; listeners look at all of them each time. */
  #publishSoon(): void {
    this.#timer ??= setTimeout(() => this.#publish(), PUBLISH_MS);
  }

  /** Returns whether the entity is new or changed. */
  #put(entity: Entity): boolean {
    const entityRef = stringifyEntityRef(entity);
    const before = this.#entities.get(entityRef);
    if (before && isSame(before, entity)) {
      return false;
    }
    this.#entities.set(entityRef, entity);
    return true;
  }

  #renew(): void {
    this.#tracked = new Map(
      [...this.#entities.entries()].map(([entityRef, entity]) => [
        entityRef,
        { entityRef, entity, versions: [], ...this.#findings.get(entityRef) },
      ]),
    );
    this.#dependents = undefined;
  }

  #publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#renew();
    const entities = this.entities();
    for (const listener of this.#listeners) {
      listener(entities);
    }
  }
}

/** The catalog's etag tells; not every catalog gives one. */
function isSame(before: Entity, after: Entity): boolean {
  const { etag } = after.metadata;
  return etag === undefined
    ? JSON.stringify(before) === JSON.stringify(after)
    : etag === before.metadata.etag;
}
