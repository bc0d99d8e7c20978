import { environmentState } from './environmentState';
import { healthOf } from './health';
import { versionOf } from './image';
import { EnvironmentInput } from './input';

/**
 * The version that the ready pods of the service run in an environment, last known if need be.
 *
 * @public
 */
export function runningVersion(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
): string | undefined {
  return environmentState(environment, options).workload.value?.version;
}

/**
 * What a promotion into this environment waits to see. Only what is observed now counts: last known is not enough to call something done.
 *
 * @public
 */
export function observePromotion(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
) {
  const state = environmentState(environment, options);
  const live =
    state.workload.observation.status === 'observed'
      ? state.workload.value
      : undefined;
  const operation =
    state.application.observation.status === 'observed'
      ? state.application.value?.operation
      : undefined;
  const health = healthOf(state);
  return {
    ...(state.desired.value?.version === undefined
      ? {}
      : { declared: state.desired.value.version }),
    ...(live?.version === undefined ? {} : { running: live.version }),
    ...(live === undefined ? {} : { wanted: versionOf(live.wanted) }),
    healthyAndRolledOut:
      live?.rolledOut === true &&
      health.observation.status === 'observed' &&
      health.value === 'Healthy',
    ...(live?.trouble === undefined ? {} : { trouble: live.trouble.text }),
    ...(operation === undefined
      ? {}
      : {
          operation: {
            phase: operation.phase,
            message: operation.message,
            startedAt: operation.startedAt,
          },
        }),
  };
}
