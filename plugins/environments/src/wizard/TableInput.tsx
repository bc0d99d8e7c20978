import { useId } from 'react';
import styles from './TableField.module.css';

/** One value of the table, with its error below it. */
export function TableInput(props: {
  label: string;
  value: string;
  type?: 'number';
  problem?: string;
  onChange: (value: string) => void;
}) {
  const { label, value, type, problem, onChange } = props;
  const id = useId();
  return (
    <div className={styles.cell}>
      <input
        className={`${styles.input} ${problem ? styles.wrong : ''}`}
        type={type ?? 'text'}
        min={type === 'number' ? 1 : undefined}
        value={value}
        aria-label={label}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? id : undefined}
        autoComplete="off"
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
      />
      {problem && (
        <span id={id} className={styles.problem}>
          {problem}
        </span>
      )}
    </div>
  );
}
