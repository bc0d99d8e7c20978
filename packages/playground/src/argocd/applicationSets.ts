import { fieldsOf, isFields, objectsOf, type Fields } from '../cluster/values';
import { parseDeclaration, type ApplicationDeclaration } from './manifests';
import { CASCADE_FINALIZER, type ApplicationSetSpec } from './resources';

/** What an ApplicationSet stands for, or why that cannot be said. */
export type Expansion =
  | { readonly applications: readonly ApplicationDeclaration[] }
  | { readonly problem: string };

const PLACEHOLDER = /\{\{(-?)(.*?)(-?)\}\}/gs;
/** `.name`, `.values.region`: the only expressions that are understood. */
const REFERENCE = /^(\.[A-Za-z_]\w*)+$/;

/** The sets of values of one generator: only lists are understood. */
function parametersOf(generator: Fields): Fields[] {
  const [kind] = Object.keys(generator);
  if (kind !== 'list') {
    throw new Error(
      `the generator '${kind}' is not supported here: only lists are`,
    );
  }
  return objectsOf(fieldsOf(generator.list).elements);
}

function valueAt(parameters: Fields, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) => (isFields(value) ? value[step] : undefined),
    parameters,
  );
}

/** A text of the template with its values. */
function filledIn(
  text: string,
  parameters: Fields,
  { goTemplate = false, goTemplateOptions = [] }: ApplicationSetSpec,
): string {
  return text.replace(PLACEHOLDER, (whole, _before, inner: string) => {
    const expression = inner.trim();
    if (!goTemplate) {
      // The older templates leave alone what they do not know.
      const value = valueAt(parameters, expression.split('.'));
      return value === undefined ? whole : String(value);
    }
    if (!REFERENCE.test(expression)) {
      throw new Error(
        `the expression '${expression}' of the template is not supported here: only fields are`,
      );
    }
    const value = valueAt(parameters, expression.slice(1).split('.'));
    if (value === undefined && goTemplateOptions.includes('missingkey=error')) {
      throw new Error(
        `failed to execute go template ${text}: map has no entry for key "${expression.slice(
          1,
        )}"`,
      );
    }
    return value === undefined ? '<no value>' : String(value);
  });
}

function rendered(
  template: unknown,
  parameters: Fields,
  spec: ApplicationSetSpec,
): unknown {
  if (typeof template === 'string') {
    return filledIn(template, parameters, spec);
  }
  if (Array.isArray(template)) {
    return template.map(item => rendered(item, parameters, spec));
  }
  return isFields(template)
    ? Object.fromEntries(
        Object.entries(template).map(([key, value]) => [
          filledIn(key, parameters, spec),
          rendered(value, parameters, spec),
        ]),
      )
    : template;
}

function applicationOf(
  parameters: Fields,
  spec: ApplicationSetSpec,
): ApplicationDeclaration {
  const declaration = parseDeclaration({
    ...fieldsOf(rendered(spec.template, parameters, spec)),
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
  });
  if (declaration.kind !== 'Application') {
    throw new Error('the template is none of an Application');
  }
  const { metadata } = declaration;
  const keeps = spec.syncPolicy?.preserveResourcesOnDeletion === true;
  const finalizers = metadata.finalizers ?? (keeps ? [] : [CASCADE_FINALIZER]);
  return {
    ...declaration,
    metadata: { ...metadata, ...(finalizers.length > 0 && { finalizers }) },
  };
}

/** The Applications that an ApplicationSet stands for: one of each element of its lists. */
export function expandApplicationSet(spec: ApplicationSetSpec): Expansion {
  try {
    const applications = spec.generators
      .flatMap(parametersOf)
      .map(parameters => applicationOf(parameters, spec));
    const names = applications.map(({ metadata }) => metadata.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    return twice === undefined
      ? { applications }
      : {
          problem: `ApplicationSet contains applications with duplicate name: ${twice}`,
        };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
