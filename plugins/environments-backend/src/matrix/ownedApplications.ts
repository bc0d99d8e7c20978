import { Entity } from '@backstage/catalog-model';
import {
  applicationClue,
  FactKinds,
  ownsApplication,
} from '@envmatrix/backstage-plugin-environments-node';
import { ApplicationFact } from '@envmatrix/engine';
import { FactReader, StoredFact } from '../store/FactStore';

/** An entity's applications among all: the database narrows by name or label, keys and labels decide what is read, and the project what is the entity's. */
export async function ownedApplications(
  facts: FactReader,
  entity: Entity,
  options: { source?: string } = {},
): Promise<StoredFact<ApplicationFact>[]> {
  const found = await facts.find<ApplicationFact>({
    kind: FactKinds.application,
    ...options,
    ...narrowed(entity),
    matches: fact =>
      ownsApplication(entity, {
        instance: fact.source.replace(/^argocd\//, ''),
        name: fact.name,
        namespace: fact.scope,
        labels: fact.labels,
      }),
  });
  return found.filter(({ value }) => ownsApplication(entity, value));
}

function narrowed(entity: Entity): {
  names?: readonly string[];
  label?: readonly [key: string, value: string];
} {
  const clue = applicationClue(entity);
  if (clue === 'none') {
    return { names: [] };
  }
  if (clue === 'unknown') {
    return {};
  }
  return 'name' in clue ? { names: [clue.name] } : { label: clue.label };
}
