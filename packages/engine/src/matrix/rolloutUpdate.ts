import { KubernetesObject } from '../observations';
import { rolloutSchema } from './kubernetesTypes';
import { RolloutPhase, rolloutPhase } from './rolloutPhase';
import { rolloutStanding } from './rolloutStanding';

/** Label of ReplicaSets and pods of an Argo Rollout: which of its templates they are of. */
const HASH_LABEL = 'rollouts-pod-template-hash';

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
  /** Hash of the newest template; absent while the controller has not seen that one. */
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
  const said = rolloutPhase(rollout, lender);
  const { phase, isObserved } = said;
  // What was aborted before the newest change is over.
  const isAborted = isObserved && status?.abort === true;
  const isPromoted =
    isObserved &&
    current !== undefined &&
    status?.stableRS === current &&
    (status.canary?.weights?.canary?.weight ?? 0) === 0;
  const standing = rolloutStanding(rollout, said);
  // Before the first release is through, there is no stable one.
  const stable = status?.stableRS || current;
  return {
    strategy,
    phase,
    isPromoted,
    isAborted,
    hashOf: pod => pod.metadata.labels?.[HASH_LABEL],
    ...(current === undefined || !isObserved ? {} : { current }),
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
