import type { Router } from 'express';
import { z } from 'zod';
import type { Status, User } from '../model';
import type { Shapes } from '../shapes';
import { ApiContext, REPOSITORY } from './ApiContext';
import { notFound } from './httpError';

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

/** Checks of commits. */
export function routeStatuses(router: Router, context: ApiContext): void {
  const { model, pulls, repositories, shapes } = context;

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
    });
    pulls.recheck(repository);
    response.status(201).json(statusShape(shapes, status, user));
  });

  router.get(`${REPOSITORY}/commits/:sha/status`, async (request, response) => {
    const repository = context.hosted(request);
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
      statuses: statuses.map(status => statusShape(shapes, status, undefined)),
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
