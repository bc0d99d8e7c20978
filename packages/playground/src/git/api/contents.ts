import type { Router } from 'express';
import { ApiContext, REPOSITORY, stringQuery } from './ApiContext';
import { HttpError, notFound } from './httpError';
import { wildcard } from './wildcard';

/** Files and folders, read. */
export function routeContents(router: Router, context: ApiContext): void {
  const { repositories, shapes } = context;

  router.get(
    [`${REPOSITORY}/contents`, `${REPOSITORY}/contents/*`],
    async (request, response) => {
      const repository = context.hosted(request);
      const { ref = 'main' } = stringQuery(request);
      const path = wildcard(request).replace(/\/$/, '');
      if (!(await repositories.resolve(repository, ref))) {
        throw new HttpError(404, 'not found', [
          `object does not exist [id: ${ref}, rel_path: ]`,
        ]);
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
        throw new HttpError(404, 'GetContentsOrList', [
          `object does not exist [id: , rel_path: ${path}]`,
        ]);
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

  router.get(`${REPOSITORY}/raw/*`, async (request, response) => {
    const repository = context.hosted(request);
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
}
