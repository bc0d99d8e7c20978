import { Fact, FactKinds } from '@envmatrix/backstage-plugin-environments-node';
import { ArgoProjectFact } from '@envmatrix/engine';
import { z } from 'zod';
import { ArgoCdClient } from '../client/ArgoCdClient';
import { windowTimes } from './windowTimes';

const patterns = z
  .array(z.string())
  .nullish()
  .transform(list => list ?? []);

const syncWindow = z.looseObject({
  kind: z.enum(['allow', 'deny']),
  schedule: z.string(),
  duration: z.string(),
  timeZone: z.string().optional(),
  manualSync: z.boolean().optional(),
  applications: patterns,
  namespaces: patterns,
  clusters: patterns,
  andOperator: z.boolean().optional(),
});

const projectsSchema = z.looseObject({
  items: z
    .array(
      z.looseObject({
        metadata: z.looseObject({ name: z.string() }),
        spec: z
          .looseObject({ syncWindows: z.array(syncWindow).nullish() })
          .nullish(),
      }),
    )
    .nullish(),
});

type SyncWindow = z.infer<typeof syncWindow>;

/** A project, with its windows as they are declared. */
export interface Project {
  readonly name: string;
  readonly syncWindows: readonly SyncWindow[];
}

/** The projects of an instance. An account without the right to them gets none, without a word. */
export async function readProjects(
  client: ArgoCdClient,
  signal: AbortSignal,
): Promise<Project[]> {
  const { items } = await client.get(
    projectsSchema,
    ['api', 'v1', 'projects'],
    { signal },
  );
  return (items ?? []).map(({ metadata, spec }) => ({
    name: metadata.name,
    syncWindows: spec?.syncWindows ?? [],
  }));
}

/** What a project allows at a moment, and when the first of its windows opens or closes by itself. */
export function projectFact(
  instance: string,
  { name, syncWindows }: Project,
  now: Date,
): { fact: Fact; changesAt: number } {
  const value: ArgoProjectFact = {
    instance,
    name,
    syncWindows: syncWindows.flatMap(window => {
      const times = windowTimes(window, now);
      return times
        ? [
            {
              kind: window.kind,
              schedule: window.schedule,
              duration: window.duration,
              ...(window.timeZone ? { timeZone: window.timeZone } : {}),
              manualSync: window.manualSync ?? false,
              applications: window.applications,
              namespaces: window.namespaces,
              clusters: window.clusters,
              matchesAll: window.andOperator ?? false,
              ...times,
            },
          ]
        : [];
    }),
  };
  return {
    fact: {
      kind: FactKinds.argoProject,
      scope: '',
      name,
      value: JSON.parse(JSON.stringify(value)),
      observedAt: now.toISOString(),
    },
    changesAt: Math.min(
      ...value.syncWindows.map(({ changesAt }) =>
        changesAt === undefined ? Infinity : Date.parse(changesAt),
      ),
    ),
  };
}
