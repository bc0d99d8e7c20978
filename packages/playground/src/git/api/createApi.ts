import express, { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { routeAccounts } from './accounts';
import { ApiContext, ApiOptions, REPOSITORY } from './ApiContext';
import { routeBranches } from './branches';
import { routeChanges } from './changes';
import { routeCommits } from './commits';
import { routeContents } from './contents';
import { notFound } from './httpError';
import { routeProtections } from './protections';
import { routeRepositories } from './repositories';
import { routeReviews } from './reviews';
import { routeStatuses } from './statuses';

/** The part of Gitea's REST API that the portal and its tests use. */
export function createApi(options: ApiOptions): Router {
  const router = PromiseRouter();
  router.use(express.json({ limit: '20mb' }));
  const context = new ApiContext(options);
  routeAccounts(router, context);
  routeRepositories(router, context);
  routeBranches(router, context);
  routeCommits(router, context);
  routeContents(router, context);
  routeChanges(router, context, options.protections);
  routeStatuses(router, context);
  routeProtections(router, context, options.protections, options.teams);
  routeReviews(router, context);
  options.pulls.route(router, REPOSITORY, context);
  router.use(() => {
    throw notFound('');
  });
  return router;
}
