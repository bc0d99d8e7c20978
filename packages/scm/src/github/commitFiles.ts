import { ConflictError, NotFoundError } from '@backstage/errors';
import { z } from 'zod';
import { blobSha } from '../gitea/GiteaClient';
import { HostStatusError, RestClient } from '../RestClient';
import { FileChange } from '../types';
import { gitCommitSchema, refSchema, treeSchema } from './schemas';

const FILE_MODE = '100644';

/**
 * One commit with several files. GitHub's contents API takes one file at a time, so the commit is made of its git objects; the
 * branch moves last, and only forward.
 *
 * @throws ConflictError when a file is not what was expected, or the branch moved meanwhile.
 */
export async function commitFiles(
  client: RestClient,
  path: readonly string[],
  options: {
    branch: string;
    newBranch?: string;
    files: readonly FileChange[];
    message: string;
    author: { name: string; email: string };
  },
): Promise<string> {
  const { branch, newBranch, files, message, author } = options;
  const head = await client.find(refSchema, [
    ...path,
    ...['git', 'ref', 'heads'],
    ...branch.split('/'),
  ]);
  if (!head) {
    throw new NotFoundError(
      `${path.slice(1).join('/')} has no branch ${branch}`,
    );
  }
  const parent = head.object.sha;
  const { tree } = await client.get(gitCommitSchema, [
    ...path,
    ...['git', 'commits', parent],
  ]);
  const before = await client.get(
    treeSchema,
    [...path, 'git', 'trees', tree.sha],
    { query: { recursive: '1' } },
  );
  const known = new Map(before.tree.map(entry => [entry.path, entry]));
  const moved = files.filter(
    file =>
      known.get(file.path)?.sha !==
      (file.before === undefined ? undefined : blobSha(file.before)),
  );
  if (moved.length > 0 || before.truncated) {
    throw new ConflictError(
      before.truncated
        ? `${path.slice(1).join('/')} has more files than GitHub lists at once`
        : `${moved.map(file => file.path).join(', ')} changed in ${path
            .slice(1)
            .join('/')} meanwhile`,
    );
  }
  const after = await client.send(
    'POST',
    z.looseObject({ sha: z.string() }),
    [...path, 'git', 'trees'],
    {
      body: {
        base_tree: tree.sha,
        tree: files.map(file => ({
          path: file.path,
          mode: known.get(file.path)?.mode ?? FILE_MODE,
          type: 'blob',
          ...(file.after === undefined
            ? { sha: null }
            : { content: file.after }),
        })),
      },
    },
  );
  const commit = await client.send(
    'POST',
    gitCommitSchema,
    [...path, 'git', 'commits'],
    { body: { message, tree: after.sha, parents: [parent], author } },
  );
  try {
    if (newBranch === undefined) {
      await client.send(
        'PATCH',
        z.unknown(),
        [...path, 'git', 'refs', 'heads', ...branch.split('/')],
        { body: { sha: commit.sha, force: false } },
      );
    } else {
      await client.send('POST', z.unknown(), [...path, 'git', 'refs'], {
        body: { ref: `refs/heads/${newBranch}`, sha: commit.sha },
      });
    }
  } catch (error) {
    // 422: the branch is no longer where it was, or the new one exists already.
    throw error instanceof HostStatusError && error.status === 422
      ? new ConflictError(error.message)
      : error;
  }
  return commit.sha;
}
