import { Change } from '../differences/changes';
import { ModelObject } from '../model/environmentModel';
import { objectAt, objectsAt, stringAt, valueAt } from '../model/json';
import { hasReplicated } from './replicas';
import {
  EnvironmentView,
  Judgement,
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
} from './rule';
import {
  effectiveReplicas,
  objectsOfKind,
  podLabels,
  podSpec,
  replicatedOf,
  selects,
  templateHolder,
} from './view';

const guarded = (context: RuleContext) =>
  context.environments.filter(({ role }) => role !== 'dev');

const ZONE = 'topology.kubernetes.io/zone';

export const disruptionBudgets: Rule = {
  id: 'K8S-17',
  kind: 'absolute',
  title: 'A disruption budget keeps the service up while nodes are drained',
  guideStep: 10,
  sources: ['manifests'],
  semantics:
    'In staging and production every workload with two replicas or more has a PodDisruptionBudget that selects its pods and lets at least one of them go.',
  remedy:
    'Add a PodDisruptionBudget with maxUnavailable: 1 and the selector of the workload.',
  appliesTo: hasReplicated,
  claims: [
    {
      at: ['/spec/minAvailable'],
      kinds: ['policy/PodDisruptionBudget'],
      judge: judgeMinAvailable,
    },
  ],
  evaluate: context =>
    guarded(context).flatMap(environment =>
      replicatedOf(environment)
        .filter(object => effectiveReplicas(environment, object) >= 2)
        .map(object => budgetVerdict(context, environment, object)),
    ),
};

const BOUNDS = new Set(['spec/minAvailable', 'spec/maxUnavailable']);

/** More pods that have to stay go with more replicas. */
function judgeMinAvailable({
  before,
  after,
}: PlacedChange): Judgement | undefined {
  const [least, most] = [before, after].map(node =>
    node?.type === 'leaf' && typeof node.value === 'number'
      ? node.value
      : undefined,
  );
  return least !== undefined && most !== undefined && least <= most
    ? {
        class: 'expected',
        reason: `The number of pods that stay may grow: ${least} and ${most}`,
      }
    : undefined;
}

function budgetVerdict(
  context: RuleContext,
  environment: EnvironmentView,
  object: ModelObject,
): Verdict {
  const holder = templateHolder(environment, object);
  if (!holder) {
    return templateElsewhere(environment, object);
  }
  const base = {
    environments: [environment.name],
    subject: object.subject,
    explains: ({ subject, kind, path }: Change) =>
      kind === 'policy/PodDisruptionBudget' &&
      (path.length === 0 || path[1] === 'selector') &&
      context.environments.some(({ objects }) => {
        const budget = objects.get(subject);
        const workload = objects.get(object.subject);
        return (
          budget !== undefined &&
          workload !== undefined &&
          selects(
            valueAt(budget.source.value, 'spec', 'selector'),
            podLabels(workload),
          )
        );
      }),
  };
  const budgets = objectsOfKind(
    environment,
    'policy/PodDisruptionBudget',
  ).filter(
    ({ source }) =>
      source.namespace === object.source.namespace &&
      selects(valueAt(source.value, 'spec', 'selector'), podLabels(holder)),
  );
  if (budgets.length === 0) {
    return {
      ...base,
      outcome: 'fail',
      reason: `No PodDisruptionBudget selects its pods in ${environment.name}`,
    };
  }
  const count = effectiveReplicas(environment, object);
  const [budget] = budgets;
  const spec = objectAt(budget.source.value, 'spec');
  const blocked =
    (spec.minAvailable !== undefined &&
      podsOf(spec.minAvailable, count) >= count) ||
    (spec.maxUnavailable !== undefined &&
      podsOf(spec.maxUnavailable, count) < 1);
  return blocked
    ? {
        outcome: 'fail',
        environments: [environment.name],
        subject: budget.subject,
        path: [
          'spec',
          spec.minAvailable === undefined ? 'maxUnavailable' : 'minAvailable',
        ],
        reason: `The budget lets none of ${count} pods go, so no node can be drained`,
        remedy: 'Use maxUnavailable: 1.',
        explains: change =>
          change.subject === budget.subject &&
          BOUNDS.has(change.path.slice(0, 2).join('/')),
      }
    : { ...base, outcome: 'pass' };
}

function templateElsewhere(
  environment: EnvironmentView,
  { subject }: ModelObject,
): Verdict {
  return {
    outcome: 'unknown',
    environments: [environment.name],
    subject,
    reason: `The workload that it takes its pod template from is not among the manifests of ${environment.name}`,
  };
}

/** Rounded up, as the disruption controller does. */
function podsOf(value: unknown, count: number): number {
  const percent = /^(\d+)%$/.exec(String(value));
  return percent
    ? Math.ceil((Number(percent[1]) * count) / 100)
    : Number(value);
}

export const HOST = 'kubernetes.io/hostname';

export const spread: Rule = {
  id: 'K8S-18',
  kind: 'absolute',
  title: 'Pods are spread over zones and nodes',
  guideStep: 10,
  sources: ['manifests'],
  semantics:
    'In staging and production the pods of a workload with two replicas or more are spread over zones and over nodes, by topology spread constraints or anti-affinity.',
  remedy:
    'Add topologySpreadConstraints for topology.kubernetes.io/zone and kubernetes.io/hostname.',
  appliesTo: hasReplicated,
  claims: [
    {
      at: [
        '/pod/topologySpreadConstraints',
        '/pod/affinity$',
        '/pod/affinity/podAntiAffinity',
      ],
      judge: (change, { from, to, strict }) => {
        if (change.place.length === 2 && !isOnlyAntiAffinity(change)) {
          return undefined;
        }
        return strict
          ? {
              class: 'violation',
              reason: `The pods are spread otherwise in ${to.name} than in ${from.name}`,
            }
          : {
              class: 'expected',
              reason: 'Only staging and production need to spread their pods',
            };
      },
    },
  ],
  evaluate: context =>
    guarded(context).flatMap(environment =>
      replicatedOf(environment)
        .filter(object => effectiveReplicas(environment, object) >= 2)
        .map(object => spreadVerdict(environment, object)),
    ),
};

/** Whether the affinity that one side has, and the other has not, is there to spread pods. */
function isOnlyAntiAffinity({ path, before, after }: Change): boolean {
  const node = before ?? after;
  return (
    path.at(-1) === 'affinity' &&
    node?.type === 'map' &&
    [...node.entries.keys()].join() === 'podAntiAffinity'
  );
}

function spreadVerdict(
  environment: EnvironmentView,
  object: ModelObject,
): Verdict {
  const holder = templateHolder(environment, object);
  if (!holder) {
    return templateElsewhere(environment, object);
  }
  const spec = podSpec(holder);
  const keys = new Set(
    [
      ...objectsAt(spec, 'topologySpreadConstraints'),
      ...objectsAt(
        spec,
        'affinity',
        'podAntiAffinity',
        'requiredDuringSchedulingIgnoredDuringExecution',
      ),
      ...objectsAt(
        spec,
        'affinity',
        'podAntiAffinity',
        'preferredDuringSchedulingIgnoredDuringExecution',
      ).map(term => objectAt(term, 'podAffinityTerm')),
    ].map(term => stringAt(term, 'topologyKey')),
  );
  const lacking = [ZONE, HOST].filter(key => !keys.has(key));
  const base = { environments: [environment.name], subject: object.subject };
  return lacking.length === 0
    ? { ...base, outcome: 'pass' }
    : {
        ...base,
        outcome: 'fail',
        reason: `Nothing spreads the pods over ${lacking.join(' and ')} in ${
          environment.name
        }`,
        explains: change =>
          change.subject === holder.subject &&
          (change.path.includes('topologySpreadConstraints') ||
            change.path.includes('podAntiAffinity') ||
            (change.path.at(-1) === 'affinity' && isOnlyAntiAffinity(change))),
      };
}
