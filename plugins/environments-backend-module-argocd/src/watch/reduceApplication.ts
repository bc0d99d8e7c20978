import { ApplicationFact } from '@envmatrix/engine';
import { z } from 'zod';
import { ArgoCdInstance } from '../readInstances';

const text = z.string().optional();

const source = z.looseObject({
  repoURL: z.string().optional(),
  path: text,
  targetRevision: text,
  chart: text,
});

const operationState = z.looseObject({
  phase: z.string(),
  message: text,
  startedAt: text,
  finishedAt: text,
  operation: z
    .looseObject({
      initiatedBy: z
        .looseObject({ username: text, automated: z.boolean().optional() })
        .nullish(),
    })
    .nullish(),
  syncResult: z
    .looseObject({
      revision: text,
      revisions: z.array(z.string()).nullish(),
      resources: z
        .array(
          z.looseObject({
            kind: z.string(),
            name: z.string(),
            status: text,
            message: text,
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** An Application, as list, get and stream give it. What a field mask leaves out is absent. */
export const applicationSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: text,
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z
      .array(z.looseObject({ kind: z.string(), name: z.string() }))
      .nullish(),
  }),
  spec: z.looseObject({
    project: z.string().default('default'),
    destination: z.looseObject({ server: text, name: text, namespace: text }),
    source: source.nullish(),
    sources: z.array(source).nullish(),
    syncPolicy: z
      .looseObject({
        automated: z.looseObject({ enabled: z.boolean().nullish() }).nullish(),
      })
      .nullish(),
  }),
  status: z
    .looseObject({
      sync: z
        .looseObject({
          status: text,
          revision: text,
          revisions: z.array(z.string()).nullish(),
        })
        .nullish(),
      health: z
        .looseObject({ status: text, message: text, lastTransitionTime: text })
        .nullish(),
      operationState: operationState.nullish(),
      history: z
        .array(
          z.looseObject({
            id: z.number(),
            revision: text,
            revisions: z.array(z.string()).nullish(),
            deployedAt: z.string(),
            initiatedBy: z
              .looseObject({
                username: text,
                automated: z.boolean().optional(),
              })
              .nullish(),
          }),
        )
        .nullish(),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            message: z.string().default(''),
            lastTransitionTime: text,
          }),
        )
        .nullish(),
      resources: z
        .array(
          z.looseObject({
            kind: z.string(),
            name: z.string(),
            status: text,
            requiresPruning: z.boolean().nullish(),
            health: z.looseObject({ status: text, message: text }).nullish(),
          }),
        )
        .nullish(),
      summary: z
        .looseObject({ images: z.array(z.string()).nullish() })
        .nullish(),
      reconciledAt: text,
    })
    .nullish(),
});

/** @internal */
export type Application = z.infer<typeof applicationSchema>;

/** What the engine needs of an Application. */
export function reduceApplication(
  instance: ArgoCdInstance,
  { metadata, spec, status }: Application,
): ApplicationFact {
  const operation = status?.operationState;
  const sources = spec.sources?.length ? spec.sources : [spec.source ?? {}];
  const revisionOf = revisionReader(sources);
  return {
    instance: instance.name,
    name: metadata.name,
    namespace: metadata.namespace,
    project: spec.project,
    labels: metadata.labels ?? {},
    destination: {
      server: spec.destination.server,
      name: spec.destination.name,
      namespace: spec.destination.namespace ?? '',
    },
    sources: sources.map(({ repoURL, path, targetRevision }) => ({
      repoURL: repoURL ?? '',
      path,
      targetRevision,
    })),
    automated:
      Boolean(spec.syncPolicy?.automated) &&
      spec.syncPolicy?.automated?.enabled !== false,
    sync: {
      status: status?.sync?.status || 'Unknown',
      revision: commitOf(revisionOf(status?.sync), sources),
    },
    health: {
      status: status?.health?.status || 'Unknown',
      message: status?.health?.message,
      since: status?.health?.lastTransitionTime,
    },
    ...(operation ? { operation: reduceOperation(operation, revisionOf) } : {}),
    history: (status?.history ?? []).map(entry => ({
      id: entry.id,
      revision: revisionOf(entry),
      deployedAt: entry.deployedAt,
      initiatedBy: initiator(entry.initiatedBy),
    })),
    conditions: (status?.conditions ?? []).map(
      ({ type, message, lastTransitionTime }) => ({
        type,
        message: message.split('\n')[0],
        since: lastTransitionTime,
      }),
    ),
    unhealthyResources: (status?.resources ?? []).flatMap(
      ({ kind, name, health }) =>
        health?.status && health.status !== 'Healthy'
          ? [{ kind, name, status: health.status, message: health.message }]
          : [],
    ),
    ...outOfSync(status?.resources ?? []),
    images: status?.summary?.images ?? [],
    managedBy: managerOf(metadata),
    reconciledAt: status?.reconciledAt,
    resourceVersion: metadata.resourceVersion,
    link: `${instance.pageUrl}/applications/${encodeURIComponent(
      metadata.namespace,
    )}/${encodeURIComponent(metadata.name)}`,
  };
}

/** More than a person reads; a first sync of a large application has hundreds. */
const MAX_OUT_OF_SYNC = 10;

/** One cause refuses many; the first say enough. */
const MAX_REFUSED = 3;

type Resources = NonNullable<NonNullable<Application['status']>['resources']>;

function outOfSync(
  resources: Resources,
): Pick<ApplicationFact, 'outOfSyncResources' | 'outOfSyncCount'> {
  const others = resources.filter(({ status }) => status === 'OutOfSync');
  return others.length === 0
    ? {}
    : {
        outOfSyncCount: others.length,
        outOfSyncResources: others
          .slice(0, MAX_OUT_OF_SYNC)
          .map(({ kind, name, health, requiresPruning }) => ({
            kind,
            name,
            ...(health?.status ? { health: health.status } : {}),
            ...(requiresPruning ? { requiresPruning } : {}),
          })),
      };
}

/** How Argo CD notes which application deployed an object: `name:group/kind:namespace/name`. */
const TRACKING_ANNOTATION = 'argocd.argoproj.io/tracking-id';

/** What made an application: an ApplicationSet owns it, an app of apps tracks it as it does every object. */
function managerOf({
  annotations,
  ownerReferences,
}: Application['metadata']): ApplicationFact['managedBy'] {
  const set = ownerReferences?.find(({ kind }) => kind === 'ApplicationSet');
  if (set) {
    return { kind: 'ApplicationSet', name: set.name };
  }
  const [parent, ...rest] =
    annotations?.[TRACKING_ANNOTATION]?.split(':') ?? [];
  return parent && rest[0]?.startsWith('argoproj.io/Application')
    ? // In any namespace, its own stands before its name.
      { kind: 'Application', name: parent.replace(/^.*_/, '') }
    : undefined;
}

interface Revisions {
  readonly revision?: string;
  readonly revisions?: readonly string[] | null;
}

/**
 * Revisions of several sources stand in their order. The one that counts is of the source with manifests in git: a chart's is
 * a version, and a source without a path only lends its values.
 */
function revisionReader(sources: readonly z.infer<typeof source>[]) {
  const index = Math.max(
    0,
    sources.findIndex(({ path, chart }) => path && !chart),
  );
  return (value: Revisions | null | undefined): string | undefined =>
    value?.revision || value?.revisions?.[index] || undefined;
}

/** While the repository cannot be read, the name of the branch stands where the commit should. */
function commitOf(
  revision: string | undefined,
  sources: readonly z.infer<typeof source>[],
): string | undefined {
  return sources.some(
    ({ targetRevision, chart }) => !chart && targetRevision === revision,
  ) && !/^[0-9a-f]{40}$/.test(revision ?? '')
    ? undefined
    : revision;
}

function reduceOperation(
  operation: z.infer<typeof operationState>,
  revisionOf: (value: Revisions | null | undefined) => string | undefined,
): NonNullable<ApplicationFact['operation']> {
  const refused = (operation.syncResult?.resources ?? [])
    .filter(({ status }) => status === 'SyncFailed')
    .slice(0, MAX_REFUSED)
    .map(({ kind, name, message }) => ({ kind, name, message: message ?? '' }));
  return {
    ...(refused.length > 0 ? { refused } : {}),
    phase: operation.phase,
    message: operation.message,
    startedAt: operation.startedAt,
    finishedAt: operation.finishedAt,
    revision: revisionOf(operation.syncResult),
    initiatedBy: initiator(operation.operation?.initiatedBy),
  };
}

function initiator(
  value: { username?: string; automated?: boolean } | null | undefined,
): string | undefined {
  return value?.username || (value?.automated ? 'automated sync' : undefined);
}
