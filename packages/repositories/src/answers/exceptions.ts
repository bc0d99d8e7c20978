import { IntentInput } from '@envmatrix/engine';
import { Answers, EnvironmentAnswers } from './answersSchema';

type Allow = NonNullable<NonNullable<IntentInput['parity']>['allow']>;

/** Differences between environments that a choice of the wizard means, said where every other exception is said. */
export function exceptionsOf(
  answers: Answers,
  environments: readonly EnvironmentAnswers[],
): Allow {
  const { service } = answers;
  const made = environments.filter(({ secrets }) => secrets === 'fake');
  const keys = answers.secrets?.keys ?? [];
  return [
    ...(answers.isolation === 'namespaces'
      ? [
          {
            subject: `scheduling.k8s.io/PriorityClass ${service}`,
            pointer: '/value',
            reason:
              'All environments share the nodes; when they are short, production is served first',
          },
        ]
      : []),
    ...(made.length > 0 && keys.length > 0
      ? [
          {
            subject: `external-secrets.io/SecretStore ${service}`,
            pointer: '/spec/provider',
            reason: `Made-up values are enough in ${made
              .map(({ name }) => name)
              .join(' and ')}`,
          },
        ]
      : []),
    ...(answers.parityAllow ?? []),
  ];
}
