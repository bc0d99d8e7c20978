import { z } from 'zod';
import { trailersOf } from '../trailersOf';
import { CommitInfo, PullRequest } from '../types';

const person = z.looseObject({
  name: z.string(),
  email: z.string(),
  date: z.string(),
});

/** A commit as `git/commits`, `commits` and `compare` give it. */
export const commitSchema = z.looseObject({
  sha: z.string(),
  html_url: z.string(),
  commit: z.looseObject({ message: z.string(), author: person }),
});

export const compareSchema = z.looseObject({
  total_commits: z.number(),
  commits: z.array(commitSchema).nullable(),
});

export const repositorySchema = z.looseObject({
  default_branch: z.string(),
  empty: z.boolean(),
  html_url: z.string(),
  clone_url: z.string(),
  private: z.boolean(),
});

export const fileSchema = z.looseObject({
  type: z.literal('file'),
  content: z.string(),
  encoding: z.literal('base64'),
});

export const writtenSchema = z.looseObject({
  commit: z.looseObject({ sha: z.string(), html_url: z.string() }),
});

export const pullRequestSchema = z.looseObject({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  mergeable: z.boolean(),
  head: z.looseObject({ ref: z.string(), sha: z.string() }),
  base: z.looseObject({ ref: z.string() }),
  merge_commit_sha: z.string().nullish(),
  merged_by: z.looseObject({ login: z.string() }).nullish(),
});

export function commitInfo(commit: z.infer<typeof commitSchema>): CommitInfo {
  return {
    sha: commit.sha,
    subject: commit.commit.message.split('\n')[0],
    author: commit.commit.author.name,
    email: commit.commit.author.email,
    at: new Date(commit.commit.author.date).toISOString(),
    link: commit.html_url,
    trailers: trailersOf(commit.commit.message),
  };
}

export function pullRequestOf(
  value: z.infer<typeof pullRequestSchema>,
): PullRequest {
  return {
    number: value.number,
    link: value.html_url,
    state: value.merged ? 'merged' : value.state,
    head: value.head.sha,
    ...(value.merged && value.merge_commit_sha
      ? { mergedSha: value.merge_commit_sha }
      : {}),
    ...(value.merged_by ? { mergedBy: value.merged_by.login } : {}),
  };
}
