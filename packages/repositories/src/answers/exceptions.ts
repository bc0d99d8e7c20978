import { IntentInput } from '@envmatrix/engine';
import { RenderError } from '../types';
import { Answers, EnvironmentAnswers } from './answersSchema';

type Allow = NonNullable<NonNullable<IntentInput['parity']>['allow']>;

/** The longest that somebody may allow a difference from the wizard; then they look at it again. */
const LONGEST_DAYS = 180;

const DAY = 24 * 60 * 60 * 1000;

/**
 * Differences between environments that a choice of the wizard means, said where every other exception is said.
 *
 * @throws {@link RenderError} when one that was asked for would last too long.
 */
export function exceptionsOf(
  answers: Answers,
  environments: readonly EnvironmentAnswers[],
  now: Date,
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
    ...asked(answers.parityAllow ?? [], now),
  ];
}

function asked(
  exceptions: NonNullable<Answers['parityAllow']>,
  now: Date,
): NonNullable<Answers['parityAllow']> {
  const last = new Date(now.getTime() + LONGEST_DAYS * DAY)
    .toISOString()
    .slice(0, 10);
  for (const [index, { expires }] of exceptions.entries()) {
    // What is no day at all, the intent says.
    const day = typeof expires === 'string' ? Date.parse(expires) : NaN;
    if (new Date(day) > new Date(`${last}T23:59:59.999Z`)) {
      throw new RenderError(
        `parityAllow.${index}.expires`,
        `${expires} is more than ${LONGEST_DAYS} days ahead; choose a day no later than ${last}, and allow the difference again if it is still meant then`,
      );
    }
  }
  return exceptions;
}
