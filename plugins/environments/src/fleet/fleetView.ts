import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { FleetOrder } from '@envmatrix/backstage-plugin-environments-common';

/** Which services are shown. */
export const SHOWN = [
  'all',
  'mine',
  'lagging',
  'violating',
  'unhealthy',
  'unknown',
] as const;

export type Shown = (typeof SHOWN)[number];

/** What services are ordered by where they are not grouped. */
export const ORDERS = ['name', '-lag', '-violations'] as const;

export type Order = (typeof ORDERS)[number];

/** What of the fleet is shown, and how. */
export interface FleetView {
  readonly shown: Shown;
  readonly search: string;
  /** Entity reference of the only owner to show. */
  readonly owner?: string;
  /** `system` groups. */
  readonly order: 'system' | Order;
}

const PARAMETERS = {
  shown: 'show',
  search: 'q',
  owner: 'owner',
  order: 'order',
} as const;

/** The view as the address has it, so that a link shows somebody else the same. */
export function useFleetView(): {
  readonly view: FleetView;
  readonly change: (part: Partial<FleetView>) => void;
} {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => parseView(params), [params]);
  const change = useCallback(
    (part: Partial<FleetView>) =>
      setParams(
        before => formatView(before, { ...parseView(before), ...part }),
        {
          replace: true,
        },
      ),
    [setParams],
  );
  return { view, change };
}

export function parseView(params: URLSearchParams): FleetView {
  const owner = params.get(PARAMETERS.owner);
  return {
    shown: SHOWN.find(value => value === params.get(PARAMETERS.shown)) ?? 'all',
    search: params.get(PARAMETERS.search) ?? '',
    ...(owner ? { owner } : {}),
    order:
      ORDERS.find(value => value === params.get(PARAMETERS.order)) ?? 'system',
  };
}

/** What is the default has no place in the address; what is not ours stays. */
export function formatView(
  before: URLSearchParams,
  view: FleetView,
): URLSearchParams {
  const after = new URLSearchParams(before);
  const set = (name: string, value: string | undefined) =>
    value ? after.set(name, value) : after.delete(name);
  set(PARAMETERS.shown, view.shown === 'all' ? undefined : view.shown);
  set(PARAMETERS.search, view.search);
  set(PARAMETERS.owner, view.owner);
  set(PARAMETERS.order, view.order === 'system' ? undefined : view.order);
  return after;
}

/** What the backend is asked. */
export interface FleetQuery {
  readonly filter: string;
  readonly order: FleetOrder;
}

/**
 * @param mine - entity references of the person's ownership
 */
export function queryOf(view: FleetView, mine: readonly string[]): FleetQuery {
  const { shown, search, owner, order } = view;
  // A comma ends a part of the filter.
  const text = search.replaceAll(',', ' ').trim();
  // An owner without a name is nobody: who owns nothing sees nothing.
  const owners = mine.length > 0 ? mine : [''];
  const anyOf = shown === 'mine' ? owners : [];
  const wanted = owner === undefined ? anyOf : [owner];
  const filter = [
    ...(text ? [`text=${text}`] : []),
    ...wanted.map(ref => `owner=${ref}`),
    ...(shown === 'all' || shown === 'mine' ? [] : [`state=${shown}`]),
  ];
  return { filter: filter.join(','), order };
}
