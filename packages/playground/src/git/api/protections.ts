import type { Request, Router } from 'express';
import { z } from 'zod';
import { isRefName } from '../names';
import { now } from '../model';
import type { Protections } from '../Protections';
import { ApiContext, REPOSITORY } from './ApiContext';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';

const ruleSchema = z.object({
  rule_name: z.string().optional(),
  branch_name: z.string().optional(),
  enable_push: z.boolean().optional(),
  required_approvals: z.number().int().min(0).optional(),
  enable_status_check: z.boolean().optional(),
  status_check_contexts: z.array(z.string()).optional(),
  block_on_rejected_reviews: z.boolean().optional(),
  block_on_official_review_requests: z.boolean().optional(),
  dismiss_stale_approvals: z.boolean().optional(),
  block_admin_merge_override: z.boolean().optional(),
  unprotected_file_patterns: z.string().optional(),
});

/** What a rule says where it was not told otherwise. */
const UNSAID = {
  priority: 1,
  enable_push: false,
  enable_push_whitelist: false,
  push_whitelist_usernames: [],
  push_whitelist_teams: [],
  push_whitelist_deploy_keys: false,
  enable_force_push: false,
  enable_force_push_allowlist: false,
  force_push_allowlist_usernames: [],
  force_push_allowlist_teams: [],
  force_push_allowlist_deploy_keys: false,
  enable_merge_whitelist: false,
  merge_whitelist_usernames: [],
  merge_whitelist_teams: [],
  enable_status_check: false,
  status_check_contexts: [],
  required_approvals: 0,
  enable_approvals_whitelist: false,
  approvals_whitelist_username: [],
  approvals_whitelist_teams: [],
  block_on_rejected_reviews: false,
  block_on_official_review_requests: false,
  block_on_outdated_branch: false,
  dismiss_stale_approvals: false,
  ignore_stale_approvals: false,
  require_signed_commits: false,
  protected_file_patterns: '',
  unprotected_file_patterns: '',
  block_admin_merge_override: false,
};

/** Rules of branches, and the teams that may write. */
export function routeProtections(
  router: Router,
  context: ApiContext,
  protections: Protections,
  teams: readonly string[],
): void {
  const { model, pulls } = context;

  const known = (request: Request) => {
    const repository = context.hosted(request);
    const rule = protections.of(repository, wildcard(request));
    if (!rule) {
      throw notFound();
    }
    return { repository, rule };
  };

  router.get(`${REPOSITORY}/branch_protections`, (request, response) => {
    context.signedIn(request);
    response.json(model.protectionsOf(context.hosted(request)));
  });

  router.get(`${REPOSITORY}/branch_protections/*`, (request, response) => {
    context.signedIn(request);
    response.json(known(request).rule);
  });

  router.post(`${REPOSITORY}/branch_protections`, async (request, response) => {
    context.signedIn(request);
    const repository = context.hosted(request);
    const { branch_name: branch, ...body } = ruleSchema.parse(request.body);
    const name = body.rule_name ?? branch ?? '';
    if (!isRefName(name)) {
      throw new HttpError(400, 'both rule_name and branch_name are empty');
    }
    if (protections.of(repository, name)) {
      throw new HttpError(403, 'Branch protection already exist');
    }
    const at = now();
    const rule = {
      ...UNSAID,
      ...body,
      branch_name: name,
      rule_name: name,
      created_at: at,
      updated_at: at,
    };
    await protections.set(repository, rule);
    pulls.recheck(repository);
    response.status(201).json(rule);
  });

  router.patch(
    `${REPOSITORY}/branch_protections/*`,
    async (request, response) => {
      context.signedIn(request);
      const { repository, rule } = known(request);
      const {
        branch_name: _,
        rule_name: __,
        ...body
      } = ruleSchema.parse(request.body);
      const changed = { ...rule, ...body, updated_at: now() };
      await protections.set(repository, changed);
      pulls.recheck(repository);
      response.json(changed);
    },
  );

  router.delete(
    `${REPOSITORY}/branch_protections/*`,
    async (request, response) => {
      context.signedIn(request);
      const { repository, rule } = known(request);
      await protections.remove(repository, rule.rule_name);
      pulls.recheck(repository);
      response.status(204).end();
    },
  );

  // Everybody may read and write here, so that there is nothing to keep.
  router.put(`${REPOSITORY}/teams/:team`, (request, response) => {
    context.signedIn(request);
    const { owner } = context.hosted(request);
    if (
      !model.user(owner)?.isOrganisation ||
      !teams.includes(request.params.team)
    ) {
      throw notFound("team doesn't exist");
    }
    response.status(204).end();
  });
}
