import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { Button } from '@backstage/ui';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { isRecord } from './answers';
import { Field } from './Field';
import fieldStyles from './Field.module.css';
import styles from './ListField.module.css';
import { explanationOf, isRight, readValue } from './schemaValue';

export const listSchema = makeFieldSchema({
  output: z =>
    z
      .array(z.record(z.unknown()))
      .describe('Any number of entries with the same few values'),
  uiOptions: z =>
    z.object({
      entry: z.string().optional().describe('What one entry is called'),
      example: z
        .record(z.unknown())
        .optional()
        .describe('What a new entry starts with'),
    }),
});

/** Entries of the same form: added, filled in and removed one by one. */
export function ListField(props: typeof listSchema.TProps) {
  const { formData, onChange, schema, uiSchema } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const entries = formData ?? [];
  const { entry: called = '', example = {} } = uiSchema['ui:options'] ?? {};
  const set = (next: Record<string, unknown>[]) =>
    onChange(next.length === 0 ? undefined : next);
  return (
    <fieldset className={`${scopeClass} ${styles.list}`}>
      <legend className={fieldStyles.question}>{schema.title}</legend>
      {schema.description && (
        <p className={styles.hint}>{schema.description}</p>
      )}
      {entries.map((entry, index) => (
        <div
          key={index}
          role="group"
          aria-label={`${called} ${index + 1}`}
          className={styles.entry}
        >
          <div className={styles.values}>
            {propertiesOf(schema).map(([name, property]) => (
              <Value
                key={name}
                property={property}
                isRequired={requiredOf(schema).includes(name)}
                value={entry[name]}
                onChange={value =>
                  set(
                    entries.map((other, at) =>
                      at === index ? withValue(other, name, value) : other,
                    ),
                  )
                }
              />
            ))}
          </div>
          <Button
            size="small"
            variant="tertiary"
            aria-label={t('list.removeOf', { entry: `${called} ${index + 1}` })}
            onPress={() => set(entries.filter((_, at) => at !== index))}
          >
            {t('list.remove')}
          </Button>
        </div>
      ))}
      <Button
        size="small"
        variant="secondary"
        onPress={() => set([...entries, { ...example }])}
      >
        {t('list.add', { entry: called })}
      </Button>
    </fieldset>
  );
}

function Value(props: {
  property: Record<string, unknown>;
  isRequired: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { property, isRequired, value, onChange } = props;
  const label = String(property.title ?? '');
  if (property.type === 'boolean') {
    return (
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={value === true}
          onChange={event => onChange(event.target.checked)}
        />
        {label}
      </label>
    );
  }
  if (Array.isArray(property.enum)) {
    const names = Array.isArray(property.enumNames) ? property.enumNames : [];
    return (
      <label className={styles.select}>
        <span className={fieldStyles.label}>{label}</span>
        <select
          className={fieldStyles.input}
          value={String(value ?? '')}
          onChange={event => onChange(event.target.value)}
        >
          {property.enum.map((option, index) => (
            <option key={String(option)} value={String(option)}>
              {String(names[index] ?? option)}
            </option>
          ))}
        </select>
      </label>
    );
  }
  const isEmpty = value === undefined || value === '';
  return (
    <Field
      label={label}
      value={String(value ?? '')}
      isRequired={isRequired}
      hint={textOf(property.description)}
      placeholder={textOf(property['ui:placeholder'])}
      problem={
        isEmpty || isRight(property, value)
          ? undefined
          : explanationOf(property)
      }
      onChange={text => onChange(readValue(property, text))}
    />
  );
}

function withValue(
  entry: Record<string, unknown>,
  name: string,
  value: unknown,
): Record<string, unknown> {
  const { [name]: _before, ...others } = entry;
  return value === undefined ? others : { ...others, [name]: value };
}

function itemsOf(schema: unknown): Record<string, unknown> {
  return isRecord(schema) && isRecord(schema.items) ? schema.items : {};
}

function propertiesOf(schema: unknown): [string, Record<string, unknown>][] {
  const { properties } = itemsOf(schema);
  return Object.entries(isRecord(properties) ? properties : {}).flatMap(
    ([name, property]): [string, Record<string, unknown>][] =>
      isRecord(property) ? [[name, property]] : [],
  );
}

function requiredOf(schema: unknown): string[] {
  const { required } = itemsOf(schema);
  return Array.isArray(required) ? required.map(String) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
