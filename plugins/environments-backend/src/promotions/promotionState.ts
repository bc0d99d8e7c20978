import { Promotion, PromotionPlan, PromotionState } from '@envmatrix/engine';

/** How an environment gets what git says: Argo CD brings it by itself, or a person starts a sync. */
export type DeliveryMode = 'automatic' | 'manual';

/** Whether a promotion is under way: no other one may begin in its environment. */
export function isActive(state: PromotionState): boolean {
  switch (state) {
    case 'waiting':
    case 'proposed':
    case 'merged':
    case 'syncing':
    case 'rolling-out':
      return true;
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'superseded':
      return false;
    default:
      throw new Error(`Unknown state ${state satisfies never}`);
  }
}

/** What a promotion is, as far as its way from state to state depends on it. */
export type PromotionProgress = Pick<Promotion, 'state' | 'plan'> & {
  /** Git was seen to declare the release: from then on, another one there has overtaken it. */
  readonly landed?: boolean;
  /** Version that git declared before. */
  readonly declaredBefore?: string;
  /** When the last operation of Argo CD began before this promotion reached git or started a sync; another one is its own. */
  readonly operationBefore?: string;
  /** Commit on the default branch that holds the change. */
  readonly mergedSha?: string;
  readonly steps?: Promotion['steps'];
  /** Argo CD was seen to have the pin that this promotion moved. */
  readonly takenUp?: boolean;
};

/**
 * Whether Argo CD has to take up a commit that the promotion pins, before a sync would bring what was shown. Where Argo CD syncs by itself it
 * does so when it has.
 */
export function waitsForPin(
  { state, plan, takenUp }: PromotionProgress,
  delivery: DeliveryMode,
): boolean {
  return (
    state === 'merged' &&
    delivery === 'manual' &&
    movesPin(plan) &&
    takenUp !== true
  );
}

/** A promotion changes a file of Argo CD only to pin a commit. */
function movesPin({ files }: PromotionPlan): boolean {
  return files.some(({ path }) => path.startsWith('argocd/'));
}

/** What a person can do in each state. Cancelling ends the following; what is in git stays there. */
export function actionsOf(
  promotion: PromotionProgress,
  delivery: DeliveryMode,
): Promotion['actions'] {
  const isInGit =
    promotion.mergedSha !== undefined || promotion.plan.way === 'sync';
  switch (promotion.state) {
    case 'proposed':
      return ['merge', 'cancel'];
    case 'merged':
      return delivery === 'manual' && !waitsForPin(promotion, delivery)
        ? ['sync', 'cancel']
        : ['cancel'];
    case 'waiting':
      return ['approve', 'cancel'];
    case 'syncing':
    case 'rolling-out':
      return ['cancel'];
    case 'failed':
      return delivery === 'manual' && isInGit ? ['sync'] : [];
    case 'succeeded':
    case 'cancelled':
    case 'superseded':
      return [];
    default:
      throw new Error(`Unknown state ${promotion.state satisfies never}`);
  }
}

/**
 * What is observed of the environment that gets the release; what is not known now is not there.
 */
export interface PromotionObservation {
  /** Version that git declares for it. */
  readonly declared?: string;
  /** Version that its ready pods run. */
  readonly running?: string;
  /** Version that its workload asks for. */
  readonly wanted?: string;
  /** Healthy, and every pod of the newest generation; an Argo Rollout has made it the stable one. */
  readonly healthyAndRolledOut: boolean;
  /** Why a pod of the wanted version cannot start. */
  readonly trouble?: string;
  /** Where an Argo Rollout waits: `Paused at step 2/6, 20 % of traffic, ...`. */
  readonly paused?: string;
  /** Argo CD's word. */
  readonly sync?: string;
  /** Branches or commits that Argo CD is told to apply. */
  readonly targets?: readonly string[];
  readonly operation?: {
    readonly phase: string;
    readonly message?: string;
    readonly startedAt?: string;
  };
}

/** A state that an observation leads to. */
export interface PromotionStep {
  readonly state: PromotionState;
  readonly what: string;
  readonly problem?: string;
  readonly remedy?: string;
}

/** What an observation does to a promotion. */
export interface PromotionMove {
  readonly landed: boolean;
  readonly takenUp?: boolean;
  readonly step?: PromotionStep;
}

/**
 * Moves a promotion on by what is observed; undefined when nothing changes.
 *
 * A sync that says that it succeeded proves nothing: the release has arrived when its pods run, all of them, healthy. A failed
 * promotion still succeeds when that comes to be (an image was pushed late, a quota raised).
 */
export function nextStep(
  promotion: PromotionProgress,
  delivery: DeliveryMode,
  seen: PromotionObservation,
): PromotionMove | undefined {
  const { state, plan } = promotion;
  if (!isActive(state) && state !== 'failed') {
    return undefined;
  }
  const landed = promotion.landed === true || seen.declared === plan.release.to;
  const step = stepOf(promotion, delivery, seen);
  if (
    !step &&
    waitsForPin(promotion, delivery) &&
    seen.targets?.includes(plan.revision)
  ) {
    const what = `Argo CD has ${plan.to} pinned to ${plan.revision.slice(
      0,
      7,
    )}`;
    return { landed, takenUp: true, step: { state, what } };
  }
  return step || landed !== (promotion.landed === true)
    ? { landed, ...(step ? { step } : {}) }
    : undefined;
}

function stepOf(
  promotion: PromotionProgress,
  delivery: DeliveryMode,
  seen: PromotionObservation,
): PromotionStep | undefined {
  const { state, plan } = promotion;
  const version = plan.release.to;
  if (state === 'proposed' && seen.declared !== version) {
    return undefined;
  }
  if (hasArrived(promotion, seen)) {
    return {
      state: 'succeeded',
      what: `${version} runs in ${plan.to}, healthy and fully rolled out`,
    };
  }
  if (state === 'proposed') {
    return {
      state: delivery === 'automatic' ? 'syncing' : 'merged',
      what: 'The pull request was merged',
    };
  }
  if (isActive(state) && isOvertaken(promotion, seen)) {
    return {
      state: 'superseded',
      what: `git declares ${seen.declared} for ${plan.to} by now`,
    };
  }
  if (state === 'syncing' && isOperation(promotion, seen, 'Failed', 'Error')) {
    return {
      state: 'failed',
      what: `The sync ended with ${seen.operation?.phase}`,
      problem: seen.operation?.message ?? 'Argo CD gave no reason',
      remedy: `Look at the application of ${plan.to} in Argo CD; what it says has to be put right before another sync`,
    };
  }
  if (state === 'failed' || !hasBegun(promotion, seen)) {
    return undefined;
  }
  if (seen.trouble !== undefined) {
    return {
      state: 'failed',
      what: `${version} does not come up in ${plan.to}`,
      problem: seen.trouble,
      remedy:
        plan.release.from === undefined
          ? 'Put it right, or release a version that works'
          : `The pods of ${plan.release.from} keep serving. Put it right, or promote a version that works`,
    };
  }
  if (state === 'syncing' || state === 'merged') {
    return {
      state: 'rolling-out',
      what: `${plan.to} starts pods of ${version}`,
    };
  }
  return state === 'rolling-out' ? pauseOf(promotion, seen) : undefined;
}

/** Each pause is told once. */
function pauseOf(
  { plan, steps }: PromotionProgress,
  { paused }: PromotionObservation,
): PromotionStep | undefined {
  const what = paused && `${plan.to}: ${paused}`;
  return what && steps?.at(-1)?.what !== what
    ? { state: 'rolling-out', what }
    : undefined;
}

/** The cluster has been told: its workload asks for the release. Where it did so before, an operation of this promotion must have ended. */
function hasBegun(
  promotion: PromotionProgress,
  seen: PromotionObservation,
): boolean {
  const { release } = promotion.plan;
  return (
    seen.wanted === release.to &&
    (release.from !== release.to || isOperation(promotion, seen, 'Succeeded'))
  );
}

function hasArrived(
  promotion: PromotionProgress,
  seen: PromotionObservation,
): boolean {
  const { release } = promotion.plan;
  return (
    hasBegun(promotion, seen) &&
    seen.running === release.to &&
    seen.healthyAndRolledOut &&
    (release.from !== release.to || seen.sync !== 'OutOfSync')
  );
}

function isOvertaken(
  { plan, landed, declaredBefore }: PromotionProgress,
  { declared }: PromotionObservation,
): boolean {
  return (
    declared !== undefined &&
    declared !== plan.release.to &&
    (landed === true || declared !== declaredBefore)
  );
}

/** Whether an operation of this promotion has come to one of these phases. */
function isOperation(
  { operationBefore }: PromotionProgress,
  { operation }: PromotionObservation,
  ...phases: readonly string[]
): boolean {
  return (
    operation?.startedAt !== undefined &&
    operation.startedAt !== operationBefore &&
    phases.includes(operation.phase)
  );
}
