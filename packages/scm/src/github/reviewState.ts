import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { z } from 'zod';
import { RestClient } from '../RestClient';

const QUERY = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewDecision
      commits(last: 1) {
        nodes {
          commit {
            statusCheckRollup {
              contexts(first: 100) {
                nodes {
                  __typename
                  ... on CheckRun { name conclusion isRequired(pullRequestNumber: $number) }
                  ... on StatusContext { context state isRequired(pullRequestNumber: $number) }
                }
              }
            }
          }
        }
      }
    }
  }
}`;

const contextSchema = z.discriminatedUnion('__typename', [
  z.looseObject({
    __typename: z.literal('CheckRun'),
    name: z.string(),
    conclusion: z.string().nullable(),
    isRequired: z.boolean(),
  }),
  z.looseObject({
    __typename: z.literal('StatusContext'),
    context: z.string(),
    state: z.string(),
    isRequired: z.boolean(),
  }),
]);

const answerSchema = z.looseObject({
  data: z
    .looseObject({
      repository: z
        .looseObject({
          pullRequest: z
            .looseObject({
              reviewDecision: z
                .enum(['APPROVED', 'CHANGES_REQUESTED', 'REVIEW_REQUIRED'])
                .nullable(),
              commits: z.looseObject({
                nodes: z.array(
                  z.looseObject({
                    commit: z.looseObject({
                      statusCheckRollup: z
                        .looseObject({
                          contexts: z.looseObject({
                            nodes: z.array(contextSchema),
                          }),
                        })
                        .nullable(),
                    }),
                  }),
                ),
              }),
            })
            .nullable(),
        })
        .nullable(),
    })
    .nullish(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});

const GREEN = ['SUCCESS', 'NEUTRAL', 'SKIPPED'];

/**
 * Holds a merge to the rules of its branch. The portal may be among those who can pass them by, as releases are commits; a merge of
 * its never does.
 *
 * @throws ConflictError when a review or a required check is missing.
 */
export async function assertReviewed(
  client: RestClient,
  options: { owner: string; name: string; number: number; label: string },
): Promise<void> {
  const { owner, name, number, label } = options;
  const { data, errors } = await client.send(
    'POST',
    answerSchema,
    ['graphql'],
    {
      body: { query: QUERY, variables: { owner, name, number } },
    },
  );
  const found = data?.repository?.pullRequest;
  if (!found) {
    throw new ServiceUnavailableError(
      `${label}: GitHub does not say whether it was reviewed: ${
        errors?.map(({ message }) => message).join('; ') ?? 'no reason given'
      }`,
    );
  }
  switch (found.reviewDecision) {
    case 'REVIEW_REQUIRED':
      throw new ConflictError(
        `${label} waits for the review of its code owners`,
      );
    case 'CHANGES_REQUESTED':
      throw new ConflictError(`${label}: a reviewer asked for changes`);
    default:
  }
  const checks = found.commits.nodes.flatMap(
    ({ commit }) => commit.statusCheckRollup?.contexts.nodes ?? [],
  );
  const missing = checks
    .map(check =>
      check.__typename === 'CheckRun'
        ? { ...check, label: check.name, result: check.conclusion }
        : { ...check, label: check.context, result: check.state },
    )
    .filter(
      ({ isRequired, result }) => isRequired && !GREEN.includes(result ?? ''),
    );
  if (missing.length > 0) {
    throw new ConflictError(
      `${label} waits for ${missing
        .map(
          check =>
            `${check.label} (${(check.result ?? 'running').toLowerCase()})`,
        )
        .join(', ')}`,
    );
  }
}
