import styles from './Toolbar.module.css';

/** One choice of a few, side by side. */
export function Segments<V extends string>(props: {
  label: string;
  name: string;
  value: V;
  choices: readonly { readonly value: V; readonly label: string }[];
  onChange: (value: V) => void;
}) {
  const { label, name, value, choices, onChange } = props;
  return (
    <div className={styles.segments} role="radiogroup" aria-label={label}>
      {choices.map(choice => (
        <label
          key={choice.value}
          className={`${styles.segment} ${
            value === choice.value ? styles.chosen : ''
          }`}
        >
          <input
            type="radio"
            name={name}
            className={styles.radio}
            checked={value === choice.value}
            onChange={() => onChange(choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </div>
  );
}
