import { z } from 'zod';
import { intentSchema } from './schema';

/**
 * JSON Schema of `environments.yaml`, with a description of every field, for editors.
 *
 * @public
 */
export function intentJsonSchema(): object {
  return {
    ...z.toJSONSchema(intentSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'environments.yaml',
    description:
      'The environments of a service: which there are, in which order a release passes through them, and what may differ.',
  };
}
