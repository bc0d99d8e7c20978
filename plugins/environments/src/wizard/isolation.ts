import { EnvironmentAnswer, isRecord, WizardAnswers } from './answers';
import { completeEnvironments } from './environmentDefaults';

/** How environments can be kept apart. */
export const ISOLATION_MODELS = [
  'shared-nonprod',
  'separate',
  'namespaces',
  'custom',
] as const;

export type IsolationModel = (typeof ISOLATION_MODELS)[number];

/** One cluster, with the names of the environments that run in it. */
export interface ClusterAnswer {
  readonly name: string;
  readonly environments: readonly string[];
}

/** The environments that were asked for so far. */
export function environmentsOf(answers: WizardAnswers): EnvironmentAnswer[] {
  const given = Array.isArray(answers.environments)
    ? answers.environments.filter(isRecord)
    : undefined;
  return completeEnvironments(given).environments;
}

/** The clusters that a model stands for; those of `custom` are described one by one. */
export function clustersOf(
  model: IsolationModel,
  environments: readonly EnvironmentAnswer[],
  described: readonly ClusterAnswer[] = [],
): ClusterAnswer[] {
  const names = environments.map(({ name }) => name);
  const ofKind = (kind: EnvironmentAnswer['kind']) =>
    environments.filter(entry => entry.kind === kind).map(({ name }) => name);
  switch (model) {
    case 'shared-nonprod':
      return [
        { name: 'nonprod', environments: ofKind('non-production') },
        { name: 'prod', environments: ofKind('production') },
      ];
    case 'separate':
      return names.map(name => ({ name, environments: [name] }));
    case 'namespaces':
      return [{ name: 'shared', environments: names }];
    case 'custom':
      return [...described];
    default:
      throw new Error(`Unknown isolation model ${model satisfies never}`);
  }
}

/** The model that was chosen so far. */
export function isolationOf(answers: WizardAnswers): IsolationModel {
  return (
    ISOLATION_MODELS.find(model => model === answers.isolation) ??
    'shared-nonprod'
  );
}

/** The clusters that were described so far. */
export function describedClusters(value: unknown): ClusterAnswer[] {
  return (Array.isArray(value) ? value : []).flatMap(entry =>
    isRecord(entry) &&
    typeof entry.name === 'string' &&
    Array.isArray(entry.environments)
      ? [{ name: entry.name, environments: entry.environments.map(String) }]
      : [],
  );
}
