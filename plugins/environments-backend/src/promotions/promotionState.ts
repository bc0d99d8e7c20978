import { Promotion, PromotionState } from '@envmatrix/engine';

const ACTIVE: readonly PromotionState[] = [
  'waiting',
  'proposed',
  'merged',
  'syncing',
  'rolling-out',
];

/** Whether a promotion is under way: no other one may begin in its environment. */
export function isActive(state: PromotionState): boolean {
  return ACTIVE.includes(state);
}

/** What a person can do in each state. */
export function actionsOf(
  promotion: Pick<Promotion, 'state' | 'plan'>,
  delivery: 'automatic' | 'manual',
): Promotion['actions'] {
  switch (promotion.state) {
    case 'proposed':
      return ['merge', 'cancel'];
    case 'merged':
      return delivery === 'manual' ? ['sync', 'cancel'] : ['cancel'];
    case 'waiting':
      return ['cancel'];
    case 'failed':
      return delivery === 'manual' ? ['sync'] : [];
    case 'syncing':
    case 'rolling-out':
    case 'succeeded':
    case 'cancelled':
    case 'superseded':
      return [];
    default:
      throw new Error(`Unknown state ${promotion.state satisfies never}`);
  }
}

/**
 * What is observed of the environment that gets the release.
 */
export interface PromotionObservation {
  /** Version that git declares for it. */
  readonly declared?: string;
  /** Version that its ready pods run. */
  readonly running?: string;
  /** Version that its workload asks for. */
  readonly wanted?: string;
  /** Healthy, and every pod of the newest generation. */
  readonly healthyAndRolledOut: boolean;
  /** Why a pod cannot start. */
  readonly trouble?: string;
  readonly operation?: {
    readonly phase: string;
    readonly message?: string;
    readonly startedAt?: string;
  };
}

/** The step that an observation makes; undefined when nothing changed. */
export interface PromotionStep {
  readonly state: PromotionState;
  readonly what: string;
  readonly problem?: string;
  readonly remedy?: string;
}

/**
 * Moves a promotion on by what is observed. A sync that says that it succeeded proves nothing: the release has arrived when its pods run, all of them,
 * healthy. A failed promotion still succeeds when that comes to be (an image was pushed late, a quota raised).
 */
export function nextStep(
  promotion: Pick<Promotion, 'state' | 'plan'> & { readonly syncedAt?: string },
  delivery: 'automatic' | 'manual',
  seen: PromotionObservation,
): PromotionStep | undefined {
  const { state, plan } = promotion;
  const version = plan.release.to;
  const isOpen = isActive(state) || state === 'failed';
  if (!isOpen) {
    return undefined;
  }
  if (
    seen.running === version &&
    seen.wanted === version &&
    seen.healthyAndRolledOut &&
    (state !== 'proposed' || seen.declared === version)
  ) {
    return {
      state: 'succeeded',
      what: `${version} runs in ${plan.to}, healthy and fully rolled out`,
    };
  }
  if (state === 'proposed') {
    return seen.declared === version
      ? {
          state: delivery === 'automatic' ? 'syncing' : 'merged',
          what: 'The pull request was merged',
        }
      : undefined;
  }
  if (
    seen.declared !== undefined &&
    seen.declared !== version &&
    seen.declared !== plan.release.from
  ) {
    return {
      state: 'superseded',
      what: `git declares ${seen.declared} for ${plan.to} by now`,
    };
  }
  const operation = seen.operation;
  const isOurs =
    operation?.startedAt !== undefined &&
    promotion.syncedAt !== undefined &&
    Date.parse(operation.startedAt) >= Date.parse(promotion.syncedAt) - 2_000;
  if (
    state === 'syncing' &&
    isOurs &&
    (operation.phase === 'Failed' || operation.phase === 'Error')
  ) {
    return {
      state: 'failed',
      what: `The sync ended with ${operation.phase}`,
      problem: operation.message ?? 'Argo CD gave no reason',
      remedy: `Look at the application of ${plan.to} in Argo CD; what it says has to be put right before another sync`,
    };
  }
  if (seen.wanted !== version) {
    return undefined;
  }
  if (seen.trouble !== undefined && state !== 'failed') {
    return {
      state: 'failed',
      what: `${version} does not come up in ${plan.to}`,
      problem: seen.trouble,
      remedy:
        plan.release.from === undefined
          ? `Put it right, or release a version that works`
          : `The pods of ${plan.release.from} keep serving. Put it right, or promote ${plan.release.from} again`,
    };
  }
  if (state === 'syncing' || state === 'merged') {
    return {
      state: 'rolling-out',
      what: `${plan.to} starts pods of ${version}`,
    };
  }
  return undefined;
}
