import { z } from 'zod';
import { trailersOf } from '../trailersOf';
import { CommitInfo, PullRequest } from '../types';

export const projectSchema = z.looseObject({
  default_branch: z.string().nullish(),
  empty_repo: z.boolean().optional(),
  web_url: z.string(),
  http_url_to_repo: z.string(),
  visibility: z.string(),
});

export const namespaceSchema = z.looseObject({
  id: z.number(),
  kind: z.enum(['group', 'user']),
});

export const commitSchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  message: z.string().default(''),
  author_name: z.string(),
  author_email: z.string(),
  authored_date: z.string(),
  web_url: z.string(),
});

export const compareSchema = z.looseObject({ commits: z.array(commitSchema) });

export const fileSchema = z.looseObject({
  content: z.string(),
  encoding: z.literal('base64'),
  last_commit_id: z.string(),
});

export const mergeRequestSchema = z.looseObject({
  iid: z.number(),
  web_url: z.string(),
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  sha: z.string().nullish(),
  target_branch: z.string(),
  merge_commit_sha: z.string().nullish(),
  detailed_merge_status: z.string().optional(),
  merge_user: z.looseObject({ username: z.string() }).nullish(),
});

export function commitInfo(commit: z.infer<typeof commitSchema>): CommitInfo {
  return {
    sha: commit.id,
    subject: commit.title,
    author: commit.author_name,
    email: commit.author_email,
    at: new Date(commit.authored_date).toISOString(),
    link: commit.web_url,
    trailers: trailersOf(commit.message),
  };
}

export function pullRequestOf(
  value: z.infer<typeof mergeRequestSchema>,
): PullRequest {
  // A fast-forward makes no merge commit: the branch's head is what the target has then.
  const mergedSha = value.merge_commit_sha ?? value.sha ?? undefined;
  return {
    number: value.iid,
    link: value.web_url,
    state: stateOf(value.state),
    head: value.sha ?? '',
    ...(value.state === 'merged' && mergedSha ? { mergedSha } : {}),
    ...(value.merge_user ? { mergedBy: value.merge_user.username } : {}),
  };
}

/** GitLab locks a merge request for the moment of its merge. */
function stateOf(
  state: z.infer<typeof mergeRequestSchema>['state'],
): PullRequest['state'] {
  return state === 'merged' || state === 'closed' ? state : 'open';
}
