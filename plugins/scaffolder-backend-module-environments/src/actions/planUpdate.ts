import {
  editedFiles,
  FilePlan,
  planFiles,
  RepositoryFile,
} from '@envmatrix/repositories';
import { ServiceRepository } from './readService';

/** The first line of every commit that brings a new skeleton: by it the next one knows what was generated, and what was done by hand. */
export const SUBJECT = 'Bring the skeleton up to date';

/** More commits of one file than this are not looked through. */
const HISTORY = 50;

/**
 * What a new skeleton changes in a repository. What the service changed by hand since a file was last generated is kept: both changes are
 * merged, and where they meet the file is left alone and named.
 */
export async function planUpdate(
  to: ServiceRepository,
  rendered: readonly RepositoryFile[],
): Promise<FilePlan> {
  const paths = new Set(
    editedFiles(rendered, to.files).map(({ path }) => path),
  );
  const after = rendered.filter(({ path }) => paths.has(path));
  const before = await Promise.all(
    after.map(async ({ path, executable }) => {
      const content = await generatedText(to, path);
      return content === undefined ? [] : [{ path, content, executable }];
    }),
  );
  return planFiles({ before: before.flat(), after, actual: to.files });
}

/** The text of a file when it was last generated: by an update, or with the repository. */
async function generatedText(
  { host, repository, branch }: ServiceRepository,
  path: string,
): Promise<string | undefined> {
  const commits = await host.listCommits({
    repository,
    ref: branch,
    path,
    limit: HISTORY,
  });
  const generated =
    commits.find(({ subject }) => subject.startsWith(SUBJECT)) ??
    (commits.length < HISTORY ? commits.at(-1) : undefined);
  return (
    generated && (await host.readFile({ repository, path, ref: generated.sha }))
  );
}
