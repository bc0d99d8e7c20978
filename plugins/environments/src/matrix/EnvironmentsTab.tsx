import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { scopeClass } from '../shared/tones';
import { EntityEnvironments } from './EntityEnvironments';
import { declaresEnvironments, MissingAnnotations } from './MissingAnnotations';

/**
 * The Environments tab of an entity.
 *
 * @public
 */
export function EnvironmentsTab() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  return (
    <div className={scopeClass}>
      <EntityEnvironments
        key={entityRef}
        entityRef={entityRef}
        name={entity.metadata.title ?? entity.metadata.name}
        empty={
          declaresEnvironments(entity) ? undefined : (
            <MissingAnnotations entity={entity} />
          )
        }
      />
    </div>
  );
}
