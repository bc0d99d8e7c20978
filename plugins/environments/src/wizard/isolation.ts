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

/** A cluster, by its name, with the names of the environments that run in it. */
export interface ClusterPlace {
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

/** The clusters that a model stands for; `custom` begins as the usual model. */
export function placesOf(
  model: IsolationModel,
  environments: readonly EnvironmentAnswer[],
): ClusterPlace[] {
  const names = environments.map(({ name }) => name);
  const ofKind = (kind: EnvironmentAnswer['kind']) =>
    environments.filter(entry => entry.kind === kind).map(({ name }) => name);
  switch (model) {
    case 'shared-nonprod':
    case 'custom':
      return [
        { name: 'nonprod', environments: ofKind('non-production') },
        { name: 'prod', environments: ofKind('production') },
      ];
    case 'separate':
      return names.map(name => ({ name, environments: [name] }));
    case 'namespaces':
      return [{ name: 'shared', environments: names }];
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
