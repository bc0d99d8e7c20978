import { GroupId, Matrix, Row } from '@envmatrix/engine';
import { differs, isUnknown } from './cellAppearance';

export type RowFilter = 'all' | 'differing';

/** A group as it is shown: the rows that the filter leaves, and how many of all its rows differ. */
export interface VisibleGroup {
  readonly id: GroupId;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly differing: number;
}

/**
 * The groups that a filter and a search leave. A row that nobody knows the value of stays with those that differ: it may.
 */
export function visibleGroups(
  matrix: Pick<Matrix, 'groups'>,
  options: { filter: RowFilter; search: string },
): VisibleGroup[] {
  const words = options.search.toLowerCase().split(/\s+/).filter(Boolean);
  return matrix.groups.flatMap(group => {
    const rows = group.rows.filter(
      row =>
        (options.filter === 'all' || rowDiffers(row) || rowIsUnknown(row)) &&
        words.every(word => textOf(row, group.title).includes(word)),
    );
    return rows.length === 0
      ? []
      : [
          {
            id: group.id,
            title: group.title,
            rows,
            differing: group.rows.filter(rowDiffers).length,
          },
        ];
  });
}

/** How many rows differ, over all groups. */
export function differingRows(matrix: Pick<Matrix, 'groups'>): number {
  return matrix.groups.flatMap(group => group.rows).filter(rowDiffers).length;
}

function rowDiffers(row: Row): boolean {
  return Object.values(row.cells).some(differs);
}

function rowIsUnknown(row: Row): boolean {
  return Object.values(row.cells).some(cell =>
    isUnknown(cell.observation.status),
  );
}

function textOf(row: Row, group: string): string {
  return [
    group,
    row.title,
    row.rule ?? '',
    ...Object.values(row.cells).flatMap(cell => [
      cell.display,
      cell.detail ?? '',
      cell.reason ?? '',
      cell.rule ?? '',
    ]),
  ]
    .join('\n')
    .toLowerCase();
}
