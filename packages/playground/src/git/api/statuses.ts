import type { Router } from 'express';
import { z } from 'zod';
import type { Status, User } from '../model';
import type { Shapes } from '../shapes';
import { ApiContext, REPOSITORY } from './ApiContext';
import { notFound } from './httpError';

const statusSchema = z.object({
  // Any word is taken, as Gitea does.
  state: z.string(),
  context: z.string().default('default'),
  description: z.string().default(''),
  target_url: z.string().default(''),
});

/** Checks of commits. */
export function routeStatuses(router: Router, context: ApiContext): void {
  const { model, pulls, repositories, shapes } = context;
  const shapeOf = (status: Status) =>
    statusShape(
      shapes,
      status,
      status.creator === undefined ? undefined : model.user(status.creator),
    );

  router.post(`${REPOSITORY}/statuses/:sha`, async (request, response) => {
    const user = context.signedIn(request);
    const repository = context.hosted(request);
    const sha = await repositories.resolve(repository, request.params.sha);
    if (!sha) {
      throw notFound();
    }
    const body = statusSchema.parse(request.body);
    const status = model.addStatus({
      owner: repository.owner,
      repository: repository.name,
      sha,
      context: body.context,
      state: body.state,
      description: body.description,
      targetUrl: body.target_url,
      creator: user.login,
    });
    pulls.recheck(repository);
    response.status(201).json(shapeOf(status));
  });

  router.get(
    [`${REPOSITORY}/statuses/:sha`, `${REPOSITORY}/commits/:sha/statuses`],
    async (request, response) => {
      const repository = context.hosted(request);
      const sha = await repositories.resolve(repository, request.params.sha);
      if (!sha) {
        throw notFound();
      }
      response.json(model.statusesOf(repository, sha).map(shapeOf));
    },
  );

  router.get(`${REPOSITORY}/commits/:sha/status`, async (request, response) => {
    const repository = context.hosted(request);
    const sha = await repositories.resolve(repository, request.params.sha);
    if (!sha) {
      throw notFound();
    }
    const latest = new Map(
      model.statusesOf(repository, sha).map(status => [status.context, status]),
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
      statuses: statuses.map(shapeOf),
      repository: await context.describe(repository),
      commit_url: '',
      url: '',
    });
  });
}

function statusShape(
  shapes: Shapes,
  status: Status,
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
