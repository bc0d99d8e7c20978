import {
  ApplicationOwners,
  argoRevisionFactName,
  FactKinds,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { targetsOf } from '@envmatrix/engine';
import { Changes } from '../store/Changes';

/**
 * Which matrices may change with what: looked up by the fact. A start brings tens of thousands of facts, and asking a thousand entities
 * about each of them takes longer than working their matrices out.
 */
export class Dependents {
  readonly #all: readonly TrackedEntity[];
  readonly #owners: ApplicationOwners;
  /** By cluster, and there by namespace. */
  readonly #places = new Map<string, Map<string, Set<string>>>();
  /** By instance and revision. */
  readonly #revisions = new Map<string, Set<string>>();

  constructor(entities: readonly TrackedEntity[]) {
    this.#all = entities;
    this.#owners = new ApplicationOwners(entities);
    for (const { entityRef, intent, revisions } of entities) {
      for (const target of intent?.environments.flatMap(targetsOf) ?? []) {
        const places = this.#places.get(target.cluster) ?? new Map();
        this.#places.set(target.cluster, places);
        add(places, target.namespace, entityRef);
      }
      for (const revision of revisions ?? []) {
        const { instance } = revision;
        const key = revisionKey(instance, argoRevisionFactName(revision));
        add(this.#revisions, key, entityRef);
      }
    }
  }

  /** The entities whose matrix may change with these facts. */
  ofFacts({ source, facts, isAnything }: Changes): ReadonlySet<string> {
    if (isAnything) {
      return new Set(this.#all.map(({ entityRef }) => entityRef));
    }
    const { kind, name } = splitId(source);
    switch (kind) {
      case 'argocd':
        return this.#ofArgoCd(source, name, facts);
      case 'kubernetes':
        return this.#ofKubernetes(source, name, facts);
      default: {
        const scopes = new Set(facts.map(({ scope }) => scope));
        return new Set(
          this.#all
            .map(({ entityRef }) => entityRef)
            .filter(entityRef => scopes.has(entityRef)),
        );
      }
    }
  }

  /** The entities whose matrix may change with the state of a source. */
  ofSource(source: string): ReadonlySet<string> {
    const { kind, name } = splitId(source);
    switch (kind) {
      case 'kubernetes':
        return union([...(this.#places.get(name)?.values() ?? [])]);
      case 'argocd':
        return new Set(
          this.#all
            .filter(
              ({ intent }) =>
                // Its environments may be those of its applications, none of which was seen yet.
                intent === undefined ||
                intent.clusters.some(
                  cluster => cluster.argocd?.instance === name,
                ),
            )
            .map(({ entityRef }) => entityRef),
        );
      default:
        return new Set(this.#all.map(({ entityRef }) => entityRef));
    }
  }

  #ofArgoCd(
    source: string,
    instance: string,
    facts: Changes['facts'],
  ): ReadonlySet<string> {
    const found = new Set<string>();
    for (const fact of facts) {
      if (fact.kind === FactKinds.application) {
        const owners = this.#owners.of({
          instance,
          name: fact.name,
          namespace: fact.scope,
          labels: fact.labels ?? {},
        });
        owners.forEach(({ entityRef }) => found.add(entityRef));
      } else if (fact.kind === FactKinds.argoRevision) {
        this.#revisions
          .get(revisionKey(instance, fact.name))
          ?.forEach(entityRef => found.add(entityRef));
      } else {
        // A cluster or a project, which seldom change: whose applications they are for is not known here.
        return union([found, this.ofSource(source)]);
      }
    }
    return found;
  }

  #ofKubernetes(
    source: string,
    cluster: string,
    facts: Changes['facts'],
  ): ReadonlySet<string> {
    if (facts.some(fact => fact.kind === FactKinds.cluster)) {
      return this.ofSource(source);
    }
    const places = this.#places.get(cluster);
    const namespaces = new Set(
      facts.flatMap(({ scope, name }) => [
        scope,
        name.replace(/^Namespace\//, ''),
      ]),
    );
    return union(
      [...namespaces].flatMap(namespace => places?.get(namespace) ?? []),
    );
  }
}

function add(
  index: Map<string, Set<string>>,
  key: string,
  entityRef: string,
): void {
  const known = index.get(key);
  if (known) {
    known.add(entityRef);
  } else {
    index.set(key, new Set([entityRef]));
  }
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap(set => [...set]));
}

function revisionKey(instance: string, factName: string): string {
  return JSON.stringify([instance, factName]);
}

function splitId(source: string): { kind: string; name: string } {
  const slash = source.indexOf('/');
  return { kind: source.slice(0, slash), name: source.slice(slash + 1) };
}
