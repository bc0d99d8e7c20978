import type { Router } from 'express';
import { z } from 'zod';
import { isRefName } from '../names';
import { ApiContext, REPOSITORY } from './ApiContext';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';

const branchSchema = z.object({
  new_branch_name: z.string(),
  old_branch_name: z.string().optional(),
  old_ref_name: z.string().optional(),
});

/** Branches and tags. */
export function routeBranches(router: Router, context: ApiContext): void {
  const { repositories, shapes } = context;

  router.get(`${REPOSITORY}/branches`, async (request, response) => {
    const repository = context.hosted(request);
    const branches = await repositories.branches(repository);
    response.json(
      await Promise.all(
        branches.map(async ({ name, sha }) =>
          shapes.branch(
            repository.owner,
            repository.name,
            name,
            await context.commitOf(repository, sha),
          ),
        ),
      ),
    );
  });

  router.get(`${REPOSITORY}/branches/*`, async (request, response) => {
    const repository = context.hosted(request);
    const branch = wildcard(request);
    const found = (await repositories.branches(repository)).find(
      ({ name }) => name === branch,
    );
    if (!found) {
      throw notFound();
    }
    response.json(
      shapes.branch(
        repository.owner,
        repository.name,
        branch,
        await context.commitOf(repository, found.sha),
      ),
    );
  });

  router.post(`${REPOSITORY}/branches`, async (request, response) => {
    context.signedIn(request);
    const repository = context.hosted(request);
    const body = branchSchema.parse(request.body);
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
          await context.commitOf(repository, sha),
        ),
      );
  });

  router.delete(`${REPOSITORY}/branches/*`, async (request, response) => {
    context.signedIn(request);
    const repository = context.hosted(request);
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

  router.get(`${REPOSITORY}/tags`, async (request, response) => {
    const repository = context.hosted(request);
    response.json(
      (await repositories.tags(repository)).map(({ name, sha }) => ({
        name,
        message: '',
        id: sha,
        commit: { sha },
      })),
    );
  });
}
