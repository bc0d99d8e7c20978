import { Entity } from '@backstage/catalog-model';
import {
  applicationClue,
  FactKey,
  ownsApplication,
} from '@envmatrix/backstage-plugin-environments-node';

/** How to find an entity's applications among all: what the database can narrow, and what decides. */
export function ownedApplications(entity: Entity): {
  names?: readonly string[];
  label?: readonly [key: string, value: string];
  matches: (
    fact: FactKey & {
      source: string;
      labels: Readonly<Record<string, string>>;
    },
  ) => boolean;
} {
  return {
    ...narrowed(entity),
    matches: fact =>
      ownsApplication(entity, {
        instance: fact.source.replace(/^argocd\//, ''),
        name: fact.name,
        namespace: fact.scope,
        labels: fact.labels,
      }),
  };
}

function narrowed(entity: Entity) {
  const clue = applicationClue(entity);
  if (clue === 'none') {
    return { names: [] };
  }
  if (clue === 'unknown') {
    return {};
  }
  return 'name' in clue ? { names: [clue.name] } : { label: clue.label };
}
