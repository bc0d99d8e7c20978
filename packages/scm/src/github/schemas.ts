import { z } from 'zod';
import { trailersOf } from '../trailersOf';
import { CommitInfo, PullRequest } from '../types';

export const repositorySchema = z.looseObject({
  default_branch: z.string(),
  html_url: z.string(),
  clone_url: z.string(),
  private: z.boolean(),
});

export const ownerSchema = z.looseObject({ type: z.string() });

export const commitSchema = z.looseObject({
  sha: z.string(),
  html_url: z.string(),
  commit: z.looseObject({
    message: z.string(),
    author: z.looseObject({
      name: z.string(),
      email: z.string(),
      date: z.string(),
    }),
  }),
});

export const compareSchema = z.looseObject({
  ahead_by: z.number(),
  behind_by: z.number(),
  commits: z.array(commitSchema),
});

export const fileSchema = z.looseObject({
  type: z.literal('file'),
  content: z.string(),
  encoding: z.literal('base64'),
});

export const refSchema = z.looseObject({
  object: z.looseObject({ sha: z.string() }),
});

export const gitCommitSchema = z.looseObject({
  sha: z.string(),
  tree: z.looseObject({ sha: z.string() }),
});

export const treeSchema = z.looseObject({
  sha: z.string(),
  truncated: z.boolean().optional(),
  tree: z.array(
    z.looseObject({
      path: z.string(),
      mode: z.string(),
      type: z.string(),
      sha: z.string(),
    }),
  ),
});

export const pullRequestSchema = z.looseObject({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable(),
  mergeable: z.boolean().nullish(),
  head: z.looseObject({ ref: z.string(), sha: z.string() }),
  base: z.looseObject({ ref: z.string() }),
  merge_commit_sha: z.string().nullish(),
  merged_by: z.looseObject({ login: z.string() }).nullish(),
});

export function commitInfo(commit: z.infer<typeof commitSchema>): CommitInfo {
  const { author, message } = commit.commit;
  return {
    sha: commit.sha,
    subject: message.split('\n')[0],
    author: author.name,
    email: author.email,
    at: new Date(author.date).toISOString(),
    link: commit.html_url,
    trailers: trailersOf(message),
  };
}

export function pullRequestOf(
  value: z.infer<typeof pullRequestSchema>,
): PullRequest {
  const isMerged = value.merged_at !== null;
  return {
    number: value.number,
    link: value.html_url,
    state: isMerged ? 'merged' : value.state,
    head: value.head.sha,
    ...(isMerged && value.merge_commit_sha
      ? { mergedSha: value.merge_commit_sha }
      : {}),
    ...(value.merged_by ? { mergedBy: value.merged_by.login } : {}),
  };
}
