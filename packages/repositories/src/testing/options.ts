import { z } from 'zod';
import { answersSchema } from '../answers/answersSchema';

/**
 * Everything that can be answered, as paths: `exposure=gateway` for each value of a choice, `environments[].host` for what is typed. A choice between
 * shapes has the options of each.
 */
export function optionsOfAnswers(): string[] {
  return [...new Set(optionsOf(answersSchema, ''))];
}

/** Which of these options some answers use. */
export function optionsUsed(answers: unknown): Set<string> {
  return new Set(usedBy(answersSchema, answers, ''));
}

function optionsOf(schema: z.core.$ZodType, path: string): string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(inner.shape);
    return fields.length === 0
      ? [path]
      : fields.flatMap(([name, field]) => optionsOf(field, join(path, name)));
  }
  if (inner instanceof z.ZodArray) {
    return optionsOf(inner.element, `${path}[]`);
  }
  if (inner instanceof z.ZodRecord) {
    return optionsOf(inner.valueType, `${path}{}`);
  }
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap(option => optionsOf(option, path));
  }
  if (inner instanceof z.ZodEnum) {
    return inner.options.map(value => `${path}=${value}`);
  }
  return [path];
}

function usedBy(
  schema: z.core.$ZodType,
  value: unknown,
  path: string,
): string[] {
  if (value === undefined) {
    return [];
  }
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject && isRecord(value)) {
    const fields = Object.entries<z.core.$ZodType>(inner.shape);
    return [
      path,
      ...fields.flatMap(([name, field]) =>
        usedBy(field, value[name], join(path, name)),
      ),
    ];
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap(item => usedBy(inner.element, item, `${path}[]`));
  }
  if (inner instanceof z.ZodRecord && isRecord(value)) {
    return Object.values(value).flatMap(item =>
      usedBy(inner.valueType, item, `${path}{}`),
    );
  }
  if (inner instanceof z.ZodUnion) {
    const meant = inner.options.find(
      option => z.safeParse(option, value).success,
    );
    return meant ? usedBy(meant, value, path) : [];
  }
  return inner instanceof z.ZodEnum ? [`${path}=${value}`] : [path];
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
