import { isRecord, WizardAnswers } from './answers';

/** Fields of a page that belong together. */
export interface FieldGroup {
  readonly title?: string;
  readonly hint?: string;
  readonly isFolded: boolean;
  readonly fields: readonly string[];
}

/** Fields that want the whole width, though their value is a single one. */
const WIDE_FIELDS = ['EnvironmentsChoice', 'EnvironmentsIsolation'];

/** The groups of a page: those that it declares, after the fields that are in none of them. */
export function groupsOf(
  uiSchema: unknown,
  fields: readonly string[],
): FieldGroup[] {
  const declared = listOf(optionsOf(uiSchema).groups).flatMap(entry =>
    isRecord(entry)
      ? [
          {
            title: textOf(entry.title),
            hint: textOf(entry.hint),
            isFolded: entry.isFolded === true,
            fields: listOf(entry.fields)
              .map(String)
              .filter(field => fields.includes(field)),
          },
        ]
      : [],
  );
  const grouped = new Set(declared.flatMap(group => group.fields));
  const others = fields.filter(field => !grouped.has(field));
  return [{ isFolded: false, fields: others }, ...declared].filter(
    group => group.fields.length > 0,
  );
}

/** Whether a field has to do with what was answered: `shownWith: { exposure: [gateway, ingress] }`. */
export function isShown(
  uiSchema: unknown,
  field: string,
  answers: WizardAnswers,
): boolean {
  const { shownWith } = optionsOf(fieldUiSchema(uiSchema, field));
  return isRecord(shownWith)
    ? Object.entries(shownWith).every(([name, values]) =>
        listOf(values).includes(answers[name]),
      )
    : true;
}

/** Whether a field takes the whole width of the page. */
export function isWide(
  schema: unknown,
  uiSchema: unknown,
  field: string,
): boolean {
  const ui = fieldUiSchema(uiSchema, field);
  const properties = isRecord(schema) ? schema.properties : undefined;
  const own = isRecord(properties) ? properties[field] : undefined;
  const type = isRecord(own) ? own.type : undefined;
  return (
    optionsOf(ui).isWide === true ||
    type === 'object' ||
    type === 'array' ||
    WIDE_FIELDS.includes(String(ui['ui:field']))
  );
}

function fieldUiSchema(
  uiSchema: unknown,
  field: string,
): Record<string, unknown> {
  const ui = isRecord(uiSchema) ? uiSchema[field] : undefined;
  return isRecord(ui) ? ui : {};
}

function optionsOf(uiSchema: unknown): Record<string, unknown> {
  const options = isRecord(uiSchema) ? uiSchema['ui:options'] : undefined;
  return isRecord(options) ? options : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
