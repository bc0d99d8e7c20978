import { isRecord } from './answers';

/** What a value of the wizard's templates is. */
export function typeOf(schema: unknown): 'string' | 'number' | 'integer' {
  const type = isRecord(schema) ? schema.type : undefined;
  return type === 'number' || type === 'integer' ? type : 'string';
}

/** What somebody typed, as a value of the schema. A text that is no number stays one, and is told of. */
export function readValue(
  schema: unknown,
  text: string,
): string | number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') {
    return undefined;
  }
  const number = Number(trimmed);
  return typeOf(schema) !== 'string' && !Number.isNaN(number)
    ? number
    : text.trimStart();
}

/** Whether a single value is what its schema asks for. */
export function isRight(schema: unknown, value: unknown): boolean {
  if (!isRecord(schema)) {
    return true;
  }
  const type = typeOf(schema);
  if (type === 'string') {
    return (
      typeof value === 'string' &&
      (typeof schema.pattern !== 'string' ||
        new RegExp(schema.pattern, 'u').test(value)) &&
      (typeof schema.minLength !== 'number' ||
        value.length >= schema.minLength) &&
      (typeof schema.maxLength !== 'number' || value.length <= schema.maxLength)
    );
  }
  return (
    typeof value === 'number' &&
    (type === 'number' || Number.isInteger(value)) &&
    (typeof schema.minimum !== 'number' || value >= schema.minimum) &&
    (typeof schema.maximum !== 'number' || value <= schema.maximum) &&
    (typeof schema.exclusiveMinimum !== 'number' ||
      value > schema.exclusiveMinimum) &&
    (typeof schema.exclusiveMaximum !== 'number' ||
      value < schema.exclusiveMaximum)
  );
}

/** What a value has to be, in words: the template's, or those that follow from its schema. */
export function explanationOf(schema: unknown): string {
  if (isRecord(schema) && typeof schema.errorMessage === 'string') {
    return schema.errorMessage;
  }
  const type = typeOf(schema);
  switch (type) {
    case 'integer':
      return 'A whole number';
    case 'number':
      return 'A number';
    case 'string':
      return 'Not of the form that is asked for';
    default:
      throw new Error(`Unknown type ${type satisfies never}`);
  }
}
