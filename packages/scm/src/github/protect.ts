import { z } from 'zod';
import {
  assertTeamOf,
  Protection,
  ProtectionStep,
  protectionStep,
  teamOf,
} from '../protection';
import { RestClient } from '../RestClient';
import { RepositoryRef } from '../types';

/** Name of the ruleset, by which a second attempt finds it. */
export const RULESET = 'environments';

/** The role `admin`, among the roles that every repository has. */
const ADMIN_ROLE = 5;

const rulesetsSchema = z.array(
  z.looseObject({ id: z.number(), name: z.string() }),
);
const teamSchema = z.looseObject({ id: z.number() });
const policiesSchema = z.looseObject({
  branch_policies: z.array(z.looseObject({ name: z.string() })),
});

/** An app of the integration: what the portal may act as. */
export interface KnownApp {
  readonly appId: number;
  readonly clientId: string;
}

/** Protects a repository of GitHub: its teams, a ruleset for its branch, its environments. */
export async function protect(
  client: RestClient,
  { owner, name }: RepositoryRef,
  protection: Protection,
  apps: readonly KnownApp[],
): Promise<readonly ProtectionStep[]> {
  const path = ['repos', owner, name];
  const { branch, review } = protection;
  const steps: ProtectionStep[] = [];
  for (const team of protection.codeOwners) {
    steps.push(
      // GitHub passes over code owners that may not write, without a word.
      await protectionStep(`Reviews of ${team} count`, async () => {
        assertTeamOf(team, owner);
        await client.send(
          'PUT',
          z.unknown(),
          ['orgs', owner, 'teams', teamOf(team).name, ...path],
          { body: { permission: 'push' } },
        );
      }),
    );
  }
  const commits = (review?.directFiles.length ?? 0) > 0;
  steps.push(
    await protectionStep(
      review
        ? `${branch} takes changes by pull request, reviewed by code owners, that passes ${review.checks.join(
            ', ',
          )}${
            commits
              ? `; ${
                  apps.length > 0 ? 'the portal\u2019s app' : 'administrators'
                } may push releases`
              : ''
          }`
        : `The history of ${branch} stays as it is`,
      () => writeRuleset(client, path, protection, commits ? apps : undefined),
    ),
  );
  const { deployApp } = protection;
  if (
    commits &&
    deployApp !== undefined &&
    !apps.some(({ clientId }) => clientId === deployApp)
  ) {
    steps.push({
      what: `The app ${deployApp} may push releases`,
      refused: `only its client id is known here: put it on the bypass list of the ruleset '${RULESET}'`,
    });
  }
  for (const { environment, reviewers } of protection.deployments) {
    steps.push(
      await protectionStep(
        `The environment ${environment} waits for ${reviewers.join(', ')}`,
        () =>
          writeEnvironment(client, path, { environment, reviewers, branch }),
      ),
    );
  }
  return steps;
}

/** @param apps - who pushes past the rules; undefined for nobody, empty where the portal acts by the token of an administrator. */
async function writeRuleset(
  client: RestClient,
  path: readonly string[],
  { branch, review }: Protection,
  apps: readonly KnownApp[] | undefined,
): Promise<void> {
  const body = {
    name: RULESET,
    target: 'branch',
    enforcement: 'active',
    conditions: {
      ref_name: { include: [`refs/heads/${branch}`], exclude: [] },
    },
    bypass_actors: bypassActors(apps),
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      ...(review
        ? [
            {
              type: 'pull_request',
              parameters: {
                required_approving_review_count: review.approvals,
                require_code_owner_review: true,
                dismiss_stale_reviews_on_push: true,
                require_last_push_approval: true,
                required_review_thread_resolution: false,
              },
            },
            {
              type: 'required_status_checks',
              parameters: {
                strict_required_status_checks_policy: false,
                required_status_checks: review.checks.map(context => ({
                  context,
                })),
              },
            },
          ]
        : []),
    ],
  };
  const known = await client.get(rulesetsSchema, [...path, 'rulesets'], {
    query: { includes_parents: 'false', per_page: '100' },
  });
  const mine = known.find(({ name }) => name === RULESET);
  if (mine) {
    await client.send(
      'PUT',
      z.unknown(),
      [...path, 'rulesets', String(mine.id)],
      { body },
    );
  } else {
    await client.send('POST', z.unknown(), [...path, 'rulesets'], { body });
  }
}

function bypassActors(apps: readonly KnownApp[] | undefined) {
  if (apps === undefined) {
    return [];
  }
  return apps.length > 0
    ? apps.map(({ appId }) => ({
        actor_id: appId,
        actor_type: 'Integration',
        bypass_mode: 'always',
      }))
    : [
        {
          actor_id: ADMIN_ROLE,
          actor_type: 'RepositoryRole',
          bypass_mode: 'always',
        },
      ];
}

async function writeEnvironment(
  client: RestClient,
  path: readonly string[],
  options: {
    environment: string;
    reviewers: readonly string[];
    branch: string;
  },
): Promise<void> {
  const { environment, reviewers, branch } = options;
  const teams = await Promise.all(
    reviewers.map(async team => {
      const { organisation, name } = teamOf(team);
      return await client.get(teamSchema, [
        'orgs',
        organisation,
        'teams',
        name,
      ]);
    }),
  );
  const address = [...path, 'environments', environment];
  await client.send('PUT', z.unknown(), address, {
    body: {
      prevent_self_review: true,
      reviewers: teams.map(({ id }) => ({ type: 'Team', id })),
      deployment_branch_policy: {
        protected_branches: false,
        custom_branch_policies: true,
      },
    },
  });
  const { branch_policies: policies } = await client.get(policiesSchema, [
    ...address,
    'deployment-branch-policies',
  ]);
  if (!policies.some(({ name }) => name === branch)) {
    await client.send(
      'POST',
      z.unknown(),
      [...address, 'deployment-branch-policies'],
      { body: { name: branch } },
    );
  }
}
