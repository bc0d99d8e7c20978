import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import { ofPods } from '../liveWorkload';
import { imagesText, movingState, standingText } from '../moving';
import { KubernetesObject } from '../../observations';
import { Reading, RowDefinition } from './RowDefinition';
import { field, isRecord, listOf } from './values';

/** Whether the pods are there, and how they are replaced. */
export function rolloutRows(
  workloadSubject: string,
  states: readonly EnvironmentState[],
): RowDefinition[] {
  const row = (
    id: string,
    title: string,
    read: RowDefinition['read'],
    comparison: RowDefinition['comparison'] = {
      kind: 'measured',
      reason: 'It tells of one environment alone',
    },
  ): RowDefinition => ({
    id: `rollout.${id}`,
    group: 'rollout',
    title,
    comparison,
    read,
  });
  return [
    row('ready', 'Ready pods', readyReading),
    ...(states.some(({ workload }) => workload.value?.update)
      ? [row('update', 'Progressive update', updateReading)]
      : []),
    row('restarts', 'Restarts', ({ workload }) => ({
      known: ofPods(workload, live => live.restarts),
    })),
    row(
      'strategy',
      'Strategy',
      ({ workload }) => ({
        known: map(
          workload,
          live =>
            live.update
              ? rolloutStrategyText(live.object.spec)
              : strategyText(
                  live.workload.spec.strategy ??
                    live.workload.spec.updateStrategy,
                ),
          'Not set',
        ),
      }),
      {
        kind: 'declared',
        subject: workloadSubject,
        pointers: ['/spec/strategy', '/spec/updateStrategy'],
      },
    ),
    row(
      'pdb',
      'Disruption budget',
      state => ({
        known: map(state.objects('PodDisruptionBudget'), ([budget]) =>
          budgetText(budget),
        ),
      }),
      {
        kind: 'declared',
        subject: 'policy/PodDisruptionBudget',
        pointers: [''],
      },
    ),
  ];
}

function readyReading({ workload }: EnvironmentState): Reading {
  const live = workload.value;
  return {
    known: map(
      workload,
      ({ readyReplicas, desiredReplicas }) =>
        `${readyReplicas}/${desiredReplicas}`,
    ),
    state: live && !live.rolledOut ? movingState(live) : undefined,
    detail: live && standingText(live),
  };
}

/** How far an Argo Rollout is, and which images its sides run. */
function updateReading({ workload }: EnvironmentState): Reading {
  const live = workload.value;
  const isOnItsWay = live?.update !== undefined && !live.rolledOut;
  return {
    known: map(
      workload,
      ({ update, rolledOut }) =>
        update &&
        (rolledOut ? 'fully promoted' : update.standing ?? 'Progressing'),
      'Not an Argo Rollout',
    ),
    state: isOnItsWay ? movingState(live) : undefined,
    detail: isOnItsWay ? imagesText(live) : undefined,
  };
}

/** `Canary in 6 steps, at most 25% more`, `Blue and green, promoted by a person` */
function rolloutStrategyText(spec: unknown): string | undefined {
  const strategy = isRecord(spec) ? spec.strategy : undefined;
  const { blueGreen, canary } = isRecord(strategy) ? strategy : {};
  if (isRecord(blueGreen)) {
    return `Blue and green, promoted ${
      blueGreen.autoPromotionEnabled === false ? 'by a person' : 'by itself'
    }`;
  }
  if (!isRecord(canary)) {
    return undefined;
  }
  const steps = listOf(canary.steps).length;
  return [
    steps === 0
      ? 'Canary without steps'
      : `Canary in ${steps} ${steps === 1 ? 'step' : 'steps'}`,
    ...(isRecord(canary.trafficRouting) ? ['traffic is routed'] : []),
    ...boundsText(canary),
  ].join(', ');
}

function strategyText(strategy: unknown): string | undefined {
  const type = field(strategy, 'type');
  const rolling = isRecord(strategy) ? strategy.rollingUpdate : undefined;
  return type && [type, ...boundsText(rolling)].join(', ');
}

/** `at most 25% more, 0 fewer`; nothing where neither is set. */
function boundsText(rolling: unknown): string[] {
  const surge = field(rolling, 'maxSurge');
  const unavailable = field(rolling, 'maxUnavailable');
  const bounds = [
    surge === undefined ? undefined : `${surge} more`,
    unavailable === undefined ? undefined : `${unavailable} fewer`,
  ].filter(bound => bound !== undefined);
  return bounds.length > 0 ? [`at most ${bounds.join(', ')}`] : [];
}

function budgetText(budget: KubernetesObject): string | undefined {
  const min = field(budget.spec, 'minAvailable');
  const max = field(budget.spec, 'maxUnavailable');
  return min === undefined
    ? max && `at most ${max} unavailable`
    : `at least ${min} available`;
}
