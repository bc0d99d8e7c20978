import express, { Request, Response, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { z } from 'zod';
import type { GitRepositories } from '../GitRepositories';
import { GitModel, HostedRepository, User } from '../model';
import { isName, isPath, isRefName } from '../names';
import { GitError } from '../runGit';
import { Shapes } from '../shapes';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';
import { PullRequests } from './PullRequests';

export interface ApiOptions {
  readonly repositories: GitRepositories;
  readonly model: GitModel;
  readonly shapes: Shapes;
  readonly pulls: PullRequests;
  /** The user that a request's credentials belong to; undefined for an anonymous one. */
  readonly authenticate: (request: Request) => User | undefined;
}

const person = z.object({ name: z.string(), email: z.string() });

const createRepositorySchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  private: z.boolean().optional(),
  auto_init: z.boolean().optional(),
});

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

const statusSchema = z.object({
  state: z.enum([
    'pending',
    'success',
    'error',
    'failure',
    'warning',
    'skipped',
  ]),
  context: z.string().default('default'),
  description: z.string().default(''),
  target_url: z.string().default(''),
});

/** The part of Gitea's REST API that the portal and its tests use. */
export function createApi(options: ApiOptions): Router {
  const { repositories, model, shapes, pulls, authenticate } = options;
  const router = PromiseRouter();
  router.use(express.json({ limit: '20mb' }));
  const repo = '/repos/:owner/:name';

  const signedIn = (request: Request): User => {
    const user = authenticate(request);
    if (!user) {
      throw new HttpError(401, 'token is required');
    }
    return user;
  };

  const hosted = (request: Request): HostedRepository => {
    const found = model.repository(request.params.owner, request.params.name);
    if (!found || (found.isPrivate && !authenticate(request))) {
      throw notFound();
    }
    return found;
  };

  const describe = async (repository: HostedRepository) => {
    const branches = await repositories.branches(repository);
    return shapes.repository(repository, {
      empty: branches.length === 0,
      branches: branches.length,
      owner: model.ensureUser(repository.owner, {}),
    });
  };

  router.get('/version', (_, response) => {
    response.json({ version: '1.26.0' });
  });

  router.get('/user', (request, response) => {
    response.json(shapes.user(signedIn(request)));
  });

  router.get('/users/:owner', (request, response) => {
    const user = model.user(request.params.owner);
    if (!user) {
      throw new HttpError(404, 'GetUserByName', [
        `user redirect does not exist [name: ${request.params.owner}]`,
      ]);
    }
    response.json(shapes.user(user));
  });

  router.get('/orgs/:owner', (request, response) => {
    const organisation = model.user(request.params.owner);
    if (!organisation?.isOrganisation) {
      throw new HttpError(404, 'GetOrgByName', [
        `user redirect does not exist [name: ${request.params.owner}]`,
      ]);
    }
    response.json(shapes.organisation(organisation));
  });

  router.post('/orgs', (request, response) => {
    signedIn(request);
    const { username } = parse(
      z.object({ username: z.string() }),
      request.body,
    );
    if (model.user(username)) {
      throw new HttpError(422, `user already exists [name: ${username}]`);
    }
    response
      .status(201)
      .json(
        shapes.organisation(
          model.ensureUser(username, { isOrganisation: true }),
        ),
      );
  });

  const createRepository = async (
    request: Request,
    response: Response,
    owner: string,
  ) => {
    const {
      name,
      description,
      private: isPrivate,
      auto_init: initialise,
    } = parse(createRepositorySchema, request.body);
    if (!isName(name)) {
      throw new HttpError(422, '[Name]: AlphaDashDot');
    }
    if (model.repository(owner, name)) {
      throw new HttpError(
        409,
        'The repository with the same name already exists.',
      );
    }
    await repositories.create({ owner, name });
    const repository = model.addRepository({
      owner,
      name,
      description,
      isPrivate,
    });
    if (initialise) {
      const author = signedIn(request);
      await repositories.commit(repository, {
        branch: 'main',
        files: { 'README.md': `# ${name}\n` },
        message: 'Initial commit',
        author: { name: author.login, email: author.email },
      });
    }
    response.status(201).json(await describe(repository));
  };

  router.post('/orgs/:owner/repos', async (request, response) => {
    signedIn(request);
    const organisation = model.user(request.params.owner);
    if (!organisation?.isOrganisation) {
      throw new HttpError(404, 'GetOrgByName', [
        `user redirect does not exist [name: ${request.params.owner}]`,
      ]);
    }
    await createRepository(request, response, organisation.login);
  });

  router.post('/user/repos', async (request, response) => {
    await createRepository(request, response, signedIn(request).login);
  });

  router.get(repo, async (request, response) => {
    response.json(await describe(hosted(request)));
  });

  router.delete(repo, async (request, response) => {
    signedIn(request);
    const repository = hosted(request);
    await repositories.remove(repository);
    model.removeRepository(repository.owner, repository.name);
    response.status(204).end();
  });

  router.get(`${repo}/branches`, async (request, response) => {
    const repository = hosted(request);
    const branches = await repositories.branches(repository);
    response.json(
      await Promise.all(
        branches.map(async ({ name, sha }) =>
          shapes.branch(
            repository.owner,
            repository.name,
            name,
            await commitOf(repository, sha),
          ),
        ),
      ),
    );
  });

  router.get(`${repo}/branches/*`, async (request, response) => {
    const repository = hosted(request);
    const branch = wildcard(request);
    const found = (await repositories.branches(repository)).find(
      ({ name }) => name === branch,
    );
    if (!found) {
      throw notFound(
        `branch does not exist [repo_id: ${repository.id} name: ${branch}]`,
      );
    }
    response.json(
      shapes.branch(
        repository.owner,
        repository.name,
        branch,
        await commitOf(repository, found.sha),
      ),
    );
  });

  router.post(`${repo}/branches`, async (request, response) => {
    signedIn(request);
    const repository = hosted(request);
    const body = parse(
      z.object({
        new_branch_name: z.string(),
        old_branch_name: z.string().optional(),
        old_ref_name: z.string().optional(),
      }),
      request.body,
    );
    const sha = await repositories.resolve(
      repository,
      body.old_ref_name ?? body.old_branch_name ?? 'main',
    );
    if (!sha || !isRefName(body.new_branch_name)) {
      throw new HttpError(404, 'The old branch does not exist');
    }
    if (
      (await repositories.branches(repository)).some(
        ({ name }) => name === body.new_branch_name,
      )
    ) {
      throw new HttpError(409, 'The branch already exists.');
    }
    await repositories.createBranch(repository, body.new_branch_name, sha);
    response
      .status(201)
      .json(
        shapes.branch(
          repository.owner,
          repository.name,
          body.new_branch_name,
          await commitOf(repository, sha),
        ),
      );
  });

  router.delete(`${repo}/branches/*`, async (request, response) => {
    signedIn(request);
    const repository = hosted(request);
    const branch = wildcard(request);
    if (
      !(await repositories.branches(repository)).some(
        ({ name }) => name === branch,
      )
    ) {
      throw notFound();
    }
    await repositories.deleteBranch(repository, branch);
    response.status(204).end();
  });

  router.get(`${repo}/tags`, async (request, response) => {
    const repository = hosted(request);
    response.json(
      (await repositories.tags(repository)).map(({ name, sha }) => ({
        name,
        message: '',
        id: sha,
        commit: { sha },
      })),
    );
  });

  router.get(`${repo}/git/commits/:sha`, async (request, response) => {
    const repository = hosted(request);
    const sha = await repositories.resolve(repository, request.params.sha);
    if (!sha) {
      throw notFound(request.params.sha);
    }
    response.json(
      shapes.commit(
        repository.owner,
        repository.name,
        await commitOf(repository, sha),
      ),
    );
  });

  router.get(`${repo}/commits`, async (request, response) => {
    const repository = hosted(request);
    const {
      sha = 'main',
      path,
      limit = '50',
      page = '1',
    } = stringQuery(request);
    const size = Math.min(Number(limit) || 50, 50);
    const commits = await repositories.log(repository, {
      ref: sha,
      path: path || undefined,
      limit: size,
      skip: (Number(page) - 1) * size,
    });
    if (
      commits.length === 0 &&
      !(await repositories.resolve(repository, sha))
    ) {
      throw notFound();
    }
    response.json(
      commits.map(commit =>
        shapes.commit(repository.owner, repository.name, commit),
      ),
    );
  });

  router.get(`${repo}/compare/*`, async (request, response) => {
    const repository = hosted(request);
    const [base, head] = wildcard(request).split('...');
    const [from, to] = [
      await repositories.resolve(repository, base),
      await repositories.resolve(repository, head ?? ''),
    ];
    if (!from || !to) {
      throw notFound('GetCompareInfo');
    }
    const commits = await repositories.between(repository, from, to);
    response.json({
      total_commits: commits.length,
      commits: commits.map(commit =>
        shapes.commit(repository.owner, repository.name, commit),
      ),
    });
  });

  router.get(`${repo}/archive/*`, async (request, response) => {
    const repository = hosted(request);
    const match = /^(.+)\.tar\.gz$/.exec(wildcard(request));
    const sha = match && (await repositories.resolve(repository, match[1]));
    if (!sha) {
      throw notFound();
    }
    response.setHeader('Content-Type', 'application/octet-stream');
    response.send(await repositories.archive(repository, sha));
  });

  router.get(
    [`${repo}/contents`, `${repo}/contents/*`],
    async (request, response) => {
      const repository = hosted(request);
      const { ref = 'main' } = stringQuery(request);
      const path = wildcard(request).replace(/\/$/, '');
      if (!(await repositories.resolve(repository, ref))) {
        throw notFound(`object does not exist [id: ${ref}, rel_path: ]`);
      }
      const last = async (file: string) =>
        (await repositories.log(repository, { ref, path: file, limit: 1 }))[0];
      const entry =
        path === ''
          ? undefined
          : await repositories.entry(repository, ref, path);
      if (entry?.type === 'blob') {
        const content = await repositories.readBlob(repository, ref, path);
        response.json(
          shapes.contents(
            repository.owner,
            repository.name,
            ref,
            entry,
            await last(path),
            content,
          ),
        );
        return;
      }
      const entries = await repositories.folderEntries(repository, ref, path);
      if (!entries) {
        throw notFound(`object does not exist [id: , rel_path: ${path}]`);
      }
      response.json(
        await Promise.all(
          entries.map(async child =>
            shapes.contents(
              repository.owner,
              repository.name,
              ref,
              child,
              await last(child.path),
              undefined,
            ),
          ),
        ),
      );
    },
  );

  router.get(`${repo}/raw/*`, async (request, response) => {
    const repository = hosted(request);
    const content = await repositories.readBlob(
      repository,
      stringQuery(request).ref ?? 'main',
      wildcard(request),
    );
    if (!content) {
      throw notFound();
    }
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.send(content);
  });

  const write = async (request: Request, body: z.infer<typeof filesSchema>) => {
    const user = signedIn(request);
    const repository = hosted(request);
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
    const commit = await commitOf(repository, sha);
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

  router.post(`${repo}/contents`, async (request, response) => {
    response
      .status(201)
      .json(await write(request, parse(filesSchema, request.body)));
  });

  for (const [method, operation] of [
    ['post', 'create'],
    ['put', 'update'],
    ['delete', 'delete'],
  ] as const) {
    router[method](
      `${repo}/contents/*`,
      async (request: Request, response: Response) => {
        const { content, sha, ...rest } = parse(fileSchema, request.body);
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

  router.post(`${repo}/statuses/:sha`, async (request, response) => {
    const user = signedIn(request);
    const repository = hosted(request);
    const sha = await repositories.resolve(repository, request.params.sha);
    if (!sha) {
      throw notFound();
    }
    const body = parse(statusSchema, request.body);
    const status = model.addStatus({
      owner: repository.owner,
      repository: repository.name,
      sha,
      context: body.context,
      state: body.state,
      description: body.description,
      targetUrl: body.target_url,
    });
    pulls.recheck(repository);
    response.status(201).json(statusShape(status, user));
  });

  router.get(`${repo}/commits/:sha/status`, async (request, response) => {
    const repository = hosted(request);
    const sha = await repositories.resolve(repository, request.params.sha);
    if (!sha) {
      throw notFound();
    }
    const latest = new Map(
      model.statuses
        .filter(
          status =>
            status.repository === repository.name &&
            status.owner === repository.owner &&
            status.sha === sha,
        )
        .map(status => [status.context, status]),
    );
    const statuses = [...latest.values()];
    const order = [
      'failure',
      'error',
      'pending',
      'warning',
      'success',
      'skipped',
    ];
    const state =
      order.find(candidate =>
        statuses.some(status => status.state === candidate),
      ) ?? '';
    response.json({
      state,
      sha,
      total_count: statuses.length,
      statuses: statuses.map(status => statusShape(status, undefined)),
      repository: await describe(repository),
      commit_url: '',
      url: '',
    });
  });

  pulls.route(router, repo, { hosted, signedIn, describe });

  router.use((_request: Request, _response: Response) => {
    throw notFound('');
  });

  async function commitOf(repository: HostedRepository, sha: string) {
    const [commit] = await repositories.log(repository, { ref: sha, limit: 1 });
    if (!commit) {
      throw notFound();
    }
    return commit;
  }

  function statusShape(
    status: GitModel['statuses'][number],
    creator: User | undefined,
  ) {
    const url = `${shapes.baseUrl}/api/v1/repos/${status.owner}/${status.repository}/statuses/${status.sha}`;
    return {
      id: status.id,
      status: status.state,
      target_url: status.targetUrl,
      description: status.description,
      url,
      context: status.context,
      creator: creator ? shapes.user(creator) : null,
      created_at: status.created,
      updated_at: status.created,
    };
  }

  return router;
}

/** Gitea's way to tell an error. */
export function sendError(
  error: unknown,
  response: Response,
  baseUrl: string,
): void {
  const url = `${baseUrl}/api/swagger`;
  if (error instanceof HttpError) {
    if (error.message === '' && error.status === 404) {
      response.status(404).type('text/plain').send('Not found.\n');
      return;
    }
    response.status(error.status).json({
      ...(error.errors === undefined ? {} : { errors: error.errors }),
      message: error.message,
      url,
    });
    return;
  }
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    response.status(422).json({
      message: `[${issue.path.map(String).join('.')}]: ${issue.message}`,
      url,
    });
    return;
  }
  if (error instanceof SyntaxError) {
    response.status(422).json({ message: 'the body is not JSON', url });
    return;
  }
  const message = error instanceof GitError ? error.message : 'internal error';
  response.status(500).json({ message, url });
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  return schema.parse(value);
}

function stringQuery(request: Request): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.query).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
