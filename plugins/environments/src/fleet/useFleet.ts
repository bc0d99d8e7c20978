import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { environmentsApiRef } from '../api';
import { useChangeSignal } from '../shared/useChangeSignal';
import { FleetLoader, FleetState } from './FleetLoader';
import { FleetQuery } from './fleetView';

/** The services that a query selects, kept up to date; none is asked for without a query. While another query is answered, the rows of the one before stay. */
export function useFleet(query: FleetQuery | undefined): FleetState & {
  readonly look: () => void;
  readonly more: () => void;
} {
  const filter = query?.filter;
  const order = query?.order;
  const api = useApi(environmentsApiRef);
  const [state, setState] = useState<FleetState>({ isLoadingMore: false });
  const loader = useRef<FleetLoader>();
  useChangeSignal(() => loader.current?.signal());

  useEffect(() => {
    if (filter === undefined || order === undefined) {
      return undefined;
    }
    const current = new FleetLoader({
      api,
      query: { filter, order },
      onChange: next =>
        setState(before => ({
          ...next,
          fleet: next.fleet ?? before.fleet,
          confirmedAt: next.confirmedAt ?? before.confirmedAt,
        })),
    });
    loader.current = current;
    current.look();
    return () => current.stop();
  }, [api, filter, order]);

  const look = useCallback(() => {
    loader.current?.look();
  }, []);
  const more = useCallback(() => {
    loader.current?.more();
  }, []);
  return { ...state, look, more };
}
