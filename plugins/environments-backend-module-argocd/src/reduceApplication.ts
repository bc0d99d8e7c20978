import { ApplicationFact } from '@envmatrix/engine';
import { z } from 'zod';
import { ArgoCdInstance } from './readInstances';

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
    .looseObject({ revision: text, revisions: z.array(z.string()).nullish() })
    .nullish(),
});

/** An Application, as list, get and stream give it. What a field mask leaves out is absent. */
export const applicationSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: text,
    labels: z.record(z.string(), z.string()).nullish(),
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
            health: z.looseObject({ status: text, message: text }).nullish(),
          }),
        )
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
  return {
    instance: instance.name,
    name: metadata.name,
    namespace: metadata.namespace,
    project: spec.project,
    labels: metadata.labels ?? {},
    destination: {
      ...spec.destination,
      namespace: spec.destination.namespace ?? '',
    },
    sources: (spec.sources ?? (spec.source ? [spec.source] : [])).map(
      ({ repoURL, path, targetRevision }) => ({
        repoURL: repoURL ?? '',
        path,
        targetRevision,
      }),
    ),
    automated:
      Boolean(spec.syncPolicy?.automated) &&
      spec.syncPolicy?.automated?.enabled !== false,
    sync: {
      status: status?.sync?.status || 'Unknown',
      revision: status?.sync?.revision ?? status?.sync?.revisions?.[0],
    },
    health: {
      status: status?.health?.status || 'Unknown',
      message: status?.health?.message,
      since: status?.health?.lastTransitionTime,
    },
    ...(operation
      ? {
          operation: {
            phase: operation.phase,
            message: operation.message,
            startedAt: operation.startedAt,
            finishedAt: operation.finishedAt,
            revision:
              operation.syncResult?.revision ??
              operation.syncResult?.revisions?.[0],
            initiatedBy: initiator(operation.operation?.initiatedBy),
          },
        }
      : {}),
    history: (status?.history ?? []).map(entry => ({
      id: entry.id,
      revision: entry.revision ?? entry.revisions?.[0],
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
    reconciledAt: status?.reconciledAt,
    resourceVersion: metadata.resourceVersion,
    link: `${instance.pageUrl}/applications/${encodeURIComponent(
      metadata.namespace,
    )}/${encodeURIComponent(metadata.name)}`,
  };
}

function initiator(
  value: { username?: string; automated?: boolean } | null | undefined,
): string | undefined {
  return value?.username ?? (value?.automated ? 'automated sync' : undefined);
}
