import { NotAllowedError } from '@backstage/errors';
import { z } from 'zod';
import { Protection, ProtectionStep, protectionStep } from '../protection';
import { RestClient } from '../RestClient';
import { RepositoryRef } from '../types';

const DEVELOPER = 30;
const MAINTAINER = 40;

const levelsSchema = z.array(
  z.looseObject({ access_level: z.number().nullable() }),
);
const branchSchema = z.looseObject({
  push_access_levels: levelsSchema,
  merge_access_levels: levelsSchema,
  allow_force_push: z.boolean().optional(),
  /** Absent where the tier does not have it. */
  code_owner_approval_required: z.boolean().optional(),
});
const ruleSchema = z.looseObject({
  id: z.number(),
  rule_type: z.string(),
  approvals_required: z.number(),
});
const groupSchema = z.looseObject({ id: z.number() });

const TIER =
  'GitLab asks for approvals from the tier Premium on; on this one maintainers alone push and merge';

/** Protects a project of GitLab: its groups, its branch, and what a merge request needs. */
export async function protect(
  client: RestClient,
  repository: RepositoryRef,
  { branch, review, codeOwners }: Protection,
): Promise<readonly ProtectionStep[]> {
  const path = ['projects', `${repository.owner}/${repository.name}`];
  const steps: ProtectionStep[] = [];
  for (const group of codeOwners) {
    steps.push(
      await protectionStep(`Approvals of ${group} count`, () =>
        share(client, path, repository.owner, group),
      ),
    );
  }
  steps.push(
    await protectionStep(
      review
        ? `Maintainers alone push to ${branch} and merge into it`
        : `The history of ${branch} stays as it is`,
      () =>
        protectBranch(client, path, branch, review ? MAINTAINER : DEVELOPER),
    ),
  );
  if (!review) {
    return steps;
  }
  steps.push(
    await protectionStep(
      'A merge request is merged when its pipeline has succeeded',
      () =>
        client
          .send('PUT', z.unknown(), path, {
            body: {
              only_allow_merge_if_pipeline_succeeds: true,
              allow_merge_on_skipped_pipeline: false,
            },
          })
          .then(() => {}),
    ),
    await protectionStep('Code owners approve what they own', () =>
      askCodeOwners(client, path, branch),
    ),
    await protectionStep(
      `A merge request needs ${review.approvals} approval, and not of its author`,
      () => askApprovals(client, path, review.approvals),
    ),
  );
  return steps;
}

/** GitLab protects the default branch by itself, in its own way; levels cannot be changed on every tier, so that it is done anew. */
async function protectBranch(
  client: RestClient,
  path: readonly string[],
  branch: string,
  level: number,
): Promise<void> {
  const address = [...path, 'protected_branches', branch];
  const found = await client.find(branchSchema, address);
  const isSo =
    found !== undefined &&
    !found.allow_force_push &&
    [found.push_access_levels, found.merge_access_levels].every(
      levels => levels.length === 1 && levels[0].access_level === level,
    );
  if (isSo) {
    return;
  }
  if (found) {
    await client.send('DELETE', z.unknown(), address);
  }
  await client.send('POST', z.unknown(), [...path, 'protected_branches'], {
    body: {
      name: branch,
      push_access_level: level,
      merge_access_level: level,
      allow_force_push: false,
    },
  });
}

async function askCodeOwners(
  client: RestClient,
  path: readonly string[],
  branch: string,
): Promise<void> {
  const answer = await client.send(
    'PATCH',
    branchSchema,
    [...path, 'protected_branches', branch],
    { body: { code_owner_approval_required: true } },
  );
  if (answer.code_owner_approval_required !== true) {
    throw new NotAllowedError(TIER);
  }
}

async function askApprovals(
  client: RestClient,
  path: readonly string[],
  approvals: number,
): Promise<void> {
  const address = [...path, 'approval_rules'];
  const rules = await client.find(z.array(ruleSchema), address, {
    query: { per_page: '100' },
  });
  if (!rules) {
    throw new NotAllowedError(TIER);
  }
  const everybody = rules.find(rule => rule.rule_type === 'any_approver');
  if (!everybody) {
    await client.send('POST', z.unknown(), address, {
      body: {
        name: 'All Members',
        rule_type: 'any_approver',
        approvals_required: approvals,
      },
    });
  } else if (everybody.approvals_required < approvals) {
    await client.send('PUT', z.unknown(), [...address, String(everybody.id)], {
      body: { name: 'All Members', approvals_required: approvals },
    });
  }
  await client.send('POST', z.unknown(), [...path, 'approvals'], {
    body: {
      merge_requests_author_approval: false,
      reset_approvals_on_push: true,
      disable_overriding_approvers_per_merge_request: true,
    },
  });
}

/** Members of a group above the project are its members already. */
async function share(
  client: RestClient,
  path: readonly string[],
  owner: string,
  group: string,
): Promise<void> {
  if (`${owner}/`.toLowerCase().startsWith(`${group}/`.toLowerCase())) {
    return;
  }
  const { id } = await client.get(groupSchema, ['groups', group], {
    query: { with_projects: 'false' },
  });
  try {
    await client.send('POST', z.unknown(), [...path, 'share'], {
      body: { group_id: id, group_access: DEVELOPER },
    });
  } catch (error) {
    // It is shared with the group already.
    if (!(error instanceof Error) || error.name !== 'ConflictError') {
      throw error;
    }
  }
}
