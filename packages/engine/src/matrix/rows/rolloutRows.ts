import { EnvironmentState } from '../environmentState';
import { map } from '../known';
import { KubernetesObject } from '../../observations';
import { Reading, RowDefinition } from './RowDefinition';
import { field, isRecord } from './values';

/** Whether the pods are there, and how they are replaced. */
export function rolloutRows(workloadSubject: string): RowDefinition[] {
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
    row('restarts', 'Restarts', ({ workload }) => ({
      known: map(workload, live => live.restarts),
    })),
    row(
      'strategy',
      'Strategy',
      ({ workload }) => ({
        known: map(
          workload,
          live =>
            strategyText(
              live.workload.spec.strategy ?? live.workload.spec.updateStrategy,
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
  const state = live?.trouble ? 'degraded' : 'progressing';
  return {
    known: map(
      workload,
      ({ readyReplicas, desiredReplicas }) =>
        `${readyReplicas}/${desiredReplicas}`,
    ),
    state: live && !live.rolledOut ? state : undefined,
    detail: live?.trouble?.text,
  };
}

function strategyText(strategy: unknown): string | undefined {
  const type = field(strategy, 'type');
  const rolling = isRecord(strategy) ? strategy.rollingUpdate : undefined;
  const surge = field(rolling, 'maxSurge');
  const unavailable = field(rolling, 'maxUnavailable');
  const bounds = [
    surge === undefined ? undefined : `${surge} more`,
    unavailable === undefined ? undefined : `${unavailable} fewer`,
  ].filter(bound => bound !== undefined);
  return type && bounds.length > 0
    ? `${type}, at most ${bounds.join(', ')}`
    : type;
}

function budgetText(budget: KubernetesObject): string | undefined {
  const min = field(budget.spec, 'minAvailable');
  const max = field(budget.spec, 'maxUnavailable');
  return min === undefined
    ? max && `at most ${max} unavailable`
    : `at least ${min} available`;
}
