import { KubernetesObject } from '../observations';
import { Rollout, rolloutSchema } from './kubernetesTypes';
import { sentence, sinceMinute } from './sentence';

/** Label of ReplicaSets and pods of an Argo Rollout: which of its templates they are of. */
const HASH_LABEL = 'rollouts-pod-template-hash';

/** The generation of the workload that lends the template, as the controller notes it on the Rollout. */
const LENDER_GENERATION = 'rollout.argoproj.io/workload-generation';

export type RolloutPhase = 'Healthy' | 'Progressing' | 'Paused' | 'Degraded';

/**
 * How an Argo Rollout goes from one template to the next.
 */
export interface RolloutUpdate {
  readonly strategy: 'canary' | 'blueGreen';
  readonly phase: RolloutPhase;
  /** Where it stands, and since when: `Paused at step 2/6, 20 % of traffic, CanaryPauseStep since 2026-11-23 11:40 UTC`. Absent where it is done. */
  readonly standing?: string;
  /** The newest template is the stable one, and no traffic goes to another. */
  readonly isPromoted: boolean;
  readonly isAborted: boolean;
  /** Hash of the newest template. */
  readonly current?: string;
  /** Hash of the template that requests are answered with: the stable one, or the active one of blue and green. */
  readonly serving?: string;
  /** The hash that a pod carries. */
  readonly hashOf: (pod: KubernetesObject) => string | undefined;
}

/**
 * Reads the update of a Rollout; undefined for what is no Rollout.
 *
 * @param lender - the workload that lends its template, where the Rollout has a `workloadRef`.
 */
export function rolloutUpdate(
  object: KubernetesObject,
  lender?: KubernetesObject,
): RolloutUpdate | undefined {
  const rollout =
    object.kind === 'Rollout'
      ? rolloutSchema.safeParse(object).data
      : undefined;
  if (!rollout) {
    return undefined;
  }
  const { status } = rollout;
  const strategy = rollout.spec.strategy?.blueGreen ? 'blueGreen' : 'canary';
  const current = status?.currentPodHash;
  const { phase, message } = phaseOf(rollout, lender);
  const isAborted = status?.abort === true;
  const isPromoted =
    current !== undefined &&
    status?.stableRS === current &&
    (status.canary?.weights?.canary?.weight ?? 0) === 0;
  const standing = standingOf(rollout, phase, message);
  // Before the first release is through, there is no stable one.
  const stable = status?.stableRS || current;
  return {
    strategy,
    phase,
    isPromoted,
    isAborted,
    hashOf: pod => pod.metadata.labels?.[HASH_LABEL],
    ...(current === undefined ? {} : { current }),
    ...withServing(
      strategy === 'blueGreen'
        ? status?.blueGreen?.activeSelector || stable
        : stable,
    ),
    ...(standing === undefined ? {} : { standing }),
  };
}

function withServing(serving: string | undefined) {
  return serving === undefined ? {} : { serving };
}

interface Phase {
  readonly phase: RolloutPhase;
  readonly message?: string;
}

const PHASES: readonly RolloutPhase[] = [
  'Healthy',
  'Progressing',
  'Paused',
  'Degraded',
];

/** The controller's word, where it is about the newest generation; worked out from the rest where the controller is older than 1.0. */
function phaseOf(rollout: Rollout, lender?: KubernetesObject): Phase {
  const { status } = rollout;
  if (!status) {
    return {
      phase: 'Progressing',
      message: 'The controller of Argo Rollouts has not looked at it yet',
    };
  }
  if (!isObserved(rollout.metadata.generation, status.observedGeneration)) {
    return {
      phase: 'Progressing',
      message: 'The controller has not seen the change yet',
    };
  }
  if (!isLenderObserved(rollout, lender)) {
    return {
      phase: 'Progressing',
      message: `The controller has not seen the change of ${
        lender ? `${lender.kind} ${lender.metadata.name}` : 'its template'
      } yet`,
    };
  }
  const { message } = status;
  const said = PHASES.find(phase => phase === status.phase);
  if (status.abort) {
    return { phase: 'Degraded', ...(said === 'Degraded' ? { message } : {}) };
  }
  if (
    status.controllerPause === true &&
    (status.pauseConditions ?? []).length === 0
  ) {
    return { phase: 'Progressing', message: 'It goes on after a pause' };
  }
  return said ? { phase: said, message } : workedOutPhase(rollout);
}

/** Controllers before 0.10 wrote a hash there, which tells nothing of the generation; a number that is too high is one of those. */
function isObserved(
  generation: number | undefined,
  observed: string | undefined,
): boolean {
  return (
    observed !== undefined &&
    (!/^\d+$/.test(observed) || Number(observed) >= (generation ?? 0))
  );
}

function isLenderObserved(
  { metadata, status }: Rollout,
  lender?: KubernetesObject,
): boolean {
  const observed = status?.workloadObservedGeneration;
  const noted = metadata.annotations?.[LENDER_GENERATION];
  return (
    observed === undefined ||
    !/^\d+$/.test(observed) ||
    ((noted === undefined || noted === observed) &&
      Number(observed) >= (lender?.metadata.generation ?? 0))
  );
}

function workedOutPhase({ spec, status }: Rollout): Phase {
  const failed = status?.conditions?.find(
    ({ type, status: holds, reason }) =>
      (type === 'InvalidSpec' && holds === 'True') ||
      reason === 'RolloutAborted' ||
      reason === 'ProgressDeadlineExceeded',
  );
  if (failed) {
    return {
      phase: 'Degraded',
      message: `${failed.reason ?? failed.type}: ${failed.message ?? ''}`,
    };
  }
  if (spec.paused || (status?.pauseConditions ?? []).length > 0) {
    return { phase: 'Paused' };
  }
  const desired = spec.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  if (updated < desired || (status?.availableReplicas ?? 0) < updated) {
    return { phase: 'Progressing', message: 'new pods are on their way' };
  }
  const isBlueGreen = spec.strategy?.blueGreen !== undefined;
  const leavesNothing =
    isBlueGreen ||
    spec.strategy?.canary?.trafficRouting !== undefined ||
    (status?.replicas ?? 0) <= updated;
  if (!leavesNothing) {
    return { phase: 'Progressing', message: 'old pods are on their way out' };
  }
  const isActive =
    !isBlueGreen ||
    status?.blueGreen?.activeSelector === status?.currentPodHash;
  return isActive && status?.stableRS === status?.currentPodHash
    ? { phase: 'Healthy' }
    : { phase: 'Progressing', message: 'steps are still to come' };
}

function standingOf(
  rollout: Rollout,
  phase: RolloutPhase,
  message: string | undefined,
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
