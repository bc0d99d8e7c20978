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
  return environmentState(environment, options).release.value?.version;
}

/**
 * The release that has arrived in an environment: observed now, on every pod. Undefined while a rollout is on its way.
 *
 * @public
 */
export function settledRelease(
  environment: EnvironmentInput,
  options: { service: string; selector: string },
): { version: string; digest?: string } | undefined {
  const { workload, release, application } = environmentState(
    environment,
    options,
  );
  const { observation, value } = workload;
  if (observation.status === 'not-configured') {
    const { version } = release.value ?? {};
    return release.observation.status === 'observed' &&
      version !== undefined &&
      application.value?.health.status === 'Healthy'
      ? { version }
      : undefined;
  }
  return observation.status === 'observed' &&
    value?.rolledOut &&
    value.version !== undefined
    ? {
        version: value.version,
        ...(value.digests.length === 1 ? { digest: value.digests[0] } : {}),
      }
    : undefined;
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
  const application =
    state.application.observation.status === 'observed'
      ? state.application.value
      : undefined;
  const operation = application?.operation;
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
    ...(live?.trouble?.ofWanted ? { trouble: live.trouble.text } : {}),
    ...(live?.update?.phase === 'Paused' && live.update.standing !== undefined
      ? { paused: live.update.standing }
      : {}),
    ...(application === undefined ? {} : { sync: application.sync.status }),
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
