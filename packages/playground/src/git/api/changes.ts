import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { isPath, isRefName } from '../names';
import type { Protections } from '../Protections';
import { ApiContext, REPOSITORY } from './ApiContext';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';

const person = z.object({ name: z.string(), email: z.string() });

const filesSchema = z.object({
  branch: z.string().optional(),
  new_branch: z.string().optional(),
  message: z.string().optional(),
  author: person.partial().optional(),
  committer: person.partial().optional(),
  files: z
    .array(
      z.object({
        operation: z.enum(['create', 'update', 'delete', 'upload']),
        path: z.string(),
        sha: z.string().optional(),
        content: z.string().optional(),
      }),
    )
    .min(1),
});

const fileSchema = filesSchema
  .omit({ files: true })
  .extend({ content: z.string().optional(), sha: z.string().optional() });

/** Files, written: one commit a request. */
export function routeChanges(
  router: Router,
  context: ApiContext,
  protections: Protections,
): void {
  const { pulls, repositories, shapes } = context;

  const write = async (request: Request, body: z.infer<typeof filesSchema>) => {
    const user = context.signedIn(request);
    const repository = context.hosted(request);
    const branch = body.branch ?? 'main';
    const target = body.new_branch ?? branch;
    if (!isRefName(target)) {
      throw new HttpError(422, `branch name is invalid [name: ${target}]`);
    }
    const branches = await repositories.branches(repository);
    if (
      body.new_branch &&
      branches.some(({ name }) => name === body.new_branch)
    ) {
      throw new HttpError(
        422,
        `branch already exists [name: ${body.new_branch}]`,
      );
    }
    if (branches.length > 0 && !branches.some(({ name }) => name === branch)) {
      throw notFound(
        `branch does not exist [repo_id: ${repository.id} name: ${branch}]`,
      );
    }
    if (
      !body.new_branch &&
      !protections.allows(
        repository,
        branch,
        body.files.map(file => file.path),
      )
    ) {
      throw new HttpError(
        403,
        `user cannot commit to repo [user: ${user.login}]`,
      );
    }
    const changes: Record<string, string | undefined> = {};
    for (const file of body.files) {
      if (!isPath(file.path)) {
        throw new HttpError(422, `path is malformed [path: ${file.path}]`);
      }
      const current = await repositories.entry(repository, branch, file.path);
      if (file.operation === 'create' && current) {
        throw new HttpError(
          422,
          `repository file already exists [path: ${file.path}]`,
        );
      }
      if (file.operation !== 'create' && file.operation !== 'upload') {
        if (!current) {
          throw notFound(`repository file does not exist [path: ${file.path}]`);
        }
        if (file.sha !== undefined && file.sha !== current.sha) {
          throw new HttpError(
            422,
            `sha does not match [given: ${file.sha}, expected: ${current.sha}]`,
          );
        }
      }
      changes[file.path] =
        file.operation === 'delete'
          ? undefined
          : Buffer.from(file.content ?? '', 'base64').toString('utf8');
    }
    const author = {
      name: body.author?.name ?? user.login,
      email: body.author?.email ?? user.email,
    };
    const sha = await repositories.commit(repository, {
      branch,
      newBranch: body.new_branch,
      files: changes,
      message: body.message ?? `Update ${Object.keys(changes).join(', ')}`,
      author,
    });
    pulls.recheck(repository);
    const commit = await context.commitOf(repository, sha);
    const files = await Promise.all(
      body.files.map(async file => {
        const entry = await repositories.entry(repository, sha, file.path);
        return entry
          ? shapes.contents(
              repository.owner,
              repository.name,
              target,
              entry,
              commit,
              await repositories.readBlob(repository, sha, file.path),
            )
          : null;
      }),
    );
    const {
      sha: id,
      html_url,
      url,
      created,
      commit: inner,
      parents,
    } = shapes.commit(repository.owner, repository.name, commit);
    return {
      files,
      commit: {
        url,
        sha: id,
        created,
        html_url,
        author: inner.author,
        committer: inner.committer,
        parents,
        message: inner.message,
        tree: inner.tree,
      },
      verification: inner.verification,
    };
  };

  router.post(`${REPOSITORY}/contents`, async (request, response) => {
    response
      .status(201)
      .json(await write(request, filesSchema.parse(request.body)));
  });

  for (const [method, operation] of [
    ['post', 'create'],
    ['put', 'update'],
    ['delete', 'delete'],
  ] as const) {
    router[method](
      `${REPOSITORY}/contents/*`,
      async (request: Request, response: Response) => {
        const { content, sha, ...rest } = fileSchema.parse(request.body);
        if (operation !== 'create' && sha === undefined) {
          throw new HttpError(422, '[SHA]: Required');
        }
        const { files, ...written } = await write(request, {
          ...rest,
          files: [{ operation, path: wildcard(request), content, sha }],
        });
        response
          .status(operation === 'create' ? 201 : 200)
          .json({ content: files[0], ...written });
      },
    );
  }
}
