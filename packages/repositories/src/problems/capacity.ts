import { Intent, IntentEnvironment, parseQuantity } from '@envmatrix/engine';
import {
  DATABASE_DEFAULTS,
  positionOf,
  QUOTA_DEFAULTS,
  WORKLOAD_DEFAULTS,
} from '../defaults';
import { RenderProblem } from './problem';

type Resource = 'cpu' | 'memory';

/** Replicas, resources and quotas: each enough for itself, and none larger than what comes after it. */
export function capacityProblems(intent: Intent): RenderProblem[] {
  const sizes = intent.environments.map(sizeOf);
  return sizes.flatMap((size, index) => [
    ...ownProblems(size, index),
    ...quotaProblems(size, index),
    ...orderProblems(size, sizes[index - 1], index),
    ...databaseProblems(intent, intent.environments[index], index),
  ]);
}

type Size = ReturnType<typeof sizeOf>;

function sizeOf(environment: IntentEnvironment, index: number) {
  const position = positionOf(environment, index);
  const { workload } = environment;
  const defaults = WORKLOAD_DEFAULTS[position];
  const replicas = workload?.replicas ?? defaults.replicas;
  return {
    name: environment.name,
    position,
    least: typeof replicas === 'object' ? replicas.min : replicas,
    most: typeof replicas === 'object' ? replicas.max : replicas,
    requests: { ...defaults.requests, ...workload?.requests },
    limits: { ...defaults.limits, ...workload?.limits },
    quota: environment.quota ?? QUOTA_DEFAULTS[position],
  };
}

function amount(value: unknown): bigint {
  return parseQuantity(value) ?? BigInt(0);
}

function ownProblems(size: Size, index: number): RenderProblem[] {
  const at = `environments.${index}.workload`;
  const problems: RenderProblem[] = [];
  for (const resource of ['cpu', 'memory'] satisfies Resource[]) {
    if (amount(size.requests[resource]) > amount(size.limits[resource])) {
      problems.push({
        field: `${at}.requests.${resource}`,
        message: `${size.requests[resource]} is more than the limit of ${size.limits[resource]}`,
      });
    }
  }
  const least = { first: 0, between: 2, production: 3 }[size.position];
  if (size.least < least) {
    problems.push({
      field: `${at}.replicas`,
      message:
        size.position === 'production'
          ? `${size.least} are too few for production: with less than ${least}, a drained node and a lost one take the service down`
          : `${size.least} is too few to find what only shows with several; '${size.name}' needs ${least}`,
    });
  }
  return problems;
}

/** The most replicas and one more, while a release is rolled out. */
function quotaProblems(size: Size, index: number): RenderProblem[] {
  const pods = BigInt(size.most + 1);
  const needed: Readonly<Record<string, bigint>> = {
    'requests.cpu': amount(size.requests.cpu) * pods,
    'requests.memory': amount(size.requests.memory) * pods,
    'limits.cpu': amount(size.limits.cpu) * pods,
    'limits.memory': amount(size.limits.memory) * pods,
    pods: amount(String(size.most + 1)),
  };
  return Object.entries(size.quota)
    .filter(([name, hard]) => (needed[name] ?? BigInt(0)) > amount(hard))
    .map(([name, hard]) => ({
      field: `environments.${index}.quota.${name}`,
      message: `${hard} does not carry ${size.most} replicas and one more while a release is rolled out; raise it, or ask for less`,
    }));
}

function orderProblems(
  size: Size,
  before: Size | undefined,
  index: number,
): RenderProblem[] {
  if (!before) {
    return [];
  }
  const at = `environments.${index}.workload`;
  const problems: RenderProblem[] = [];
  if (size.least < before.least) {
    problems.push({
      field: `${at}.replicas`,
      message: `${size.least} is less than the ${before.least} of '${before.name}' before it`,
    });
  }
  for (const kind of ['requests', 'limits'] as const) {
    for (const resource of ['cpu', 'memory'] satisfies Resource[]) {
      if (amount(size[kind][resource]) < amount(before[kind][resource])) {
        problems.push({
          field: `${at}.${kind}.${resource}`,
          message: `${size[kind][resource]} is less than ${before[kind][resource]} of '${before.name}' before it; what fits there would not fit here`,
        });
      }
    }
  }
  return problems;
}

function databaseProblems(
  intent: Intent,
  environment: IntentEnvironment,
  index: number,
): RenderProblem[] {
  if (intent.service.database === 'none' || environment.kind !== 'production') {
    return [];
  }
  const database = {
    ...DATABASE_DEFAULTS.production,
    ...environment.infrastructure?.database,
  };
  const at = `environments.${index}.infrastructure.database`;
  return [
    ...(database.multiAz
      ? []
      : [
          {
            field: `${at}.multiAz`,
            message: 'production needs a standby in another zone',
          },
        ]),
    ...(database.backupDays >= 7
      ? []
      : [
          {
            field: `${at}.backupDays`,
            message: `${database.backupDays} is too short; production keeps backups for 7 days or more`,
          },
        ]),
  ];
}
