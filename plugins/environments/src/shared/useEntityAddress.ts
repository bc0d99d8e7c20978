import { useCallback } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/core-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';

/** Path of the tab on the page of an entity. */
export const TAB_PATH = 'environments';

/** Gives the address of an entity's Environments tab. */
export function useEntityAddress(): (entityRef: string) => string {
  const entityRoute = useRouteRef(entityRouteRef);
  return useCallback(
    (entityRef: string) => {
      const { kind, namespace, name } = parseEntityRef(entityRef);
      return `${entityRoute({ kind, namespace, name })}/${TAB_PATH}`;
    },
    [entityRoute],
  );
}
