import { Rollout } from './kubernetesTypes';
import { Phase } from './rolloutPhase';
import { sentence, sinceMinute } from './sentence';

/**
 * Where the update of an Argo Rollout stands, in the words of its controller: `Paused at step 2/6, 20 % of traffic, CanaryPauseStep
 * since 2026-11-23 11:40 UTC`; undefined where it is done.
 */
export function rolloutStanding(
  rollout: Rollout,
  { phase, message }: Phase,
): string | undefined {
  switch (phase) {
    case 'Healthy':
      return (rollout.status?.canary?.weights?.canary?.weight ?? 0) > 0
        ? 'Traffic still goes to another template'
        : undefined;
    case 'Degraded':
      return degradedText(rollout, message);
    case 'Paused':
      return [
        ['Paused', placeOf(rollout)].filter(Boolean).join(' '),
        weightOf(rollout),
        pauseText(rollout),
      ]
        .filter(Boolean)
        .join(', ');
    case 'Progressing': {
      const place = placeOf(rollout);
      const where = [place, place && weightOf(rollout)]
        .filter(Boolean)
        .join(', ');
      return (
        [capitalised(where.replace(/^at /, '')), message]
          .filter(Boolean)
          .join(': ') || 'Progressing'
      );
    }
    default:
      throw new Error(`Unknown phase ${phase satisfies never}`);
  }
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function degradedText({ status }: Rollout, message: string | undefined) {
  if (message) {
    const failed = status?.conditions?.find(
      ({ type, status: holds }) => type === 'Progressing' && holds === 'False',
    );
    const since = sinceMinute(
      status?.abort ? status.abortedAt : failed?.lastTransitionTime,
    );
    return [message, since].filter(Boolean).join(' · ');
  }
  return status?.abort
    ? sentence('RolloutAborted', ['the update was aborted'], status.abortedAt)
    : 'Degraded, and the controller does not say why';
}

/** `at step 2/6`; undefined where there are no steps, or none is left. */
function placeOf({ spec, status }: Rollout): string | undefined {
  if (spec.strategy?.blueGreen) {
    return status && status.blueGreen?.activeSelector !== status.currentPodHash
      ? 'before the preview becomes active'
      : undefined;
  }
  const steps = spec.strategy?.canary?.steps ?? [];
  const index = status?.currentStepIndex;
  return index === undefined || index >= steps.length
    ? undefined
    : `at step ${index + 1}/${steps.length}`;
}

/** Of the canary. Without a router of traffic, its share of the pods is its share of the requests. */
function weightOf({ spec, status }: Rollout): string | undefined {
  const canary = spec.strategy?.canary;
  if (
    !canary ||
    !status?.stableRS ||
    status.stableRS === status.currentPodHash
  ) {
    return undefined;
  }
  if (canary.trafficRouting) {
    const weight = status.canary?.weights?.canary?.weight;
    const whole = canary.trafficRouting.maxTrafficWeight ?? 100;
    return weight === undefined
      ? undefined
      : `${Math.round((100 * weight) / whole)} % of traffic`;
  }
  const weight = (canary.steps ?? [])
    .slice(0, (status.currentStepIndex ?? 0) + 1)
    .map(({ setWeight }) => setWeight)
    .filter(value => value !== undefined)
    .at(-1);
  return weight === undefined
    ? undefined
    : `${weight} % of traffic by the number of pods`;
}

/** `CanaryPauseStep since 2026-11-23 11:40 UTC, for 10m` */
function pauseText({ spec, status }: Rollout): string {
  const [pause] = status?.pauseConditions ?? [];
  if (!pause) {
    return spec.paused ? 'spec.paused' : 'by the controller';
  }
  const step = spec.strategy?.canary?.steps?.[status?.currentStepIndex ?? 0];
  const duration =
    pause.reason === 'CanaryPauseStep' ? step?.pause?.duration : undefined;
  const words = [pause.reason ?? 'paused', sinceMinute(pause.startTime)]
    .filter(Boolean)
    .join(' ');
  return duration === undefined
    ? words
    : `${words}, for ${
        /^\d+$/.test(String(duration)) ? `${duration}s` : duration
      }`;
}
