import { RepositoriesAnswer } from './answers';

/** In the order in which they are asked for. */
export const REPOSITORY_KINDS = [
  'infrastructure',
  'deployConfig',
  'source',
] as const;

export type RepositoryKind = (typeof REPOSITORY_KINDS)[number];

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** The names of the repositories: what was said, else what follows from the service. */
export function repositoryNames(
  service: string,
  answer: RepositoriesAnswer,
): Record<RepositoryKind, string> {
  return {
    infrastructure: answer.infrastructure ?? `${service}-infrastructure`,
    deployConfig: answer.deployConfig ?? `${service}-deploy-config`,
    source: answer.source ?? service,
  };
}

/** What is wrong, by field; names that follow from the service are right. */
export function repositoryProblems(
  answer: RepositoriesAnswer,
): Partial<Record<'host' | 'owner' | RepositoryKind, string>> {
  const problems: Partial<Record<'host' | 'owner' | RepositoryKind, string>> =
    {};
  if (!answer.host) {
    problems.host = 'Choose a git host';
  }
  if (!answer.owner) {
    problems.owner = 'Say which organisation or user gets the repositories';
  } else if (!answer.owner.split('/').every(part => NAME.test(part))) {
    problems.owner = 'Not the name of an organisation or user';
  }
  const given = REPOSITORY_KINDS.flatMap(kind =>
    answer[kind] === undefined ? [] : [{ kind, name: answer[kind] }],
  );
  for (const { kind, name } of given) {
    if (!NAME.test(name)) {
      problems[kind] =
        'Letters, digits, dots, hyphens and underscores; a letter or digit at both ends';
    } else if (
      given.some(other => other.kind !== kind && other.name === name)
    ) {
      problems[kind] = 'Every repository needs a name of its own';
    }
  }
  return problems;
}
