import { useState } from 'react';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { scopeClass } from '../shared/tones';
import { isRecord } from './answers';
import { Field } from './Field';
import { explanationOf, isRight } from './schemaValue';

export const namesSchema = makeFieldSchema({
  output: z => z.array(z.string()).describe('Names, in one line with commas'),
});

/** A few names in one line, separated by commas. */
export function NamesField(props: typeof namesSchema.TProps) {
  const { formData, onChange, schema, uiSchema, required } = props;
  const names = formData ?? [];
  // What is being typed ends in a separator now and then.
  const [text, setText] = useState(names.join(', '));
  const items = isRecord(schema.items) ? schema.items : {};
  const wrong = names.find(name => !isRight(items, name));
  return (
    <div className={scopeClass}>
      <Field
        label={schema.title ?? ''}
        value={text}
        isRequired={required}
        hint={schema.description}
        placeholder={uiSchema['ui:placeholder']}
        problem={wrong === undefined ? undefined : explanationOf(items)}
        onChange={value => {
          setText(value);
          onChange(value.split(/[\s,]+/).filter(Boolean));
        }}
      />
    </div>
  );
}
