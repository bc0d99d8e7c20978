import { Observation } from '../observations';
import { EnvironmentState } from './environmentState';
import { Known, map } from './known';
import { LiveWorkload } from './liveWorkload';

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
    said.value === 'Progressing' &&
    workload.observation.status === 'observed' &&
    workload.value?.trouble
  ) {
    return { ...said, value: 'Degraded' };
  }
  return said;
}

function rolloutHealth({ rolledOut, trouble }: LiveWorkload): string {
  if (rolledOut) {
    return 'Healthy';
  }
  return trouble ? 'Degraded' : 'Progressing';
}

/** What Argo CD says of a cluster that the portal itself cannot reach is last known. */
function withSecondHand(
  state: EnvironmentState,
  said: Known<string>,
): Known<string> {
  const source = state.input.targets[0]?.source;
  const blind =
    source && (source.status === 'unreachable' || source.status === 'timeout');
  if (!blind || said.observation.status !== 'observed') {
    return said;
  }
  const observation: Observation = {
    status: 'stale',
    reason: `Argo CD's word, last known: ${
      source.reason ?? `cluster ${source.name} cannot be reached`
    }`,
    since: source.since,
  };
  return { ...said, observation };
}
