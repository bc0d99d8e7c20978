import { useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { environmentsApiRef } from '../api';
import { queryOf } from './fleetView';

/** How many of the services that are searched for belong to `refs`, as of an answer of the backend; undefined for nobody. */
export function useMineCount(options: {
  refs: readonly string[] | undefined;
  search: string;
  confirmedAt: number | undefined;
}): number | undefined {
  const { refs, search, confirmedAt } = options;
  const api = useApi(environmentsApiRef);
  const [count, setCount] = useState<number>();
  useEffect(() => {
    const controller = new AbortController();
    if (refs && refs.length > 0 && confirmedAt !== undefined) {
      api
        .getFleet({
          ...queryOf({ shown: 'mine', search, order: 'name' }, refs),
          limit: 1,
          signal: controller.signal,
        })
        .then(
          ({ total }) => {
            if (!controller.signal.aborted) {
              setCount(total);
            }
          },
          () => {
            // The rows say that the backend does not answer.
          },
        );
    }
    return () => controller.abort();
  }, [api, refs, search, confirmedAt]);
  return count;
}
