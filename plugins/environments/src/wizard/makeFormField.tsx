import { createElement, lazy, Suspense } from 'react';
import {
  createScaffolderFieldExtension,
  CustomFieldValidator,
  FieldExtensionComponentProps,
  FieldSchema,
} from '@backstage/plugin-scaffolder-react';
import {
  createFormField,
  FormFieldBlueprint,
} from '@backstage/plugin-scaffolder-react/alpha';

/** What may be in `ui:options`. */
type Options = {
  [key: string]: string | number | boolean | object | null | undefined;
};

/** What a field of the wizard is made of. */
interface FieldParts<TValue, TOptions extends Options> {
  readonly component: (
    props: FieldExtensionComponentProps<TValue, TOptions>,
  ) => JSX.Element | null;
  readonly validation?: CustomFieldValidator<TValue, TOptions>;
  readonly schema: FieldSchema<TValue, TOptions>;
}

/**
 * A field of the wizard for both frontend systems, loaded when a template asks for it.
 *
 * @param id - of the extension: `scaffolder-form-field:environments/<id>`.
 * @param name - what templates write as `ui:field`.
 */
export function makeFormField<
  TId extends string,
  TValue,
  TOptions extends Options,
>(id: TId, name: string, load: () => Promise<FieldParts<TValue, TOptions>>) {
  return {
    name,
    /** For the new frontend system. */
    blueprint: FormFieldBlueprint.make({
      name: id,
      params: {
        field: async () => createFormField({ name, ...(await load()) }),
      },
    }),
    /** For the legacy one. */
    legacy: createScaffolderFieldExtension<TValue, TOptions>({
      name,
      component: lazily(load),
      validation: async (value, field, context) =>
        (await load()).validation?.(value, field, context),
    }),
  };
}

/** The legacy form wants its components at once. */
function lazily<TValue, TOptions extends Options>(
  load: () => Promise<FieldParts<TValue, TOptions>>,
): FieldParts<TValue, TOptions>['component'] {
  const Loaded = lazy(async () => ({ default: (await load()).component }));
  return function LazyField(props) {
    return <Suspense fallback={null}>{createElement(Loaded, props)}</Suspense>;
  };
}
