import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Review } from '../model';
import { ApiContext, REPOSITORY } from './ApiContext';
import { HttpError, notFound } from './httpError';

const reviewSchema = z.object({
  event: z.enum(['APPROVED', 'REQUEST_CHANGES', 'COMMENT']),
  body: z.string().default(''),
  commit_id: z.string().optional(),
});

/** Reviews of pull requests. */
export function routeReviews(router: Router, context: ApiContext): void {
  const { model, pulls, repositories, shapes } = context;

  const pullOf = (request: Request) => {
    const repository = context.hosted(request);
    const pull = model
      .pullsOf(repository.owner, repository.name)
      .find(({ number }) => number === Number(request.params.number));
    if (!pull) {
      throw notFound();
    }
    return { repository, pull };
  };

  const shapeOf = (review: Review) => {
    const page = `${shapes.baseUrl}/${review.owner}/${review.repository}/pulls/${review.number}`;
    return {
      id: review.id,
      user: shapes.user(model.ensureUser(review.reviewer, {})),
      team: null,
      state: review.state,
      body: review.body,
      commit_id: review.commit,
      stale: false,
      official: true,
      dismissed: false,
      comments_count: 0,
      submitted_at: review.created,
      updated_at: review.created,
      html_url: `${page}#issuecomment-${review.id}`,
      pull_request_url: page,
    };
  };

  router.get(
    `${REPOSITORY}/pulls/:number(\\d+)/reviews`,
    (request, response) => {
      response.json(model.reviewsOf(pullOf(request).pull).map(shapeOf));
    },
  );

  router.post(
    `${REPOSITORY}/pulls/:number(\\d+)/reviews`,
    async (request, response) => {
      const user = context.signedIn(request);
      const { repository, pull } = pullOf(request);
      const {
        event,
        body,
        commit_id: given,
      } = reviewSchema.parse(request.body);
      if (event !== 'COMMENT' && user.login === pull.author) {
        throw new HttpError(
          422,
          `${
            event === 'APPROVED' ? 'approve' : 'reject'
          } your own pull is not allowed`,
        );
      }
      const head = await repositories.resolve(repository, pull.head);
      const commit = given ?? head;
      if (commit === undefined) {
        throw notFound();
      }
      const review = model.addReview({
        owner: repository.owner,
        repository: repository.name,
        number: pull.number,
        reviewer: user.login,
        state: event,
        body,
        commit,
      });
      pulls.recheck(repository);
      response.json(shapeOf(review));
    },
  );
}
