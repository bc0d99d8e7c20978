import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';
import { GridPosition } from './useGridFocus';
import { RowFilter } from './visibleGroups';

const ROWS = 'rows';
const CELL = 'cell';
const HISTORY = 'history';

/** What of the matrix is shown. It is part of the address, so that a link shows somebody else the same. */
export function useMatrixView(): {
  readonly filter: RowFilter;
  readonly cell: GridPosition | undefined;
  /** Whose history is open: the name of an environment, or `all`. */
  readonly history: string | undefined;
  readonly setFilter: (filter: RowFilter) => void;
  readonly setCell: (cell: GridPosition | undefined) => void;
  readonly setHistory: (history: string | undefined) => void;
} {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (name: string, value: string | undefined) =>
      setParams(
        before => {
          const after = new URLSearchParams(before);
          if (value === undefined) {
            after.delete(name);
          } else {
            after.set(name, value);
          }
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  return {
    filter: params.get(ROWS) === 'all' ? 'all' : 'differing',
    cell: parseCell(params.get(CELL)),
    history: params.get(HISTORY) || undefined,
    setFilter: filter => set(ROWS, filter === 'all' ? 'all' : undefined),
    setCell: cell => set(CELL, cell && `${cell.column}:${cell.row}`),
    setHistory: history => set(HISTORY, history),
  };
}

/** `prod:configuration.replicas` */
function parseCell(text: string | null): GridPosition | undefined {
  const colon = text?.indexOf(':') ?? -1;
  return text && colon > 0
    ? { column: text.slice(0, colon), row: text.slice(colon + 1) }
    : undefined;
}
