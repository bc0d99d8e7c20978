import { ModelObject } from '../model/environmentModel';
import { stringAt, valueAt } from '../model/json';
import { REPLICATED_KINDS, SCALED_OBJECT } from '../model/workloads';
import {
  EnvironmentView,
  Judgement,
  Pair,
  PlacedChange,
  Rule,
  RuleContext,
  Verdict,
  notApplicable,
} from './rule';
import {
  autoscalerOf,
  borrowersOf,
  boundOf,
  effectiveReplicas,
  objectsOfKind,
  replicatedOf,
} from './view';

const HPA = 'autoscaling/HorizontalPodAutoscaler';

export const hasReplicated = (context: RuleContext) =>
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
    'Replicas in dev <= staging <= production; staging has at least 2, production at least 3. Where an autoscaler is, its least replicas count; one of KEDA may go down to none. Several productions may differ in size. A workload that lends its template to an Argo Rollout asks for no pods of its own.',
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
      kinds: REPLICATED_KINDS,
      judge: judgeReplicas,
    },
    {
      at: ['/spec/minReplicas', '/spec/maxReplicas'],
      kinds: [HPA],
      judge: ({ before, after }, pair) =>
        judgeOrder(Number(valueOf(before)), Number(valueOf(after)), pair),
    },
    {
      at: ['/spec/minReplicaCount', '/spec/maxReplicaCount'],
      kinds: [SCALED_OBJECT],
      judge: ({ before, after }, pair) =>
        judgeOrder(Number(valueOf(before)), Number(valueOf(after)), pair),
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment => [
      ...replicatedOf(environment).flatMap(object =>
        lacksAutoscaler(context, environment, object.subject)
          ? []
          : floorVerdict(environment, object),
      ),
      ...objectsOfKind(environment, ...REPLICATED_KINDS).flatMap(object =>
        lenderVerdict(environment, object),
      ),
    ]),
};

export function valueOf(node: PlacedChange['before']): unknown {
  return node?.type === 'leaf' ? node.value : undefined;
}

/**
 * Whether a workload leaves its replicas to an autoscaler that this environment has not, and one beside it has: K8S-01 speaks
 * of it.
 */
function lacksAutoscaler(
  context: RuleContext,
  environment: EnvironmentView,
  subject: string,
): boolean {
  const isAutoscaled = (other: EnvironmentView) => {
    const object = other.objects.get(subject);
    return object !== undefined && autoscalerOf(other, object) !== undefined;
  };
  const object = environment.objects.get(subject);
  return (
    environment.role !== 'dev' &&
    object !== undefined &&
    valueAt(object.source.value, 'spec', 'replicas') === undefined &&
    !isAutoscaled(environment) &&
    context.environments.some(
      other => other.role !== 'dev' && isAutoscaled(other),
    )
  );
}

function judgeReplicas(
  change: PlacedChange,
  pair: Pair,
  context: RuleContext,
): Judgement {
  const [before, after] = [pair.from, pair.to].map(environment => {
    const object = environment.objects.get(change.subject);
    return {
      count: object ? effectiveReplicas(environment, object) : 0,
      isScaledToNone:
        object !== undefined &&
        autoscalerOf(environment, object)?.kind === SCALED_OBJECT,
    };
  });
  if (before.isScaledToNone !== after.isScaledToNone) {
    return {
      class: 'expected',
      reason: 'One of the two is scaled by KEDA, and may go down to none',
    };
  }
  if (
    [pair.from, pair.to].some(environment =>
      lacksAutoscaler(context, environment, change.subject),
    )
  ) {
    return {
      class: 'expected',
      reason: 'The autoscaler is what is missing, not the number',
    };
  }
  return judgeOrder(before.count, after.count, pair);
}

function judgeOrder(
  before: number,
  after: number,
  { from, to }: Pair,
): Judgement {
  if (from.role === 'prod' && to.role === 'prod') {
    return {
      class: 'expected',
      reason: `Each production is as large as its load asks for: ${before} in ${from.name}, ${after} in ${to.name}`,
    };
  }
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
  if (count === 0 && autoscaler?.kind === SCALED_OBJECT) {
    // With nothing to do there are no pods: that is what it is for.
    return [];
  }
  return [
    {
      outcome: 'fail',
      environments: [environment.name],
      subject: autoscaler?.subject ?? object.subject,
      path: ['spec', autoscaler ? boundOf(autoscaler, 'min') : 'replicas'],
      reason: `${environment.name} asks for ${count} ${
        count === 1 ? 'replica' : 'replicas'
      }, and needs at least ${floor}`,
    },
  ];
}

/** Pods of what lends its template run beside those of the Rollout, with the same labels, and no step holds them back. */
function lenderVerdict(
  environment: EnvironmentView,
  object: ModelObject,
): Verdict[] {
  const [rollout] = borrowersOf(environment, object);
  const set = valueAt(object.source.value, 'spec', 'replicas');
  const isScaledDown =
    rollout &&
    ['onsuccess', 'progressively'].includes(
      stringAt(rollout.source.value, 'spec', 'workloadRef', 'scaleDown') ?? '',
    );
  if (!rollout || set === 0 || (set === undefined && isScaledDown)) {
    return [];
  }
  return [
    {
      outcome: 'warn',
      environments: [environment.name],
      subject: object.subject,
      path: ['spec', 'replicas'],
      reason: isScaledDown
        ? `Every sync brings back the ${set} replicas that ${rollout.source.kind} ${rollout.source.name} scales down`
        : `It lends its template to ${rollout.source.kind} ${rollout.source.name} and asks for pods of its own, which run beside those of the Rollout`,
      remedy: isScaledDown
        ? 'Remove spec.replicas.'
        : 'Set spec.replicas to 0.',
    },
  ];
}

export const autoscaledReplicas: Rule = {
  id: 'K8S-09',
  kind: 'absolute',
  title: 'Where an autoscaler is, it alone sets the replicas',
  guideStep: 10,
  sources: ['manifests'],
  semantics:
    'No workload has spec.replicas beside a HorizontalPodAutoscaler or a ScaledObject, and none scales what only lends its template to an Argo Rollout.',
  remedy:
    'Remove spec.replicas: every sync would undo what the autoscaler did.',
  appliesTo: context =>
    context.environments.some(
      environment => objectsOfKind(environment, HPA, SCALED_OBJECT).length > 0,
    )
      ? { applies: true }
      : notApplicable('There is no autoscaler'),
  evaluate: context =>
    context.environments.flatMap(environment => [
      ...scaledLenders(environment),
      ...replicatedOf(environment)
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
    ]),
};

function scaledLenders(environment: EnvironmentView): Verdict[] {
  return objectsOfKind(environment, ...REPLICATED_KINDS).flatMap(object => {
    const [rollout] = borrowersOf(environment, object);
    const autoscaler = rollout && autoscalerOf(environment, object);
    return autoscaler
      ? [
          {
            outcome: 'fail',
            environments: [environment.name],
            subject: autoscaler.subject,
            path: ['spec', 'scaleTargetRef'],
            reason: `It scales ${object.source.kind} ${object.source.name}, which only lends its template to ${rollout.source.kind} ${rollout.source.name}`,
            remedy: `Let scaleTargetRef name ${rollout.source.kind} ${rollout.source.name} of ${rollout.source.apiVersion}.`,
          },
        ]
      : [];
  });
}
