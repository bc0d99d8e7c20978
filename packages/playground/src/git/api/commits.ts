import type { Router } from 'express';
import { ApiContext, REPOSITORY, stringQuery } from './ApiContext';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';

/** Commits, comparisons and archives. */
export function routeCommits(router: Router, context: ApiContext): void {
  const { repositories } = context;

  router.get(`${REPOSITORY}/git/commits/:sha`, async (request, response) => {
    const repository = context.hosted(request);
    const sha = await repositories.resolve(repository, request.params.sha);
    if (!sha) {
      throw notFound(`commit doesn't exist: ${request.params.sha}`);
    }
    response.json(
      context.commitShape(repository, await context.commitOf(repository, sha)),
    );
  });

  router.get(`${REPOSITORY}/commits`, async (request, response) => {
    const repository = context.hosted(request);
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
      commits.map(commit => context.commitShape(repository, commit)),
    );
  });

  router.get(`${REPOSITORY}/compare/*`, async (request, response) => {
    const repository = context.hosted(request);
    const [base, head] = wildcard(request).split('...');
    const [from, to] = [
      await repositories.resolve(repository, base),
      await repositories.resolve(repository, head ?? ''),
    ];
    if (!from || !to) {
      throw notFound();
    }
    const commits = await repositories.between(repository, from, to);
    response.json({
      total_commits: commits.length,
      commits: commits.map(commit => context.commitShape(repository, commit)),
    });
  });

  router.get(`${REPOSITORY}/archive/*`, async (request, response) => {
    const repository = context.hosted(request);
    const match = /^(.+)\.tar\.gz$/.exec(wildcard(request));
    const sha = match && (await repositories.resolve(repository, match[1]));
    if (!sha) {
      throw new HttpError(
        404,
        `unrecognized repository reference: ${match?.[1] ?? ''}`,
      );
    }
    response.setHeader('Content-Type', 'application/octet-stream');
    response.send(await repositories.archive(repository, sha));
  });
}
