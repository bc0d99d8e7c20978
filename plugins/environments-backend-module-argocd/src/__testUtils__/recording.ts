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

/** What a real Argo CD answered, from `__fixtures__`. */
export function recording(name: string) {
  const file = path.join(__dirname, '..', '__fixtures__', `${name}.json`);
  return recordingSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The lines of a recorded stream. */
export function recordedLines(name: string): string[] {
  return (recording(name).response.stream ?? []).map(({ line }) => line);
}

const applicationShape = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string().optional(),
  }),
});

export type RecordedApplication = z.infer<typeof applicationShape>;

/** A recorded answer that is one Application. */
export function recordedApplication(name: string): RecordedApplication {
  return applicationShape.parse(recording(name).response.body);
}

/** A recorded answer that is a list of Applications. */
export function recordedApplications(name: string): RecordedApplication[] {
  return z
    .looseObject({ items: z.array(applicationShape) })
    .parse(recording(name).response.body).items;
}
