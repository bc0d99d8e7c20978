import { PromotionPlan, PromotionState } from '@envmatrix/engine';
import {
  actionsOf,
  DeliveryMode,
  isActive,
  nextStep,
  PromotionObservation,
  PromotionProgress,
} from './promotionState';

function progress(changes: {
  state: PromotionState;
  from?: string;
  way?: PromotionPlan['way'];
  landed?: boolean;
  declaredBefore?: string;
  operationBefore?: string;
  mergedSha?: string;
  steps?: PromotionProgress['steps'];
}): PromotionProgress {
  const { state, from = '1.0.0', way = 'commit', ...rest } = changes;
  return {
    state,
    plan: {
      id: 'p',
      from: 'dev',
      to: 'staging',
      revision: 'c0ffee',
      createdAt: '',
      expiresAt: '',
      release: { from, to: '1.1.0' },
      files: [],
      changes: [],
      restarts: [],
      findings: { starts: [], stops: [], stays: [] },
      gates: [],
      impact: { dependents: [], owners: [] },
      way,
    },
    declaredBefore: '1.0.0',
    operationBefore: '09:00',
    ...rest,
  };
}

const OLD: PromotionObservation = {
  declared: '1.0.0',
  running: '1.0.0',
  wanted: '1.0.0',
  healthyAndRolledOut: true,
  sync: 'Synced',
  operation: { phase: 'Succeeded', startedAt: '09:00' },
};
const IN_GIT: PromotionObservation = { ...OLD, declared: '1.1.0' };
const ROLLING: PromotionObservation = {
  ...IN_GIT,
  wanted: '1.1.0',
  healthyAndRolledOut: false,
  operation: { phase: 'Succeeded', startedAt: '10:00' },
};
const DONE: PromotionObservation = {
  ...ROLLING,
  running: '1.1.0',
  healthyAndRolledOut: true,
};
const UNKNOWN: PromotionObservation = { healthyAndRolledOut: false };

const failed = (operation: { startedAt: string }): PromotionObservation => ({
  ...IN_GIT,
  operation: { phase: 'Failed', message: 'quota exceeded', ...operation },
});

type Row = [
  string,
  PromotionProgress,
  DeliveryMode,
  PromotionObservation,
  /** What it was, or that only its landing in git is noted, or nothing. */
  PromotionState | 'lands' | 'stays',
];

describe('where an observation leads a promotion', () => {
  it.each<Row>([
    [
      'a proposal waits for its merge',
      progress({ state: 'proposed' }),
      'manual',
      OLD,
      'stays',
    ],
    [
      'a proposal that somebody merged elsewhere waits for a sync',
      progress({ state: 'proposed' }),
      'manual',
      IN_GIT,
      'merged',
    ],
    [
      'a proposal that somebody merged elsewhere syncs by itself',
      progress({ state: 'proposed' }),
      'automatic',
      IN_GIT,
      'syncing',
    ],
    [
      'what git was seen to declare is remembered',
      progress({ state: 'syncing' }),
      'automatic',
      IN_GIT,
      'lands',
    ],
    [
      'a sync that has not been seen in git yet is not overtaken by what was there before',
      progress({ state: 'syncing' }),
      'automatic',
      OLD,
      'stays',
    ],
    [
      'what git declared is not what ran',
      progress({ state: 'syncing', from: '0.9.0', declaredBefore: '1.0.0' }),
      'automatic',
      { ...OLD, running: '0.9.0', wanted: '0.9.0' },
      'stays',
    ],
    [
      'another release in git overtakes',
      progress({ state: 'merged', landed: true }),
      'manual',
      { ...OLD, declared: '1.2.0' },
      'superseded',
    ],
    [
      'taking it back in git overtakes',
      progress({ state: 'syncing', landed: true }),
      'automatic',
      OLD,
      'superseded',
    ],
    [
      'new pods are a rollout',
      progress({ state: 'syncing', landed: true }),
      'automatic',
      ROLLING,
      'rolling-out',
    ],
    [
      'a sync that somebody started elsewhere is one too',
      progress({ state: 'merged', landed: true }),
      'manual',
      ROLLING,
      'rolling-out',
    ],
    [
      'a sync that says Succeeded, with the old pods healthy, proves nothing',
      progress({ state: 'syncing', landed: true }),
      'automatic',
      { ...IN_GIT, operation: { phase: 'Succeeded', startedAt: '10:00' } },
      'stays',
    ],
    [
      'it has succeeded with the last pod',
      progress({ state: 'rolling-out', landed: true }),
      'automatic',
      DONE,
      'succeeded',
    ],
    [
      'it may succeed between two looks',
      progress({ state: 'syncing' }),
      'automatic',
      DONE,
      'succeeded',
    ],
    [
      'nothing is concluded from what is not known now',
      progress({ state: 'rolling-out', landed: true }),
      'automatic',
      UNKNOWN,
      'stays',
    ],
    [
      'a sync of ours that failed',
      progress({ state: 'syncing', landed: true }),
      'manual',
      failed({ startedAt: '10:00' }),
      'failed',
    ],
    [
      'a sync before ours that failed is not ours',
      progress({ state: 'syncing', landed: true }),
      'manual',
      failed({ startedAt: '09:00' }),
      'stays',
    ],
    [
      'pods that cannot start fail it',
      progress({ state: 'rolling-out', landed: true }),
      'automatic',
      { ...ROLLING, trouble: 'ImagePullBackOff: not found' },
      'failed',
    ],
    [
      'a failed one stays failed while they cannot',
      progress({ state: 'failed', landed: true }),
      'automatic',
      { ...ROLLING, trouble: 'ImagePullBackOff: not found' },
      'stays',
    ],
    [
      'a failed one succeeds when they can after all',
      progress({ state: 'failed', landed: true }),
      'automatic',
      DONE,
      'succeeded',
    ],
    [
      'a sync of the version that runs already waits for its own operation',
      progress({ state: 'syncing', from: '1.1.0', way: 'sync', landed: true }),
      'manual',
      { ...DONE, operation: { phase: 'Succeeded', startedAt: '09:00' } },
      'stays',
    ],
    [
      'and for Argo CD to be in sync',
      progress({
        state: 'rolling-out',
        from: '1.1.0',
        way: 'sync',
        landed: true,
      }),
      'manual',
      { ...DONE, sync: 'OutOfSync' },
      'stays',
    ],
    [
      'and has then succeeded',
      progress({ state: 'syncing', from: '1.1.0', way: 'sync', landed: true }),
      'manual',
      DONE,
      'succeeded',
    ],
    [
      'trouble from before its sync is not its own',
      progress({ state: 'syncing', from: '1.1.0', way: 'sync', landed: true }),
      'manual',
      {
        ...ROLLING,
        running: '1.1.0',
        trouble: 'CrashLoopBackOff',
        operation: { phase: 'Succeeded', startedAt: '09:00' },
      },
      'stays',
    ],
    [
      'what has ended stays as it is',
      progress({ state: 'cancelled', landed: true }),
      'manual',
      DONE,
      'stays',
    ],
  ])('%s', (_, promotion, delivery, seen, expected) => {
    const move = nextStep(promotion, delivery, seen);

    expect(move ? move.step?.state ?? 'lands' : 'stays').toBe(expected);
  });

  describe('that waits at a step of an Argo Rollout', () => {
    const paused = 'Paused at step 2/6, CanaryPauseStep';
    const WAITING: PromotionObservation = {
      ...ROLLING,
      running: '1.0.0',
      paused,
    };
    const step = (what: string) => ({ at: '10:00', what, by: 'observed' });
    const rolling = (...steps: string[]) =>
      progress({
        state: 'rolling-out',
        landed: true,
        steps: steps.map(step),
      });

    it('is told so, once for each pause', () => {
      expect(
        nextStep(rolling('staging starts pods of 1.1.0'), 'automatic', WAITING),
      ).toEqual({
        landed: true,
        step: { state: 'rolling-out', what: `staging: ${paused}` },
      });
      expect(
        nextStep(rolling(`staging: ${paused}`), 'automatic', WAITING),
      ).toBeUndefined();
    });

    it('has not succeeded where every pod is of the release, and the controller has not made it the stable one', () => {
      expect(
        nextStep(rolling(`staging: ${paused}`), 'automatic', {
          ...WAITING,
          running: '1.1.0',
        }),
      ).toBeUndefined();
    });
  });

  it('says what is wrong, and what to do about it', () => {
    const stuck = nextStep(
      progress({ state: 'rolling-out', landed: true }),
      'automatic',
      { ...ROLLING, trouble: 'ImagePullBackOff: not found' },
    );
    const unsynced = nextStep(
      progress({ state: 'syncing', landed: true }),
      'manual',
      failed({ startedAt: '10:00' }),
    );

    expect(stuck?.step).toMatchObject({
      problem: 'ImagePullBackOff: not found',
      remedy: expect.stringContaining('1.0.0 keep serving'),
    });
    expect(unsynced?.step).toMatchObject({
      what: 'The sync ended with Failed',
      problem: 'quota exceeded',
      remedy: expect.stringContaining('application of staging'),
    });
  });
});

describe('what a person can do', () => {
  it.each<[PromotionState, string[], string[]]>([
    ['waiting', ['approve', 'cancel'], ['approve', 'cancel']],
    ['proposed', ['merge', 'cancel'], ['merge', 'cancel']],
    ['merged', ['cancel'], ['sync', 'cancel']],
    ['syncing', ['cancel'], ['cancel']],
    ['rolling-out', ['cancel'], ['cancel']],
    ['failed', [], ['sync']],
    ['succeeded', [], []],
    ['cancelled', [], []],
    ['superseded', [], []],
  ])('while it is %s', (state, automatic, manual) => {
    const promotion = progress({ state, mergedSha: 'beef' });

    expect(actionsOf(promotion, 'automatic')).toEqual(automatic);
    expect(actionsOf(promotion, 'manual')).toEqual(manual);
    // Whoever can still do something about it keeps others from beginning.
    expect(isActive(state)).toBe(automatic.includes('cancel'));
  });

  it('is not a sync where nothing of it is in git', () => {
    expect(actionsOf(progress({ state: 'failed' }), 'manual')).toEqual([]);
  });
});
