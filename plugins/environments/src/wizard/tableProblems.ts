import { EnvironmentAnswer } from './answers';
import { detailProblems } from './detailProblems';
import { isStaging } from './environmentDefaults';
import { quantityOf } from './quantity';
import { Setting, TableProblem } from './TableProblem';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const NAME_MAX_LENGTH = 20;

/** Production survives the loss of a zone with three. */
const PRODUCTION_REPLICAS = 3;

/** What runs once before production tells nothing of two that run together. */
const STAGING_REPLICAS = 2;

const QUANTITIES = [
  'requests.cpu',
  'limits.cpu',
  'requests.memory',
  'limits.memory',
] as const;

/**
 * What is wrong with the environments, cell by cell, by the rules that the engine will judge the repositories by.
 */
export function tableProblems(
  environments: readonly EnvironmentAnswer[],
  { isExposed = false }: { isExposed?: boolean } = {},
): TableProblem[] {
  return environments.flatMap((environment, index) => [
    ...nameProblems(environments, index),
    ...replicaProblems(environments, index),
    ...QUANTITIES.flatMap(setting =>
      quantityProblems(environments, index, setting),
    ),
    ...limitProblems(environment, index, 'cpu'),
    ...limitProblems(environment, index, 'memory'),
    ...(isExposed ? hostProblems(environments, index) : []),
    ...detailProblems(environments, index),
  ]);
}

function nameProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
): TableProblem[] {
  const { name } = environments[index];
  const problem = (message: string): TableProblem[] => [
    { environment: index, setting: 'name', message },
  ];
  if (!NAME.test(name)) {
    return problem(
      'Lower-case letters, digits and hyphens; a letter or digit at both ends',
    );
  }
  if (name.length > NAME_MAX_LENGTH) {
    return problem(`At most ${NAME_MAX_LENGTH} characters`);
  }
  return environments.findIndex(other => other.name === name) < index
    ? problem('Another environment has this name')
    : [];
}

function replicaProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
): TableProblem[] {
  const { replicas, kind } = environments[index];
  const problem = (
    message: string,
    setting: Setting = 'replicas',
  ): TableProblem[] => [{ environment: index, setting, message }];
  const least = leastReplicas(environments[index]);
  if (least === undefined || !Number.isInteger(least) || least < 1) {
    return problem('A whole number, at least 1');
  }
  if (kind === 'production' && least < PRODUCTION_REPLICAS) {
    return problem(
      `At least ${PRODUCTION_REPLICAS}, so that production survives the loss of a zone`,
    );
  }
  if (isStaging(environments, index) && least < STAGING_REPLICAS) {
    return problem(
      `At least ${STAGING_REPLICAS}: one alone tells nothing of several that run together`,
    );
  }
  if (typeof replicas === 'object' && !(replicas.max >= least)) {
    return problem(`A whole number, at least ${least}`, 'replicas.max');
  }
  const before = environments[index - 1];
  if (
    isScaled(environments[index + 1]) &&
    isStaging(environments, index) &&
    !isScaled(environments[index])
  ) {
    return problem(
      `Up to how many? ${
        environments[index + 1].name
      } scales by itself, which is tried out here`,
      'replicas.max',
    );
  }
  if (
    before &&
    isStaging(environments, index - 1) &&
    isScaled(before) &&
    !isScaled(environments[index])
  ) {
    return problem(
      `Up to how many? ${before.name} scales by itself, and tries out what runs here`,
      'replicas.max',
    );
  }
  const leastBefore = before && leastReplicas(before);
  return leastBefore !== undefined && leastBefore > least
    ? problem(`At least as many as ${before.name}, which has ${leastBefore}`)
    : [];
}

function leastReplicas({ replicas }: EnvironmentAnswer): number | undefined {
  return typeof replicas === 'object' ? replicas.min : replicas;
}

function isScaled(environment: EnvironmentAnswer | undefined): boolean {
  return typeof environment?.replicas === 'object';
}

function quantityProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
  setting: (typeof QUANTITIES)[number],
): TableProblem[] {
  const text = valueOf(environments[index], setting);
  const value = quantityOf(text);
  const problem = (message: string): TableProblem[] => [
    { environment: index, setting, message },
  ];
  if (value === undefined || value <= 0) {
    return problem(
      setting.endsWith('cpu')
        ? 'A quantity such as 500m or 1'
        : 'A quantity such as 512Mi or 1Gi',
    );
  }
  const before = environments[index - 1];
  const valueBefore = before && quantityOf(valueOf(before, setting));
  return valueBefore !== undefined && valueBefore > value
    ? problem(
        `At least as much as ${before.name}, which has ${valueOf(
          before,
          setting,
        )}`,
      )
    : [];
}

const HOST = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** A host name is one, and no other environment's. */
function hostProblems(
  environments: readonly EnvironmentAnswer[],
  index: number,
): TableProblem[] {
  const { host } = environments[index];
  if (host === undefined) {
    return [
      {
        environment: index,
        setting: 'host',
        message: 'The host name that it answers to here',
        isMissing: true,
      },
    ];
  }
  const problem = (message: string): TableProblem[] => [
    { environment: index, setting: 'host', message },
  ];
  if (!HOST.test(host)) {
    return problem('A host name such as checkout.example.com');
  }
  return environments.findIndex(other => other.host === host) < index
    ? problem('Another environment has this host name')
    : [];
}

function limitProblems(
  environment: EnvironmentAnswer,
  index: number,
  resource: 'cpu' | 'memory',
): TableProblem[] {
  const request = quantityOf(environment.requests[resource]);
  const limit = quantityOf(environment.limits[resource]);
  return request !== undefined && limit !== undefined && request > limit
    ? [
        {
          environment: index,
          setting: `limits.${resource}`,
          message: `At least the request, ${environment.requests[resource]}`,
        },
      ]
    : [];
}

function valueOf(
  environment: EnvironmentAnswer,
  setting: (typeof QUANTITIES)[number],
): string {
  switch (setting) {
    case 'requests.cpu':
      return environment.requests.cpu;
    case 'limits.cpu':
      return environment.limits.cpu;
    case 'requests.memory':
      return environment.requests.memory;
    case 'limits.memory':
      return environment.limits.memory;
    default:
      throw new Error(`Unknown setting ${setting satisfies never}`);
  }
}
