import { useId } from 'react';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Chip } from '../shared/Chip';
import { scopeClass } from '../shared/tones';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { environmentsTranslationRef } from '../translation';
import { isRecord } from './answers';
import styles from './ChoiceField.module.css';
import fieldStyles from './Field.module.css';

export const choiceSchema = makeFieldSchema({
  output: z =>
    z.string().describe('One of a few values, each with what follows from it'),
  uiOptions: z =>
    z.object({
      consequences: z
        .array(z.string())
        .optional()
        .describe('What follows from each value, in the order of `enum`'),
    }),
});

/** One of a few values, with what follows from each beside it. */
export function ChoiceField(props: typeof choiceSchema.TProps) {
  const { formData, onChange, schema, uiSchema } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const id = useId();
  const values = (schema.enum ?? []).map(String);
  const names = namesOf(schema);
  const consequences = uiSchema['ui:options']?.consequences ?? [];
  const chosen = formData ?? schema.default;
  return (
    <fieldset className={`${scopeClass} ${styles.choice}`}>
      <legend className={fieldStyles.question}>{schema.title}</legend>
      {schema.description && (
        <p className={styles.hint}>{schema.description}</p>
      )}
      <div className={styles.cards}>
        {values.map((value, index) => (
          <label
            key={value}
            className={`${styles.card} ${
              value === chosen ? styles.chosen : ''
            }`}
          >
            <input
              type="radio"
              name={id}
              value={value}
              checked={value === chosen}
              aria-label={names[index] ?? value}
              aria-describedby={`${id}-${value}`}
              onChange={() => onChange(value)}
            />
            <span>
              <span className={styles.name}>
                {names[index] ?? value}
                {value === schema.default && (
                  <Chip tone="info">{t('isolation.usual')}</Chip>
                )}
              </span>
              <span className={styles.text} id={`${id}-${value}`}>
                {consequences[index]}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** JSON Schema has no names for the values of an enumeration; forms have. */
function namesOf(schema: unknown): string[] {
  return isRecord(schema) && Array.isArray(schema.enumNames)
    ? schema.enumNames.map(String)
    : [];
}
