import fs from 'fs';
import git from 'isomorphic-git';
import http from 'isomorphic-git/http/node';

/**
 * Makes a folder the first commit of an empty repository, over git's smart HTTP protocol.
 */
export async function pushInitialCommit(options: {
  url: string;
  credentials: { username?: string; password?: string };
  directory: string;
  branch: string;
  message: string;
  author: { name: string; email: string };
}): Promise<{ sha: string }> {
  const { url, credentials, directory: dir, branch, message, author } = options;
  await git.init({ fs, dir, defaultBranch: branch });
  await git.add({ fs, dir, filepath: '.' });
  const sha = await git.commit({ fs, dir, message, author, committer: author });
  const result = await git.push({
    fs,
    http,
    dir,
    url,
    ref: branch,
    remoteRef: `refs/heads/${branch}`,
    onAuth: () => ({
      username: credentials.username ?? 'token',
      password: credentials.password,
    }),
    onAuthFailure: () => ({ cancel: true }),
  });
  if (!result.ok) {
    throw new Error(
      `The first commit was not accepted by ${url}: ${
        result.error ?? 'no reason given'
      }`,
    );
  }
  return { sha };
}
