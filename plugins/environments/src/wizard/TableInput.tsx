import { useId } from 'react';
import styles from './TableField.module.css';

/** How a value is asked for. A `check` is `'true'` or `'false'`. */
export type TableInputKind = 'text' | 'number' | 'select' | 'check';

/** One value of a table, with its error below it. */
export function TableInput(props: {
  label: string;
  value: string;
  kind?: TableInputKind;
  placeholder?: string;
  options?: readonly { readonly value: string; readonly text: string }[];
  /** Has the cell for itself. */
  isAlone?: boolean;
  problem?: string;
  onChange: (value: string) => void;
}) {
  const { label, value, kind = 'text', problem, onChange } = props;
  const id = useId();
  const described = {
    'aria-label': label,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem ? id : undefined,
  };
  const look = [
    styles.input,
    props.isAlone && kind === 'text' ? styles.long : '',
    problem ? styles.wrong : '',
  ].join(' ');
  return (
    <div className={styles.cell}>
      {kind === 'select' && (
        <select
          {...described}
          className={look}
          value={value}
          onChange={event => onChange(event.target.value)}
        >
          {props.options?.map(option => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
      {kind === 'check' && (
        <input
          {...described}
          className={styles.check}
          type="checkbox"
          checked={value === 'true'}
          onChange={event => onChange(String(event.target.checked))}
        />
      )}
      {(kind === 'text' || kind === 'number') && (
        <input
          {...described}
          className={look}
          type={kind}
          min={kind === 'number' ? 0 : undefined}
          value={value}
          placeholder={props.placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={event => onChange(event.target.value)}
        />
      )}
      {problem && (
        <span id={id} className={styles.problem}>
          {problem}
        </span>
      )}
    </div>
  );
}
