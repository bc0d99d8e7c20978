import { FileChange, PullRequest } from '@envmatrix/scm';
import { ServiceRepository } from './readService';

/**
 * Proposes changes as one commit of a person on a branch of its own. What was proposed before and is still open is not changed under the
 * eyes of its reviewers: it is the answer.
 */
export async function proposeFiles(options: {
  to: ServiceRepository;
  branch: string;
  title: string;
  body: string;
  files: readonly FileChange[];
  author: { name: string; email: string };
}): Promise<{ pullRequest: PullRequest; isNew: boolean }> {
  const { to, branch, title, body, files, author } = options;
  const { host, repository } = to;
  const known = await host.findPullRequest({
    repository,
    branch,
    base: to.branch,
  });
  if (known?.state === 'open') {
    return { pullRequest: known, isNew: false };
  }
  // What an attempt left behind that ended half way, or a pull request that was closed.
  await host.deleteBranch({ repository, branch });
  await host.commitFiles({
    repository,
    branch: to.branch,
    newBranch: branch,
    files,
    message: title,
    author,
  });
  return {
    pullRequest: await host.openPullRequest({
      repository,
      branch,
      base: to.branch,
      title,
      body,
    }),
    isNew: true,
  };
}
