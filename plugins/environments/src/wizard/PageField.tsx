import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { PageTemplate } from './PageTemplate';

export const pageSchema = makeFieldSchema({
  output: z =>
    z.record(z.unknown()).describe('The answers of a page, or of a part of it'),
});

/**
 * A page of the wizard, or an object on it: the fields in columns, in groups, the rarely needed ones folded, and none that has
 * nothing to do with what was answered so far. The fields themselves are the form's.
 */
export function PageField(props: typeof pageSchema.TProps) {
  const { ObjectField } = props.registry.fields;
  return (
    <ObjectField
      {...props}
      uiSchema={{
        ...props.uiSchema,
        'ui:field': undefined,
        'ui:ObjectFieldTemplate': PageTemplate,
      }}
    />
  );
}
