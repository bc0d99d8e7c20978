import { ModelObject } from '../model/environmentModel';
import { objectAt, objectsAt, stringAt, valueAt } from '../model/json';
import {
  EnvironmentView,
  Judgement,
  notApplicable,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
} from './rule';
import {
  autoscalerOf,
  effectiveReplicas,
  objectsOfKind,
  podLabels,
  podSpec,
  replicatedOf,
  selects,
} from './view';

const HPA = 'autoscaling/HorizontalPodAutoscaler';

const hasReplicated = (context: RuleContext) =>
  context.environments.some(environment => replicatedOf(environment).length > 0)
    ? ({ applies: true } as const)
    : notApplicable('No workload has replicas');

/** Fewest replicas that an outage of one node, or a rollout, leaves something of. */
const FLOORS = { dev: 0, staging: 2, prod: 3 } as const;

export const replicas: Rule = {
  id: 'K8S-08',
  kind: 'ordered',
  title: 'Replicas grow towards production',
  guideStep: 3,
  sources: ['manifests'],
  semantics:
    'Replicas in dev <= staging <= production; staging has at least 2, production at least 3. Where an autoscaler is, its minReplicas count.',
  remedy:
    "Raise the replicas of the later environment, or lower the earlier one's.",
  appliesTo: hasReplicated,
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        replicatedOf(environment).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/spec/replicas'],
      kinds: ['apps/Deployment', 'apps/StatefulSet', 'argoproj.io/Rollout'],
      judge: judgeReplicas,
    },
    {
      at: ['/spec/minReplicas', '/spec/maxReplicas'],
      kinds: [HPA],
      judge: ({ before, after }, pair) =>
        judgeOrder(Number(valueOf(before)), Number(valueOf(after)), pair),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      replicatedOf(environment).flatMap(object =>
        floorVerdict(environment, object),
      ),
    ),
};

function valueOf(node: PlacedChange['before']): unknown {
  return node?.type === 'leaf' ? node.value : undefined;
}

function judgeReplicas(change: PlacedChange, pair: Pair): Judgement {
  const [before, after] = [pair.from, pair.to].map(environment => {
    const object = environment.objects.get(change.subject);
    return object ? effectiveReplicas(environment, object) : 0;
  });
  return judgeOrder(before, after, pair);
}

function judgeOrder(
  before: number,
  after: number,
  { from, to }: Pair,
): Judgement {
  return before <= after
    ? {
        class: 'expected',
        reason: `The number of replicas may grow: ${before} in ${from.name}, ${after} in ${to.name}`,
      }
    : {
        class: 'violation',
        reason: `${from.name} has more replicas than ${to.name}: ${before} and ${after}`,
      };
}

function floorVerdict(
  environment: EnvironmentView,
  object: ModelObject,
): Verdict[] {
  const count = effectiveReplicas(environment, object);
  const floor = FLOORS[environment.role];
  if (count >= floor) {
    return [];
  }
  const autoscaler = autoscalerOf(environment, object);
  return [
    {
      outcome: 'fail',
      environments: [environment.name],
      subject: autoscaler?.subject ?? object.subject,
      path: ['spec', autoscaler ? 'minReplicas' : 'replicas'],
      reason: `${environment.name} asks for ${count} ${
        count === 1 ? 'replica' : 'replicas'
      }, and needs at least ${floor}`,
    },
  ];
}

export const autoscaledReplicas: Rule = {
  id: 'K8S-09',
  kind: 'absolute',
  title: 'Where an autoscaler is, it alone sets the replicas',
  guideStep: 10,
  sources: ['manifests'],
  semantics: 'No workload has spec.replicas beside a HorizontalPodAutoscaler.',
  remedy:
    'Remove spec.replicas: every sync would undo what the autoscaler did.',
  appliesTo: context =>
    context.environments.some(
      environment => objectsOfKind(environment, HPA).length > 0,
    )
      ? { applies: true }
      : notApplicable('There is no autoscaler'),
  evaluate: context =>
    context.environments.flatMap(environment =>
      replicatedOf(environment)
        .filter(object => autoscalerOf(environment, object))
        .map(object => {
          const set = valueAt(object.source.value, 'spec', 'replicas');
          return {
            outcome: set === undefined ? ('pass' as const) : ('fail' as const),
            environments: [environment.name],
            subject: object.subject,
            ...(set === undefined
              ? {}
              : {
                  path: ['spec', 'replicas'],
                  reason: `spec.replicas is ${set} although an autoscaler sets the replicas`,
                }),
          };
        }),
    ),
};

const guarded = (context: RuleContext) =>
  context.environments.filter(({ role }) => role !== 'dev');

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
  evaluate: context =>
    guarded(context).flatMap(environment =>
      replicatedOf(environment)
        .filter(object => effectiveReplicas(environment, object) >= 2)
        .map(object => budgetVerdict(environment, object)),
    ),
};

function budgetVerdict(
  environment: EnvironmentView,
  object: ModelObject,
): Verdict {
  const base = {
    environments: [environment.name],
    subject: object.subject,
    explains: ({ kind, path }: { kind: string; path: readonly string[] }) =>
      kind === 'policy/PodDisruptionBudget' && path.length === 0,
  };
  const budgets = objectsOfKind(
    environment,
    'policy/PodDisruptionBudget',
  ).filter(
    ({ source }) =>
      source.namespace === object.source.namespace &&
      selects(valueAt(source.value, 'spec', 'selector'), podLabels(object)),
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
      }
    : { ...base, outcome: 'pass' };
}

/** Rounded up, as the disruption controller does. */
function podsOf(value: unknown, count: number): number {
  const percent = /^(\d+)%$/.exec(String(value));
  return percent
    ? Math.ceil((Number(percent[1]) * count) / 100)
    : Number(value);
}

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

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
      at: ['/pod/topologySpreadConstraints'],
      judge: (_change, { from, to, strict }) =>
        strict
          ? {
              class: 'violation',
              reason: `The pods are spread otherwise in ${to.name} than in ${from.name}`,
            }
          : {
              class: 'expected',
              reason: 'Only staging and production need to spread their pods',
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

function spreadVerdict(
  environment: EnvironmentView,
  object: ModelObject,
): Verdict {
  const spec = podSpec(object);
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
          change.subject === object.subject &&
          change.path.includes('topologySpreadConstraints'),
      };
}
