import { useState } from 'react';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { Field } from './Field';
import { explanationOf, isRight, readValue, typeOf } from './schemaValue';

export const textSchema = makeFieldSchema({
  output: z =>
    z
      .union([z.string(), z.number()])
      .describe('One value, as the schema of the template describes it'),
});

/** A text or a number. Says while one types what it has to be, in the words of the template's `errorMessage`. */
export function TextField(props: typeof textSchema.TProps) {
  const { formData, onChange, schema, rawErrors, required, uiSchema } = props;
  const [text, setText] = useState(String(formData ?? ''));
  // What is being typed is no number now and then; a value from elsewhere replaces it.
  const shown =
    readValue(schema, text) === formData ? text : String(formData ?? '');
  const problem =
    formData === undefined || isRight(schema, formData)
      ? undefined
      : explanationOf(schema);
  return (
    <div className={scopeClass}>
      <Field
        label={schema.title ?? ''}
        value={shown}
        isRequired={required}
        hint={schema.description}
        placeholder={uiSchema['ui:placeholder']}
        inputMode={typeOf(schema) === 'string' ? undefined : 'decimal'}
        isWrong={problem !== undefined || Boolean(rawErrors?.length)}
        // The form shows its own errors below the field.
        problem={rawErrors?.length ? undefined : problem}
        onChange={next => {
          setText(next);
          onChange(readValue(schema, next));
        }}
      />
    </div>
  );
}
