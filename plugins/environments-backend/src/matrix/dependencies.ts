import {
  argoRevisionFactName,
  FactKinds,
  ownsApplication,
  TrackedEntity,
} from '@envmatrix/backstage-plugin-environments-node';
import { targetsOf } from '@envmatrix/engine';
import { Changes } from '../store/Changes';

/** Whether the matrix of an entity may change with these facts. */
export function dependsOnFacts(
  entity: TrackedEntity,
  { source, facts, isAnything }: Changes,
): boolean {
  if (isAnything) {
    return true;
  }
  const { kind, name } = splitId(source);
  switch (kind) {
    case 'argocd':
      return facts.some(fact => {
        switch (fact.kind) {
          case FactKinds.application:
            return ownsApplication(entity.entity, {
              instance: name,
              name: fact.name,
              namespace: fact.scope,
              labels: fact.labels ?? {},
            });
          case FactKinds.argoRevision:
            return entity.revisions?.some(
              revision =>
                revision.instance === name &&
                argoRevisionFactName(revision) === fact.name,
            );
          default:
            // A cluster or a project, which seldom change: whose applications they are for is not known here.
            return dependsOnSource(entity, source);
        }
      });
    case 'kubernetes': {
      const namespaces = namespacesIn(entity, name);
      return (
        namespaces.size > 0 &&
        facts.some(
          fact =>
            fact.kind === FactKinds.cluster ||
            namespaces.has(fact.scope) ||
            namespaces.has(fact.name.replace(/^Namespace\//, '')),
        )
      );
    }
    default:
      return facts.some(fact => fact.scope === entity.entityRef);
  }
}

/** Whether the matrix of an entity may change with the state of a source. */
export function dependsOnSource(
  entity: TrackedEntity,
  source: string,
): boolean {
  const { kind, name } = splitId(source);
  switch (kind) {
    case 'kubernetes':
      return namespacesIn(entity, name).size > 0;
    case 'argocd':
      return (
        // Its environments may be those of its applications, none of which was seen yet.
        entity.intent === undefined ||
        entity.intent.clusters.some(
          cluster => cluster.argocd?.instance === name,
        )
      );
    default:
      return true;
  }
}

function namespacesIn({ intent }: TrackedEntity, cluster: string): Set<string> {
  const targets = intent?.environments.flatMap(targetsOf) ?? [];
  return new Set(
    targets
      .filter(target => target.cluster === cluster)
      .map(target => target.namespace),
  );
}

function splitId(source: string): { kind: string; name: string } {
  const slash = source.indexOf('/');
  return { kind: source.slice(0, slash), name: source.slice(slash + 1) };
}
