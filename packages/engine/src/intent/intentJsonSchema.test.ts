import fs from 'fs';
import path from 'path';
import { intentJsonSchema } from './intentJsonSchema';

const FILE = path.resolve(
  __dirname,
  '../../../../docs/environments.schema.json',
);

const text = `${JSON.stringify(intentJsonSchema(), null, 2)}\n`;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths of the fields that have no description. */
function undescribed(node: unknown, at = ''): string[] {
  if (Array.isArray(node)) {
    return node.flatMap(entry => undescribed(entry, at));
  }
  if (!isObject(node)) {
    return [];
  }
  const { properties } = node;
  const fields = isObject(properties) ? Object.entries(properties) : [];
  return [
    ...fields
      .filter(([, field]) => isObject(field) && !field.description)
      .map(([name]) => `${at}/${name}`),
    ...fields.flatMap(([name, field]) => undescribed(field, `${at}/${name}`)),
    ...['items', 'anyOf', 'oneOf', 'additionalProperties'].flatMap(key =>
      undescribed(node[key], at),
    ),
  ];
}

describe('intentJsonSchema', () => {
  it('is what docs/environments.schema.json has; UPDATE_SCHEMA=1 writes it', () => {
    if (process.env.UPDATE_SCHEMA) {
      fs.writeFileSync(FILE, text);
    }
    expect(fs.readFileSync(FILE, 'utf8')).toBe(text);
  });

  it('describes every field', () => {
    expect(undescribed(intentJsonSchema())).toEqual([]);
  });

  it('asks for no field that has a default', () => {
    expect(JSON.parse(text)).toMatchObject({
      required: [
        'apiVersion',
        'kind',
        'metadata',
        'isolation',
        'clusters',
        'environments',
      ],
      properties: { service: { default: expect.objectContaining({}) } },
    });
  });
});
