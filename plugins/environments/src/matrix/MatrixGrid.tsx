import { CSSProperties, ReactNode, useMemo, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EnvironmentColumn, GroupId } from '@envmatrix/engine';
import { environmentsTranslationRef } from '../translation';
import { EnvironmentHead } from './EnvironmentHead';
import { MatrixCell } from './MatrixCell';
import styles from './MatrixGrid.module.css';
import { GridPosition, useGridFocus } from './useGridFocus';
import { VisibleGroup } from './visibleGroups';

/** Environments that have room beside each other on a usual screen. */
const MOST_ON_A_PAGE = 4;

/** Environments side by side: heads that stay in view, groups of rows below. */
export function MatrixGrid(props: {
  label: string;
  environments: readonly EnvironmentColumn[];
  groups: readonly VisibleGroup[];
  onOpen: (position: GridPosition) => void;
  onPromote: (from: EnvironmentColumn) => void;
  progressOf: (column: EnvironmentColumn) => ReactNode;
}) {
  const { label, environments, groups, onOpen, onPromote, progressOf } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [folded, setFolded] = useState<ReadonlySet<GroupId>>(new Set());
  const columns = useMemo(
    () => environments.map(({ name }) => name),
    [environments],
  );
  const rows = useMemo(
    () =>
      groups
        .filter(({ id }) => !folded.has(id))
        .flatMap(group => group.rows.map(({ id }) => id)),
    [groups, folded],
  );
  const focus = useGridFocus(rows, columns);
  const size: CSSProperties & Record<'--environments', number> = {
    '--environments': columns.length,
  };
  const titles = new Map(environments.map(({ name, title }) => [name, title]));

  return (
    <div
      className={`${styles.frame} ${
        columns.length > MOST_ON_A_PAGE ? styles.wide : ''
      }`}
      style={size}
    >
      <table role="grid" aria-label={label} className={styles.grid}>
        <colgroup>
          <col className={styles.rowColumn} />
          {columns.map(name => (
            <col key={name} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <td className={`${styles.corner} ${styles.headCell}`}>
              <p className={styles.question}>{t('matrix.question')}</p>
            </td>
            {environments.map(column => (
              <th
                key={column.name}
                role="columnheader"
                scope="col"
                className={styles.headCell}
                aria-label={column.title}
              >
                <EnvironmentHead
                  column={column}
                  nextTitle={
                    column.promotion && titles.get(column.promotion.to)
                  }
                  onPromote={() => onPromote(column)}
                  progress={progressOf(column)}
                />
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(group => (
          <tbody key={group.id}>
            <GroupHead
              group={group}
              isFolded={folded.has(group.id)}
              span={environments.length + 1}
              onToggle={() => setFolded(toggled(folded, group.id))}
            />
            {!folded.has(group.id) &&
              group.rows.map(row => (
                <tr key={row.id}>
                  <th
                    role="rowheader"
                    scope="row"
                    className={styles.rowHead}
                    title={row.rule ? `${row.title} · ${row.rule}` : row.title}
                  >
                    {row.title}
                  </th>
                  {columns.map(column => {
                    const cell = row.cells[column];
                    const position = { row: row.id, column };
                    return cell ? (
                      <MatrixCell
                        key={column}
                        cell={cell}
                        isActive={focus.isActive(position)}
                        shouldFocus={focus.shouldFocus(position)}
                        onOpen={() => onOpen(position)}
                        onFocus={() => focus.onFocus(position)}
                        onKeyDown={event => focus.onKeyDown(event, position)}
                      />
                    ) : (
                      <td key={column} className={styles.none}>
                        {t('cell.noRow')}
                      </td>
                    );
                  })}
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function GroupHead(props: {
  group: VisibleGroup;
  isFolded: boolean;
  span: number;
  onToggle: () => void;
}) {
  const { group, isFolded, span, onToggle } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <tr className={styles.group}>
      <th colSpan={span} scope="rowgroup" className={styles.groupCell}>
        <button
          type="button"
          className={styles.fold}
          aria-expanded={!isFolded}
          onClick={onToggle}
        >
          <span aria-hidden className={styles.triangle}>
            {isFolded ? '▸' : '▾'}
          </span>
          {group.title}{' '}
          {group.differing > 0 && (
            <span className={styles.count}>
              {t('matrix.differ', { count: group.differing })}
            </span>
          )}
        </button>
      </th>
    </tr>
  );
}

function toggled(
  folded: ReadonlySet<GroupId>,
  id: GroupId,
): ReadonlySet<GroupId> {
  const next = new Set(folded);
  if (!next.delete(id)) {
    next.add(id);
  }
  return next;
}
