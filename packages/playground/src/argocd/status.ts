import { sameContent } from '../cluster/values';
import { resourceStatusOf, type ManagedResource } from './compare';
import { worstHealth } from './health';
import {
  ARGOCD_NAMESPACE,
  REFRESH_ANNOTATION,
  type Application,
  type ApplicationCondition,
  type ApplicationSource,
  type ApplicationStatus,
  type HealthStatus,
  type HealthStatusCode,
} from './resources';

export interface Comparison {
  readonly revision: string;
  readonly resources: readonly ManagedResource[];
  readonly images: readonly string[];
  /** Why the targets could not be loaded. */
  readonly problem?: string;
  /** What automated sync has to say. */
  readonly syncError?: string;
}

type Problem = Pick<ApplicationCondition, 'type' | 'message'>;

function conditionsOf(
  known: readonly ApplicationCondition[] | undefined,
  problems: readonly Problem[],
  time: string,
): ApplicationCondition[] | undefined {
  return problems.length === 0
    ? undefined
    : problems.map(
        problem =>
          known?.find(
            ({ type, message }) =>
              type === problem.type && message === problem.message,
          ) ?? { ...problem, lastTransitionTime: time },
      );
}

function healthAs(
  known: HealthStatus,
  status: HealthStatusCode,
  time: string,
): HealthStatus {
  return known.status === status ? known : { status, lastTransitionTime: time };
}

const typeOf = ({ directory }: ApplicationSource) =>
  directory === undefined ? 'Kustomize' : 'Directory';

/** The application with what a comparison found. */
export function withComparison(
  application: Application,
  comparison: Comparison,
  time: string,
): Application {
  const { spec, status } = application;
  const { repoURL, path, targetRevision } = spec.source;
  const { resources, problem, syncError } = comparison;
  const outOfSync = resources.some(resource => resource.status !== 'Synced');
  // What an operation brings about is told when it has ended.
  const pending = application.operation && status.sync.status === 'OutOfSync';
  const synced = outOfSync || pending ? 'OutOfSync' : 'Synced';
  const health = worstHealth(
    resources.map(resource => ({
      live: resource.live !== undefined,
      health: resource.health,
    })),
  );
  const problems: Problem[] = [];
  if (problem !== undefined) {
    problems.push({ type: 'ComparisonError', message: problem });
  }
  if (syncError !== undefined) {
    problems.push({ type: 'SyncError', message: syncError });
  }
  return reconciled(
    application,
    {
      ...status,
      resources:
        resources.length > 0 ? resources.map(resourceStatusOf) : undefined,
      sync: {
        status: problem === undefined ? synced : 'Unknown',
        comparedTo: {
          source: { repoURL, path, targetRevision },
          destination: spec.destination,
        },
        revision: comparison.revision,
      },
      health: healthAs(status.health, health, time),
      conditions: conditionsOf(status.conditions, problems, time),
      sourceType:
        problem === undefined ? typeOf(spec.source) : status.sourceType,
      summary:
        comparison.images.length > 0 ? { images: [...comparison.images] } : {},
      resourceHealthSource: 'appTree',
      controllerNamespace: ARGOCD_NAMESPACE,
    },
    time,
  );
}

/** The application of which nothing can be known. */
export function withUnknownState(
  application: Application,
  problem: Problem,
  time: string,
): Application {
  const { status } = application;
  const changed: Application = {
    ...application,
    status: {
      ...status,
      sync: { ...status.sync, status: 'Unknown' },
      health: healthAs(status.health, 'Unknown', time),
      conditions: conditionsOf(status.conditions, [problem], time),
    },
  };
  return withoutRefreshRequest(changed);
}

export function withRefreshRequest(
  application: Application,
  kind: 'normal' | 'hard',
): Application {
  const { metadata } = application;
  return {
    ...application,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [REFRESH_ANNOTATION]: kind },
    },
  };
}

export function withoutRefreshRequest(application: Application): Application {
  const { annotations, ...metadata } = application.metadata;
  const { [REFRESH_ANNOTATION]: request, ...rest } = annotations ?? {};
  return {
    ...application,
    metadata: {
      ...metadata,
      ...(Object.keys(rest).length > 0 && { annotations: rest }),
    },
  };
}

/** The time of reconciliation moves when something else does, or when someone asked: a quiet application is quiet. */
function reconciled(
  application: Application,
  status: ApplicationStatus,
  time: string,
): Application {
  const asked =
    application.metadata.annotations?.[REFRESH_ANNOTATION] !== undefined;
  const moved = asked || !sameContent(status, application.status);
  return withoutRefreshRequest({
    ...application,
    status: { ...status, ...(moved && { reconciledAt: time }) },
  });
}
