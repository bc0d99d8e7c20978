import { Matrix, Observation, SourceState } from '@envmatrix/engine';
import { FIXTURE_NOW, quietMatrix } from './matrix';

const NEED = { authProvider: 'oidc', tokenProvider: 'okta' } as const;

const REASON =
  'Cluster prod is read with your own token (oidc of okta), and the portal keeps nothing of it';

/** A matrix whose production runs in a cluster that lets in nobody but people: as everybody sees it. */
export function storedMatrix(now: string = FIXTURE_NOW): Matrix {
  return withProd(
    { status: 'not-configured', reason: REASON, needsUserToken: NEED },
    now,
  );
}

/** As somebody sees it whose token the cluster accepts. */
export function ownMatrix(version: string, now: string = FIXTURE_NOW): Matrix {
  const matrix = withProd(
    { status: 'observed', needsUserToken: NEED, lastObservedAt: now },
    now,
  );
  return {
    ...matrix,
    environments: matrix.environments.map(environment =>
      environment.name === 'prod'
        ? { ...environment, summary: { ...environment.summary, version } }
        : environment,
    ),
  };
}

/** As somebody sees it whose token does not help. */
export function refusedMatrix(
  state: Pick<SourceState, 'status' | 'reason'> & { isRefused?: boolean },
  now: string = FIXTURE_NOW,
): Matrix {
  const { isRefused, ...rest } = state;
  return withProd(
    { ...rest, needsUserToken: { ...NEED, ...(isRefused ? { isRefused } : {}) } },
    now,
  );
}

function withProd(
  state: Omit<SourceState, 'kind' | 'name'>,
  now: string,
): Matrix {
  const matrix = quietMatrix(now);
  const { status, reason } = state;
  const observation: Observation =
    status === 'observed' ? { status } : { status, reason };
  return {
    ...matrix,
    environments: matrix.environments.map(environment =>
      environment.name === 'prod' && status !== 'observed'
        ? {
            ...environment,
            summary: {
              violations: 0,
              unclassified: 0,
              sync: 'Synced',
              health: 'Healthy',
              observation,
              observations: {
                version: observation,
                sync: { status: 'observed' },
                health: { status: 'observed' },
                ready: observation,
              },
            },
          }
        : environment,
    ),
    sources: matrix.sources.map(source =>
      source.kind === 'kubernetes' && source.name === 'prod'
        ? { kind: 'kubernetes', name: 'prod', ...state }
        : source,
    ),
  };
}
