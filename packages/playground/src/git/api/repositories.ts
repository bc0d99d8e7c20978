import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { isName } from '../names';
import { ApiContext, REPOSITORY } from './ApiContext';
import { HttpError } from './httpError';

const createRepositorySchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  private: z.boolean().optional(),
  auto_init: z.boolean().optional(),
});

/** Repositories come and go. */
export function routeRepositories(router: Router, context: ApiContext): void {
  const { model, repositories } = context;

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
    } = createRepositorySchema.parse(request.body);
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
      const author = context.signedIn(request);
      await repositories.commit(repository, {
        branch: 'main',
        files: { 'README.md': `# ${name}\n` },
        message: 'Initial commit',
        author: { name: author.login, email: author.email },
      });
    }
    response.status(201).json(await context.describe(repository));
  };

  router.post('/orgs/:owner/repos', async (request, response) => {
    context.signedIn(request);
    const organisation = model.user(request.params.owner);
    if (!organisation?.isOrganisation) {
      throw new HttpError(404, 'GetOrgByName', [
        `user redirect does not exist [name: ${request.params.owner}]`,
      ]);
    }
    await createRepository(request, response, organisation.login);
  });

  router.post('/user/repos', async (request, response) => {
    await createRepository(request, response, context.signedIn(request).login);
  });

  router.get(REPOSITORY, async (request, response) => {
    response.json(await context.describe(context.hosted(request)));
  });

  router.delete(REPOSITORY, async (request, response) => {
    context.signedIn(request);
    const repository = context.hosted(request);
    await repositories.remove(repository);
    model.removeRepository(repository.owner, repository.name);
    response.status(204).end();
  });
}
