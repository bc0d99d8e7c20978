import { ReactNode, useId, useState } from 'react';
import styles from './TableField.module.css';
import { TableInput, TableInputKind } from './TableInput';

/** One input in a cell. */
export interface SettingInput<C> {
  /** Names it in problems. */
  readonly setting: string;
  /** What a screen reader hears, with the name of the column. */
  readonly label: string;
  readonly kind: TableInputKind;
  readonly value: (column: C, index: number) => string;
  readonly onChange: (column: C, index: number, value: string) => void;
  /** What holds while nothing is said. */
  readonly placeholder?: (column: C, index: number) => string | undefined;
  readonly options?: readonly {
    readonly value: string;
    readonly text: string;
  }[];
}

/** A row of the table: one setting, or two that belong together. */
export interface SettingRow<C> {
  readonly label: string;
  readonly inputs: readonly SettingInput<C>[];
}

/** Rows that belong together; with a title they can be folded. */
export interface SettingGroup<C> {
  readonly title?: string;
  readonly isFolded?: boolean;
  readonly rows: readonly SettingRow<C>[];
}

/** A table of settings: a column for each thing that has them, errors in the cell that they are about. */
export function SettingsTable<C>(props: {
  label: string;
  columns: readonly C[];
  heads: readonly ReactNode[];
  groups: readonly SettingGroup<C>[];
  labelOf: (input: SettingInput<C>, column: C, index: number) => string;
  problemOf: (setting: string, index: number) => string | undefined;
}) {
  const { label, columns, heads, groups, labelOf, problemOf } = props;
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <td className={styles.corner} />
            {heads.map((head, index) => (
              <th key={index} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group, at) => (
          <Group
            key={group.title ?? at}
            group={group}
            columns={columns.length}
            hasProblem={group.rows.some(row =>
              row.inputs.some(({ setting }) =>
                columns.some((_, index) => problemOf(setting, index)),
              ),
            )}
          >
            {group.rows.map(row => (
              <tr key={row.label}>
                <th scope="row">{row.label}</th>
                {columns.map((column, index) => (
                  <td key={index}>
                    <div className={styles.pair}>
                      {row.inputs.map(input => (
                        <TableInput
                          key={input.setting}
                          label={labelOf(input, column, index)}
                          kind={input.kind}
                          isAlone={row.inputs.length === 1}
                          value={input.value(column, index)}
                          placeholder={input.placeholder?.(column, index)}
                          options={input.options}
                          problem={problemOf(input.setting, index)}
                          onChange={value =>
                            input.onChange(column, index, value)
                          }
                        />
                      ))}
                    </div>
                  </td>
                ))}
              </tr>
            ))}
          </Group>
        ))}
      </table>
    </div>
  );
}

function Group<C>(props: {
  group: SettingGroup<C>;
  columns: number;
  /** What is wrong has to be seen. */
  hasProblem: boolean;
  children: ReactNode;
}) {
  const { group, columns, hasProblem, children } = props;
  const [isWanted, setWanted] = useState(group.isFolded !== true);
  const id = useId();
  const isOpen = isWanted || hasProblem;
  if (!group.title) {
    return <tbody>{children}</tbody>;
  }
  return (
    <>
      <tbody>
        <tr className={styles.groupRow}>
          <th scope="rowgroup" colSpan={columns + 1}>
            <button
              type="button"
              aria-expanded={isOpen}
              aria-controls={id}
              className={styles.groupToggle}
              onClick={() => setWanted(!isOpen)}
            >
              {group.title}
            </button>
          </th>
        </tr>
      </tbody>
      <tbody id={id} hidden={!isOpen}>
        {isOpen && children}
      </tbody>
    </>
  );
}
