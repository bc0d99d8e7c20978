import { ModelObject } from '../model/environmentModel';
import {
  JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  valueAt,
} from '../model/json';
import { formatQuantity, parseQuantity } from '../model/quantity';
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
  containersOf,
  ContainerView,
  effectiveReplicas,
  objectsOfKind,
  podSpec,
  quantityOf,
  workloadsOf,
} from './view';

function subjectsOfKind(...kinds: string[]) {
  return (context: RuleContext) => [
    ...new Set(
      context.environments.flatMap(environment =>
        objectsOfKind(environment, ...kinds).map(({ subject }) => subject),
      ),
    ),
  ];
}

const hasWorkloads = (context: RuleContext) =>
  context.environments.some(environment => workloadsOf(environment).length > 0)
    ? ({ applies: true } as const)
    : notApplicable('No workload is defined');

/** Judges amounts that may grow towards production. */
function judgeAmount(
  change: PlacedChange,
  pair: Pair,
  what: string,
): Judgement {
  const { from, to } = pair;
  const before = quantityOf(change.before);
  const after = quantityOf(change.after);
  if (before === undefined || after === undefined) {
    const [has, lacks] =
      before === undefined ? [to.name, from.name] : [from.name, to.name];
    return {
      class: 'violation',
      reason: `${has} sets ${what}, ${lacks} does not`,
    };
  }
  return before <= after
    ? {
        class: 'expected',
        reason: `${what} may grow towards production: ${formatQuantity(
          before,
        )} in ${from.name}, ${formatQuantity(after)} in ${to.name}`,
      }
    : {
        class: 'violation',
        reason: `${what} is larger in ${from.name} than in ${
          to.name
        }: ${formatQuantity(before)} and ${formatQuantity(after)}`,
      };
}

export const resources: Rule = {
  id: 'K8S-10',
  kind: 'ordered',
  title: 'Requests and limits are set, and grow towards production',
  guideStep: 11,
  sources: ['manifests'],
  semantics:
    'Every container sets requests and limits of CPU and memory (or gets them from a LimitRange); requests <= limits; dev <= staging <= production. Staging and production that differ are a warning: what was tried is not what runs.',
  remedy: 'Set the resources of staging to those of production.',
  appliesTo: hasWorkloads,
  subjects: context => [
    ...new Set(
      context.environments.flatMap(environment =>
        workloadsOf(environment).map(({ subject }) => subject),
      ),
    ),
  ],
  claims: [
    {
      at: ['/pod/containers|initContainers/*/resources'],
      judge: (change, pair) => {
        const [, , container, , kind, resource] = change.place;
        const judgement = judgeAmount(
          change,
          pair,
          `The ${
            kind === 'limits' ? 'limit' : 'request'
          } of ${resource} of ${container}`,
        );
        return pair.strict && judgement.class === 'expected'
          ? { ...judgement, class: 'warn' }
          : judgement;
      },
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      workloadsOf(environment).flatMap(object =>
        containersOf(object).flatMap(container =>
          resourceVerdicts(environment, object, container),
        ),
      ),
    ),
};

/** What a container asks for, with what the LimitRange of its namespace fills in. */
function amountOf(
  environment: EnvironmentView,
  container: JsonObject,
  kind: 'requests' | 'limits',
  resource: string,
): bigint | undefined {
  const own = (which: string) =>
    parseQuantity(valueAt(container, 'resources', which, resource));
  const ranges = objectsOfKind(environment, 'LimitRange')
    .flatMap(({ source }) => objectsAt(source.value, 'spec', 'limits'))
    .filter(limit => limit.type === 'Container');
  const filled = (field: string) =>
    ranges
      .map(limit => parseQuantity(valueAt(limit, field, resource)))
      .find(value => value !== undefined);
  // A request that is not set is the limit that is; only then does the range's own default count.
  return kind === 'limits'
    ? own('limits') ?? filled('default')
    : own('requests') ??
        own('limits') ??
        filled('defaultRequest') ??
        filled('default');
}

function resourceVerdicts(
  environment: EnvironmentView,
  object: ModelObject,
  { name, value, path, isInit }: ContainerView,
): Verdict[] {
  return ['cpu', 'memory'].flatMap((resource): Verdict[] => {
    const request = amountOf(environment, value, 'requests', resource);
    const limit = amountOf(environment, value, 'limits', resource);
    const base = {
      outcome: 'fail' as const,
      environments: [environment.name],
      subject: object.subject,
    };
    if (!isInit && (request === undefined || limit === undefined)) {
      const lacking = request === undefined ? 'requests' : 'limits';
      return [
        {
          ...base,
          path: [...path, 'resources', lacking, resource],
          reason: `${name} sets no ${resource} ${lacking} in ${environment.name}`,
          remedy: `Set ${lacking}.${resource} of the container.`,
        },
      ];
    }
    return request !== undefined && limit !== undefined && request > limit
      ? [
          {
            ...base,
            path: [...path, 'resources', 'requests', resource],
            reason: `${name} requests more ${resource} than its limit: ${formatQuantity(
              request,
            )} and ${formatQuantity(limit)}`,
            remedy: 'Raise the limit, or lower the request.',
          },
        ]
      : [];
  });
}

export const quotaParity: Rule = {
  id: 'K8S-13',
  kind: 'must match',
  title: 'Staging has the resource quotas of production',
  guideStep: 3,
  sources: ['manifests'],
  semantics:
    'Resource quotas limit the same resources in every environment; those of staging are those of production, those of dev at most as large.',
  remedy: 'Set the quota of staging to that of production.',
  appliesTo: context =>
    subjectsOfKind('ResourceQuota')(context).length > 0
      ? { applies: true }
      : notApplicable('There is no ResourceQuota'),
  subjects: subjectsOfKind('ResourceQuota'),
  claims: [
    {
      at: ['/spec/hard/*'],
      kinds: ['ResourceQuota'],
      judge: (change, pair) => {
        const what = `The quota of ${change.place[2]}`;
        const judgement = judgeAmount(change, pair, what);
        return pair.strict && judgement.class === 'expected'
          ? {
              class: 'violation',
              reason: `${what} differs between ${pair.from.name} and ${pair.to.name}`,
            }
          : judgement;
      },
    },
  ],
};

export const limitRanges: Rule = {
  id: 'K8S-14',
  kind: 'must match',
  title: 'Staging has the limit ranges of production',
  guideStep: 3,
  sources: ['manifests'],
  semantics:
    'Limit ranges of staging are those of production, those of dev at most as large. Where a quota counts limits, a LimitRange gives defaults.',
  remedy: 'Set the LimitRange of staging to that of production.',
  appliesTo: context =>
    subjectsOfKind('LimitRange', 'ResourceQuota')(context).length > 0
      ? { applies: true }
      : notApplicable('There is neither a LimitRange nor a ResourceQuota'),
  subjects: subjectsOfKind('LimitRange'),
  claims: [
    {
      at: ['/spec/limits'],
      kinds: ['LimitRange'],
      judge: (change, pair) => {
        const what = `The limit range's ${change.place.slice(3).join(' ')}`;
        const judgement = judgeAmount(change, pair, what);
        return pair.strict && judgement.class === 'expected'
          ? {
              class: 'violation',
              reason: `${what} differs between ${pair.from.name} and ${pair.to.name}`,
            }
          : judgement;
      },
    },
  ],
  evaluate: context =>
    context.environments.flatMap(environment =>
      objectsOfKind(environment, 'ResourceQuota')
        .filter(({ source }) =>
          Object.keys(objectAt(source.value, 'spec', 'hard')).some(key =>
            key.startsWith('limits.'),
          ),
        )
        .filter(() => objectsOfKind(environment, 'LimitRange').length === 0)
        .map(({ subject }) => ({
          outcome: 'fail' as const,
          environments: [environment.name],
          subject,
          reason: `A quota counts limits in ${environment.name}, and no LimitRange gives a pod without limits any; it would be refused`,
          remedy: 'Add a LimitRange with default and defaultRequest.',
          explains: ({ kind, path }) =>
            kind === 'LimitRange' && path.length === 0,
        })),
    ),
};

export const quotaFits: Rule = {
  id: 'K8S-15',
  kind: 'absolute',
  title: 'The quota has room for every workload while it rolls out',
  guideStep: 12,
  sources: ['manifests'],
  semantics:
    'The requests and limits of all workloads, with as many replicas as an autoscaler may start and the surge of a rollout, fit into every resource quota; so does the number of pods.',
  remedy: 'Raise the quota, or ask for less.',
  appliesTo: context =>
    subjectsOfKind('ResourceQuota')(context).length > 0
      ? { applies: true }
      : notApplicable('There is no ResourceQuota'),
  evaluate: context =>
    context.environments.flatMap(environment =>
      objectsOfKind(environment, 'ResourceQuota').flatMap(quota =>
        fitVerdicts(environment, quota),
      ),
    ),
};

function fitVerdicts(
  environment: EnvironmentView,
  quota: ModelObject,
): Verdict[] {
  // A quota with scopes counts only some pods, and which ones shows at run time.
  const scoped =
    valueAt(quota.source.value, 'spec', 'scopes') !== undefined ||
    valueAt(quota.source.value, 'spec', 'scopeSelector') !== undefined;
  const hard = objectAt(quota.source.value, 'spec', 'hard');
  const failures = Object.entries(scoped ? {} : hard).flatMap(
    ([key, value]): Verdict[] => {
      const available = parseQuantity(value);
      const needed = neededOf(environment, key);
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

/** What all workloads need of a resource of a quota; undefined for what they do not use. */
function neededOf(
  environment: EnvironmentView,
  key: string,
): bigint | undefined {
  const match = /^(?:(requests|limits)\.)?(cpu|memory|pods)$/.exec(key);
  if (!match) {
    return undefined;
  }
  const [, kind = 'requests', resource] = match;
  let total = 0n;
  for (const object of workloadsOf(environment)) {
    const pods = BigInt(mostPods(environment, object));
    total +=
      resource === 'pods'
        ? pods * 10n ** 9n
        : pods *
          podAmount(
            environment,
            object,
            kind === 'limits' ? 'limits' : 'requests',
            resource,
          );
  }
  return total;
}

function podAmount(
  environment: EnvironmentView,
  object: ModelObject,
  kind: 'requests' | 'limits',
  resource: string,
): bigint {
  const containers = containersOf(object).map(container => ({
    // A sidecar is an init container that stays.
    stays: !container.isInit || container.value.restartPolicy === 'Always',
    amount: amountOf(environment, container.value, kind, resource) ?? 0n,
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
  if (
    object.kind !== 'apps/Deployment' &&
    object.kind !== 'apps/StatefulSet' &&
    object.kind !== 'argoproj.io/Rollout'
  ) {
    return 1;
  }
  const autoscaler = autoscalerOf(environment, object);
  const count = autoscaler
    ? numberAt(autoscaler.source.value, 'spec', 'maxReplicas') ?? 1
    : effectiveReplicas(environment, object);
  if (
    object.kind !== 'apps/Deployment' ||
    stringAt(value, 'spec', 'strategy', 'type') === 'Recreate'
  ) {
    return count;
  }
  const surge =
    valueAt(value, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%';
  const percent = /^(\d+)%$/.exec(String(surge));
  return (
    count +
    (percent ? Math.ceil((Number(percent[1]) * count) / 100) : Number(surge))
  );
}
