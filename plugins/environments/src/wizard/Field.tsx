import { ReactNode, useId } from 'react';
import styles from './Field.module.css';

/** A text field of the wizard, with its error where it is. */
export function Field(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  hint?: ReactNode;
  /** What is wrong, below the field. */
  problem?: string;
  /** Wrong, where something else says why. */
  isWrong?: boolean;
  isRequired?: boolean;
  placeholder?: string;
  inputMode?: 'decimal';
  /** What may be meant; offered while one types. */
  suggestions?: readonly string[];
}) {
  const { label, value, onChange, onBlur, hint, problem, isRequired } = props;
  const isWrong = problem !== undefined || props.isWrong === true;
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {isRequired && (
          <span aria-hidden className={styles.required}>
            {' '}
            *
          </span>
        )}
      </label>
      <input
        id={id}
        type="text"
        className={`${styles.input} ${isWrong ? styles.wrong : ''}`}
        value={value}
        aria-required={isRequired}
        placeholder={props.placeholder}
        inputMode={props.inputMode}
        list={props.suggestions ? `${id}-suggestions` : undefined}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={isWrong}
        aria-describedby={`${id}-note`}
        onChange={event => onChange(event.target.value)}
        onBlur={onBlur}
      />
      {props.suggestions && (
        <datalist id={`${id}-suggestions`}>
          {props.suggestions.map(suggestion => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      <div id={`${id}-note`} className={styles.note}>
        {problem ? <span className={styles.problem}>{problem}</span> : hint}
      </div>
    </div>
  );
}
