import { ModelObject } from '../model/environmentModel';
import {
  isObject,
  JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  valueAt,
} from '../model/json';
import { formatQuantity, parseQuantity } from '../model/quantity';
import {
  DEPLOYMENT,
  REPLICATED_KINDS,
  ROLLOUT,
  WORKLOAD_KINDS,
} from '../model/workloads';
import { amountOf, FilledIn, filledInBy } from './amounts';
import { EnvironmentView, Rule, Verdict, notApplicable } from './rule';
import {
  autoscalerOf,
  borrowersOf,
  boundAt,
  containersOf,
  effectiveReplicas,
  objectsOfKind,
  podSpec,
  templateHolder,
} from './view';
import { kindSubjects } from './subjects';

export const quotaFits: Rule = {
  id: 'K8S-15',
  kind: 'absolute',
  title: 'The quota has room for every workload while it rolls out',
  guideStep: 12,
  sources: ['manifests'],
  semantics:
    'The requests and limits of all workloads, with as many replicas as an autoscaler may start and the surge of a rollout (an Argo Rollout with blue and green or routed traffic has two releases in full), fit into every resource quota; so does the number of pods.',
  remedy: 'Raise the quota, or ask for less.',
  appliesTo: context =>
    kindSubjects('ResourceQuota')(context).length > 0
      ? { applies: true }
      : notApplicable('There is no ResourceQuota'),
  evaluate: context =>
    context.environments.flatMap(environment => {
      const quotas = objectsOfKind(environment, 'ResourceQuota');
      const needs = quotas.length > 0 ? needsOf(environment) : {};
      return quotas.flatMap(quota => fitVerdicts(environment, quota, needs));
    }),
};

function fitVerdicts(
  environment: EnvironmentView,
  quota: ModelObject,
  needs: Needs,
): Verdict[] {
  // A quota with scopes counts only some pods, and which ones shows at run time.
  const scoped =
    valueAt(quota.source.value, 'spec', 'scopes') !== undefined ||
    valueAt(quota.source.value, 'spec', 'scopeSelector') !== undefined;
  const hard = objectAt(quota.source.value, 'spec', 'hard');
  const failures = Object.entries(scoped ? {} : hard).flatMap(
    ([key, value]): Verdict[] => {
      const available = parseQuantity(value);
      const needed = Object.hasOwn(needs, key) ? needs[key] : undefined;
      return available === undefined ||
        needed === undefined ||
        needed <= available
        ? []
        : [
            {
              outcome: 'fail',
              environments: [environment.name],
              subject: quota.subject,
              path: ['spec', 'hard', key],
              reason: `The workloads need ${formatQuantity(
                needed,
              )} of ${key} while they roll out, and the quota is ${formatQuantity(
                available,
              )}`,
            },
          ];
    },
  );
  return failures.length > 0
    ? failures
    : [
        {
          outcome: scoped ? 'unknown' : 'pass',
          environments: [environment.name],
          subject: quota.subject,
          ...(scoped
            ? {
                reason:
                  'The quota counts only pods of a scope; which ones is for the cluster to tell',
              }
            : {}),
        },
      ];
}

/** What all workloads need, by the names that quotas use, in billionths. */
type Needs = Readonly<Record<string, bigint>>;

function needsOf(environment: EnvironmentView): Needs {
  const filledIn = filledInBy(environment);
  const needs: Record<string, bigint> = { pods: 0n };
  const add = (key: string, amount: bigint) => {
    needs[key] = (needs[key] ?? 0n) + amount;
  };
  for (const workload of objectsOfKind(environment, ...WORKLOAD_KINDS)) {
    // What lends a template from somewhere else is counted as pods alone.
    const object = templateHolder(environment, workload) ?? workload;
    const pods = BigInt(mostPods(environment, workload));
    add('pods', pods * 10n ** 9n);
    for (const resource of ['cpu', 'memory']) {
      const requests = podAmount(object, 'requests', resource, filledIn);
      const limits = podAmount(object, 'limits', resource, filledIn);
      // A quota may leave `requests.` out.
      add(resource, pods * requests);
      add(`requests.${resource}`, pods * requests);
      add(`limits.${resource}`, pods * limits);
    }
  }
  return needs;
}

function podAmount(
  object: ModelObject,
  kind: 'requests' | 'limits',
  resource: string,
  filledIn: FilledIn,
): bigint {
  const containers = containersOf(object).map(container => ({
    // A sidecar is an init container that stays.
    stays: !container.isInit || container.value.restartPolicy === 'Always',
    amount: amountOf(container.value, kind, resource, filledIn) ?? 0n,
  }));
  const running = containers
    .filter(({ stays }) => stays)
    .reduce((sum, { amount }) => sum + amount, 0n);
  const starting = containers
    .filter(({ stays }) => !stays)
    .reduce((most, { amount }) => (amount > most ? amount : most), 0n);
  const overhead =
    parseQuantity(valueAt(podSpec(object), 'overhead', resource)) ?? 0n;
  return (running > starting ? running : starting) + overhead;
}

/** Replicas with the surge of a rollout. DaemonSets and jobs count once: how many nodes or runs there are is not ours to know. */
function mostPods(environment: EnvironmentView, object: ModelObject): number {
  const { value } = object.source;
  if (object.kind === 'batch/CronJob') {
    return numberAt(value, 'spec', 'jobTemplate', 'spec', 'parallelism') ?? 1;
  }
  if (object.kind === 'batch/Job') {
    return numberAt(value, 'spec', 'parallelism') ?? 1;
  }
  if (!REPLICATED_KINDS.includes(object.kind)) {
    return 1;
  }
  if (borrowersOf(environment, object).some(scalesDownLender)) {
    return 0;
  }
  const autoscaler = autoscalerOf(environment, object);
  const count = autoscaler
    ? boundAt(autoscaler, 'max') ?? 1
    : effectiveReplicas(environment, object);
  if (object.kind === ROLLOUT) {
    return count + rolloutSurge(objectAt(value, 'spec', 'strategy'), count);
  }
  if (
    object.kind !== DEPLOYMENT ||
    stringAt(value, 'spec', 'strategy', 'type') === 'Recreate'
  ) {
    return count;
  }
  return (
    count +
    surgeOf(
      valueAt(value, 'spec', 'strategy', 'rollingUpdate', 'maxSurge'),
      count,
    )
  );
}

/** `maxSurge` as a number of pods, rounded up; a quarter where it is not set. */
function surgeOf(surge: unknown, count: number): number {
  const percent = /^(\d+)%$/.exec(String(surge ?? '25%'));
  return percent
    ? Math.ceil((Number(percent[1]) * count) / 100)
    : Number(surge);
}

/**
 * Pods of an Argo Rollout beyond its replicas. Blue and green both run in full, and so do a canary and what is stable where a router
 * shares the traffic: stable is scaled down with the traffic only where `dynamicStableScale` says so, and then after the canary came up.
 */
function rolloutSurge(strategy: JsonObject, count: number): number {
  if (isObject(strategy.blueGreen)) {
    return count;
  }
  if (!isObject(strategy.canary)) {
    return 0;
  }
  const { canary } = strategy;
  if (!isObject(canary.trafficRouting)) {
    return surgeOf(canary.maxSurge, count);
  }
  if (canary.dynamicStableScale !== true) {
    return count;
  }
  const weights = [
    0,
    ...objectsAt(canary, 'steps').flatMap(
      step => numberAt(step, 'setWeight') ?? [],
    ),
    100,
  ];
  const jump = Math.max(
    ...weights.slice(1).map((weight, index) => weight - weights[index]),
  );
  return Math.ceil((jump * count) / 100);
}

function scalesDownLender({ source }: ModelObject): boolean {
  const mode = stringAt(source.value, 'spec', 'workloadRef', 'scaleDown');
  return mode === 'onsuccess' || mode === 'progressively';
}
