import { EnvironmentState } from './environmentState';
import { Known, map } from './known';
import { LiveWorkload } from './liveWorkload';
import { lookedAt } from './lookedAt';
import { isSecondHand, lastKnown } from './secondHand';

/** Conditions with which Argo CD says that its verdict is no verdict. */
const BLIND_CONDITIONS = new Set([
  'ComparisonError',
  'InvalidSpecError',
  'UnknownError',
]);

/**
 * Argo CD's word on sync. `Unknown` is what it says of a repository or a cluster that it cannot read, and is not a state of the environment.
 */
export function syncOf(state: EnvironmentState): Known<string> {
  const { application } = state;
  const fact = application.value;
  const blind = fact?.conditions.find(condition =>
    BLIND_CONDITIONS.has(condition.type),
  );
  if (
    application.observation.status === 'observed' &&
    fact &&
    (fact.sync.status === 'Unknown' || blind)
  ) {
    return {
      observation: {
        status: 'unknown',
        reason: blind
          ? `${blind.type}: ${blind.message}`
          : 'Argo CD cannot compare git with the cluster',
        since: blind?.since,
      },
      provenance: application.provenance,
    };
  }
  return withSecondHand(
    state,
    map(application, ({ sync }) => sync.status),
  );
}

/**
 * Health: Argo CD's word, corrected by what the rollout itself shows. A sync ends before the rollout it started has begun, with the health of the old
 * pods, and a cluster that cannot be reached keeps the last health it had.
 */
export function healthOf(state: EnvironmentState): Known<string> {
  const { application, workload } = state;
  const sync = syncOf(state);
  if (sync.observation.status === 'unknown') {
    return sync;
  }
  const rollout = map(workload, rolloutHealth);
  if (application.value === undefined) {
    return application.observation.status === 'not-configured' ||
      application.observation.status === 'absent'
      ? rollout
      : { observation: application.observation };
  }
  const said = withSecondHand(
    state,
    map(application, ({ health }) => health.status),
  );
  if (
    said.value === 'Healthy' &&
    workload.observation.status === 'observed' &&
    rollout.value !== undefined &&
    rollout.value !== 'Healthy'
  ) {
    return rollout;
  }
  if (
    (said.value === 'Progressing' || said.value === 'Suspended') &&
    workload.observation.status === 'observed' &&
    workload.value?.trouble
  ) {
    return { ...said, value: 'Degraded' };
  }
  return said;
}

/** In Argo CD's words, which calls a Rollout that is paused suspended. */
function rolloutHealth({ rolledOut, trouble, update }: LiveWorkload): string {
  if (rolledOut) {
    return 'Healthy';
  }
  if (trouble) {
    return 'Degraded';
  }
  return update?.phase === 'Paused' ? 'Suspended' : 'Progressing';
}

/** What Argo CD says of a cluster that the portal itself, or Argo CD, cannot reach is last known; of one that only Argo CD looks at it is as old as its last look. */
function withSecondHand(
  { input, application }: EnvironmentState,
  said: Known<string>,
): Known<string> {
  if (said.observation.status !== 'observed') {
    return said;
  }
  const source = input.targets[0]?.source;
  if (source?.status === 'unreachable' || source?.status === 'timeout') {
    return lastKnown(
      said,
      source.reason ?? `cluster ${source.name} cannot be reached`,
      source.since,
    );
  }
  const cluster = input.argocdCluster?.value;
  if (cluster?.connectionState.status === 'Failed') {
    const { message } = cluster.connectionState;
    return lastKnown(
      said,
      `it cannot reach cluster ${cluster.name}${message ? `: ${message}` : ''}`,
    );
  }
  const { provenance } = said;
  return isSecondHand(source) && provenance?.observedAt
    ? {
        ...said,
        provenance: {
          ...provenance,
          observedAt: lookedAt(
            application.value?.reconciledAt,
            provenance.observedAt,
          ),
        },
      }
    : said;
}
