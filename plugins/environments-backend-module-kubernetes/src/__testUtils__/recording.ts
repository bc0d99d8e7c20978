import { readFileSync } from 'fs';
import path from 'path';
import { z } from 'zod';

const recordingSchema = z.object({
  request: z.looseObject({ method: z.string(), path: z.string() }),
  response: z.looseObject({
    status: z.number().optional(),
    body: z.unknown().optional(),
    stream: z
      .array(z.looseObject({ atMs: z.number(), line: z.string() }))
      .optional(),
  }),
});

/** What a real API server answered, from `__fixtures__`. */
export function recording(name: string) {
  const file = path.join(__dirname, '..', '__fixtures__', `${name}.json`);
  return recordingSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
  };
  readonly [field: string]: unknown;
}

const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({
        name: z.string(),
        namespace: z.string().optional(),
        resourceVersion: z.string().optional(),
      }),
    }),
  ),
});

/** The objects of a recorded list, and its version. */
export function recordedList(plural: string): {
  items: Listed[];
  resourceVersion: string;
} {
  const { items, metadata } = listSchema.parse(
    recording(`list/${plural}`).response.body,
  );
  return { items, resourceVersion: metadata.resourceVersion };
}

const eventSchema = z.object({
  type: z.string(),
  object: z.looseObject({}),
});

/** The events of a recorded watch. */
export function recordedEvents(name: string) {
  return (recording(name).response.stream ?? []).map(({ line }) =>
    eventSchema.parse(JSON.parse(line)),
  );
}
