import { KeyboardEvent, useCallback, useState } from 'react';

/** A cell of the grid, by its row and its column. */
export interface GridPosition {
  readonly row: string;
  readonly column: string;
}

/**
 * One cell of a grid is in the tab order, and the arrow keys move on from it: the roving tabindex of the ARIA grid pattern.
 */
export function useGridFocus(
  rows: readonly string[],
  columns: readonly string[],
): {
  readonly isActive: (position: GridPosition) => boolean;
  readonly shouldFocus: (position: GridPosition) => boolean;
  readonly onFocus: (position: GridPosition) => void;
  readonly onKeyDown: (event: KeyboardEvent, position: GridPosition) => void;
} {
  const [state, setState] = useState<{ at?: GridPosition; moved: boolean }>({
    moved: false,
  });
  const at =
    state.at && rows.includes(state.at.row) && columns.includes(state.at.column)
      ? state.at
      : { row: rows[0], column: columns[0] };

  const onFocus = useCallback(
    (position: GridPosition) => setState({ at: position, moved: false }),
    [],
  );

  const onKeyDown = useCallback(
    (event: KeyboardEvent, position: GridPosition) => {
      const next = target(event, position, rows, columns);
      if (next) {
        event.preventDefault();
        setState({ at: next, moved: true });
      }
    },
    [rows, columns],
  );

  return {
    isActive: position => same(position, at),
    shouldFocus: position => state.moved && same(position, at),
    onFocus,
    onKeyDown,
  };
}

function same(left: GridPosition, right: GridPosition): boolean {
  return left.row === right.row && left.column === right.column;
}

function target(
  event: KeyboardEvent,
  { row, column }: GridPosition,
  rows: readonly string[],
  columns: readonly string[],
): GridPosition | undefined {
  const [r, c] = [rows.indexOf(row), columns.indexOf(column)];
  const at = (nextRow: number, nextColumn: number) => ({
    row: rows[clamp(nextRow, rows.length)],
    column: columns[clamp(nextColumn, columns.length)],
  });
  switch (event.key) {
    case 'ArrowUp':
      return at(r - 1, c);
    case 'ArrowDown':
      return at(r + 1, c);
    case 'ArrowLeft':
      return at(r, c - 1);
    case 'ArrowRight':
      return at(r, c + 1);
    case 'Home':
      return event.ctrlKey ? at(0, 0) : at(r, 0);
    case 'End':
      return event.ctrlKey
        ? at(rows.length - 1, columns.length - 1)
        : at(r, columns.length - 1);
    default:
      return undefined;
  }
}

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}
