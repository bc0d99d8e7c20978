import path from 'path';
import { promises as fs } from 'fs';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  readTextFiles,
  safeChildPath,
  withTemporaryFiles,
} from '@envmatrix/checkout';
import { RepositoryRef, ScmHost, ScmHosts } from '@envmatrix/scm';
import { authorOf } from './authorOf';
import {
  protectionText,
  protectRepositories,
  refusedText,
} from './protectRepositories';
import { examples } from './publish.examples';

interface Publication {
  readonly folder: string;
  readonly url: string;
  readonly description?: string;
  readonly host: ScmHost;
  readonly repository: RepositoryRef;
}

const MESSAGE = 'Initial commit';

/**
 * Creates the `environments:publish` action. Backstage's own publishing actions make the scaffolder the author, and
 * cannot be retried on every host; this one makes the person the author, looks at all repositories before it creates one, and finishes what an
 * earlier attempt began.
 *
 * @public
 */
export function createPublishAction(options: {
  hosts: ScmHosts;
  defaultAuthor: { name: string; email: string };
}) {
  const { hosts, defaultAuthor } = options;
  return createTemplateAction({
    id: 'environments:publish',
    description:
      'Creates repositories from folders of the workspace, with the person who runs the template as the author of the first commit, and protects them as the gates of their intent ask. All of them are looked at before any is created.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        repositories: z =>
          z
            .array(
              z.object({
                folder: z.string().describe('Folder in the workspace'),
                url: z
                  .string()
                  .describe('Address that the repository will have'),
                description: z
                  .string()
                  .optional()
                  .describe('One sentence about the repository'),
              }),
            )
            .min(1)
            .describe('What to create, in this order'),
        private: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Whether only members can read the repositories; true by default',
            ),
        defaultBranch: z =>
          z
            .string()
            .optional()
            .describe("Branch of the first commit; 'main' by default"),
        protect: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Whether their main branches are protected as the gates of the intent ask; true by default',
            ),
      },
      output: {
        repositories: z =>
          z
            .array(
              z.object({
                url: z.string(),
                contentsUrl: z.string(),
                catalogInfoUrl: z.string(),
                commit: z.string(),
              }),
            )
            .describe('The repositories, in the order of the input'),
        protection: z =>
          z
            .string()
            .describe('What the git host holds them to since, as Markdown'),
        remainingSteps: z =>
          z
            .string()
            .describe(
              'What the git host refused and a person has to set up, as Markdown; empty when there is nothing',
            ),
      },
    },
    async handler(ctx) {
      const branch = ctx.input.defaultBranch ?? 'main';
      const publications: Publication[] = ctx.input.repositories.map(
        ({ folder, url, description }) => ({
          folder: safeChildPath(ctx.workspacePath, folder),
          url,
          description,
          ...hosts.byUrl(url),
        }),
      );
      // Nothing is created before it is known that everything can be.
      const published = await Promise.all(
        publications.map(publication => findPublished(publication, branch)),
      );
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Dry run: would create ${publications
            .map(({ url }) => url)
            .join(' and ')}`,
        );
        ctx.output(
          'repositories',
          publications.map(publication =>
            outputOf(publication, branch, '0'.repeat(40)),
          ),
        );
        ctx.output('protection', '');
        ctx.output('remainingSteps', '');
        return;
      }
      const author = authorOf(ctx.user?.entity?.spec.profile, defaultAuthor);
      const done: string[] = [];
      const results = [];
      for (const [index, publication] of publications.entries()) {
        try {
          const commit = await ctx.checkpoint({
            key: `publish.${publication.url}`,
            fn: async () =>
              published[index] ??
              (await publish(publication, {
                branch,
                author,
                isPrivate: ctx.input.private ?? true,
              })),
          });
          ctx.logger.info(`${publication.url} holds ${commit.slice(0, 7)}`);
          done.push(publication.url);
          results.push(outputOf(publication, branch, commit));
        } catch (error) {
          const exists =
            done.length > 0
              ? `Created so far: ${done.join(
                  ', ',
                )}. Retry the task, and it goes on from there.`
              : 'Nothing was created before it.';
          throw new Error(
            `${publication.url} was not published: ${
              error instanceof Error ? error.message : error
            } ${exists}`,
            { cause: error },
          );
        }
      }
      ctx.output('repositories', results);
      const held =
        ctx.input.protect ?? true
          ? await protectRepositories(publications, ctx.logger)
          : [];
      ctx.output('protection', protectionText(held));
      ctx.output('remainingSteps', refusedText(held));
    },
  });
}

/**
 * The commit of a repository that an earlier attempt has finished; undefined when there is still everything to do.
 *
 * @throws ConflictError when the repository belongs to something else.
 */
async function findPublished(
  { host, repository, folder, url }: Publication,
  branch: string,
): Promise<string | undefined> {
  if (!(await host.getOwner({ owner: repository.owner }))) {
    throw new NotFoundError(
      `There is no organisation or user '${repository.owner}' on ${repository.host}. Nothing was created.`,
    );
  }
  const found = await host.getRepository({ repository });
  if (!found || found.empty) {
    return undefined;
  }
  const commits = await host.listCommits({ repository, ref: branch, limit: 2 });
  const intent = await fs
    .readFile(path.join(folder, 'environments.yaml'), 'utf8')
    .catch(() => undefined);
  const same =
    commits.length === 1 &&
    intent !== undefined &&
    (await host.readFile({
      repository,
      path: 'environments.yaml',
      ref: branch,
    })) === intent;
  if (!same) {
    throw new ConflictError(
      `${url} exists already. Nothing was created: choose another name, or remove that repository first.`,
    );
  }
  return commits[0].sha;
}

async function publish(
  { host, repository, folder, description }: Publication,
  options: {
    branch: string;
    author: { name: string; email: string };
    isPrivate: boolean;
  },
): Promise<string> {
  const { branch, author, isPrivate } = options;
  if (!(await host.getRepository({ repository }))) {
    await host.createRepository({
      repository,
      description,
      private: isPrivate,
      defaultBranch: branch,
    });
  }
  // A copy, so that the workspace does not become a git repository on its way.
  const { sha } = await withTemporaryFiles(
    await readTextFiles(folder),
    directory =>
      host.pushInitialCommit({
        repository,
        directory,
        branch,
        message: MESSAGE,
        author,
      }),
  );
  return sha;
}

function outputOf(
  { host, repository, url }: Publication,
  branch: string,
  commit: string,
) {
  return {
    url,
    contentsUrl: host.links.file(repository, '', branch).replace(/\/$/, ''),
    catalogInfoUrl: host.links.file(repository, 'catalog-info.yaml', branch),
    commit,
  };
}
