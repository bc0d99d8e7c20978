import { z } from 'zod';
import {
  Protection,
  ProtectionStep,
  protectionStep,
  assertTeamOf,
  teamOf,
} from '../protection';
import { RepositoryRef } from '../types';
import { GiteaClient, GiteaStatusError } from './GiteaClient';

const repositorySchema = z.looseObject({ has_actions: z.boolean().optional() });

/** Protects a repository of a Gitea: its teams, then the rule of its branch. */
export async function protect(
  client: GiteaClient,
  { owner, name }: RepositoryRef,
  protection: Protection,
): Promise<readonly ProtectionStep[]> {
  const path = ['repos', owner, name];
  const steps: ProtectionStep[] = [];
  for (const team of protection.codeOwners) {
    steps.push(
      await protectionStep(`Reviews of ${team} count`, () =>
        addTeam(client, path, team, owner),
      ),
    );
  }
  const { branch, review } = protection;
  if (!review) {
    steps.push(
      await protectionStep(`The history of ${branch} stays as it is`, () =>
        writeRule(client, path, branch, { enable_push: true }),
      ),
    );
    return steps;
  }
  const { has_actions: hasActions } = await client.get(repositorySchema, path);
  // Without actions nothing would ever report a check, and nothing could be merged.
  const checks = hasActions === false ? [] : review.checks;
  const rule = await protectionStep(
    `${branch} takes changes by reviewed pull request${
      review.directFiles.length > 0
        ? `, and by commit releases alone (${review.directFiles.join(', ')})`
        : ''
    }`,
    () =>
      writeRule(client, path, branch, {
        enable_push: false,
        required_approvals: review.approvals,
        enable_status_check: checks.length > 0,
        status_check_contexts: checks,
        block_on_rejected_reviews: true,
        // Gitea asks the code owners by itself; this makes a merge wait for them.
        block_on_official_review_requests: true,
        dismiss_stale_approvals: true,
        block_admin_merge_override: true,
        unprotected_file_patterns: review.directFiles.map(escapeGlob).join(';'),
      }),
  );
  const refused =
    hasActions === false
      ? 'Actions are switched off for the repository'
      : rule.refused;
  return [
    ...steps,
    rule,
    ...review.checks.map(check => ({
      what: `A pull request has to pass '${check}'`,
      ...(refused === undefined ? {} : { refused }),
    })),
  ];
}

async function writeRule(
  client: GiteaClient,
  path: readonly string[],
  branch: string,
  rule: object,
): Promise<void> {
  const found = await client.find(z.unknown(), [
    ...path,
    'branch_protections',
    branch,
  ]);
  if (found === undefined) {
    await client.send('POST', z.unknown(), [...path, 'branch_protections'], {
      body: { rule_name: branch, ...rule },
    });
  } else {
    await client.send(
      'PATCH',
      z.unknown(),
      [...path, 'branch_protections', branch],
      { body: rule },
    );
  }
}

async function addTeam(
  client: GiteaClient,
  path: readonly string[],
  team: string,
  owner: string,
): Promise<void> {
  assertTeamOf(team, owner);
  try {
    await client.send('PUT', z.unknown(), [
      ...path,
      'teams',
      teamOf(team).name,
    ]);
  } catch (error) {
    // 422 is also how Gitea says that the team has the repository already.
    if (
      !(error instanceof GiteaStatusError) ||
      error.status !== 422 ||
      !/already/i.test(error.message)
    ) {
      throw error;
    }
  }
}

/** A path as a glob that fits nothing else. */
function escapeGlob(path: string): string {
  return path.replace(/[\\*?[\]{}!]/g, '\\$&');
}
