import { KubernetesObject } from '../observations';
import { Rollout } from './kubernetesTypes';

/** The generation of the workload that lends the template, as the controller notes it on the Rollout. */
const LENDER_GENERATION = 'rollout.argoproj.io/workload-generation';

export type RolloutPhase = 'Healthy' | 'Progressing' | 'Paused' | 'Degraded';

/** What the controller of an Argo Rollout says of it. */
export interface Phase {
  readonly phase: RolloutPhase;
  readonly message?: string;
  /** It speaks of what the Rollout asks for now. */
  readonly isObserved: boolean;
}

const PHASES: readonly RolloutPhase[] = [
  'Healthy',
  'Progressing',
  'Paused',
  'Degraded',
];

/** The controller's word, where it is about the newest generation; worked out from the rest where the controller is older than 1.0. */
export function rolloutPhase(
  rollout: Rollout,
  lender?: KubernetesObject,
): Phase {
  const { status } = rollout;
  if (!status) {
    return unseen('The controller of Argo Rollouts has not looked at it yet');
  }
  if (
    !isGenerationObserved(
      rollout.metadata.generation,
      status.observedGeneration,
    )
  ) {
    return unseen('The controller has not seen the change yet');
  }
  if (!isLenderObserved(rollout, lender)) {
    return unseen(
      `The controller has not seen the change of ${
        lender ? `${lender.kind} ${lender.metadata.name}` : 'its template'
      } yet`,
    );
  }
  return { ...observedPhase(rollout), isObserved: true };
}

function unseen(message: string): Phase {
  return { phase: 'Progressing', message, isObserved: false };
}

function observedPhase(rollout: Rollout): Omit<Phase, 'isObserved'> {
  const status = rollout.status ?? {};
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
function isGenerationObserved(
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

function workedOutPhase({ spec, status }: Rollout): Omit<Phase, 'isObserved'> {
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
