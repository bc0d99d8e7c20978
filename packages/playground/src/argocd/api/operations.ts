import type { Request, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { z } from 'zod';
import { retryOf } from '../autoSync';
import type { Operation } from '../resources';
import { answer, ApiError } from './answers';
import { asStored, named } from './applications';
import type { ApiContext } from './context';

const optional = <T extends z.ZodType>(type: T) =>
  type.nullish().transform(value => value ?? undefined);

const syncRequest = z.looseObject({
  revision: optional(z.string()),
  dryRun: optional(z.boolean()),
  prune: optional(z.boolean()),
  project: optional(z.string()),
  appNamespace: optional(z.string()),
  resources: optional(
    z.array(
      z.object({
        group: z.string().optional(),
        kind: z.string(),
        name: z.string(),
        namespace: z.string().optional(),
      }),
    ),
  ),
  syncOptions: optional(z.object({ items: z.array(z.string()) })),
});

const rollbackRequest = z.looseObject({
  id: z.number().int().default(0),
  dryRun: optional(z.boolean()),
  prune: optional(z.boolean()),
  project: optional(z.string()),
  appNamespace: optional(z.string()),
});

/** The body of a request, which may be empty. */
function parsed<T extends z.ZodType>(request: Request, type: T): z.infer<T> {
  const text = typeof request.body === 'string' ? request.body.trim() : '';
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new ApiError(
      3,
      /end of JSON input|Unterminated/.test(message)
        ? 'unexpected EOF'
        : `invalid body: ${message}`,
    );
  }
  const result = type.safeParse(body);
  if (!result.success) {
    throw new ApiError(3, z.prettifyError(result.error));
  }
  return result.data;
}

const inProgress = () =>
  new ApiError(9, 'another operation is already in progress');

/** What changes something: sync, rollback, termination; and deletion, which nobody may. */
export function operationRoutes(context: ApiContext): Router {
  const { controller, repositories, accounts } = context;
  const router = PromiseRouter();

  router.post('/:name/sync', async (request, response) => {
    // Who asks comes before what is asked.
    accounts.authenticated(request);
    const body = parsed(request, syncRequest);
    const { application, account } = named(context, request, body);
    accounts.demand(account, 'sync', application);
    const { name } = application.metadata;
    const { source, syncPolicy } = application.spec;
    const { automated } = syncPolicy ?? {};
    const isAutomated = automated !== undefined && automated.enabled !== false;
    if (
      isAutomated &&
      !body.dryRun &&
      body.revision &&
      body.revision !== source.targetRevision
    ) {
      throw new ApiError(
        9,
        `Cannot sync to ${body.revision}: auto-sync currently set to ${source.targetRevision}`,
      );
    }
    if (application.operation) {
      throw inProgress();
    }
    const revision = await repositories
      .resolve(source, body.revision)
      .catch(error => {
        throw new ApiError(
          9,
          `error resolving repo revision: rpc error: code = Unknown desc = ${error.message}`,
        );
      });
    const syncOptions = body.syncOptions?.items ?? syncPolicy?.syncOptions;
    const operation: Operation = {
      sync: {
        revision,
        ...(body.prune && { prune: true }),
        ...(body.dryRun && { dryRun: true }),
        ...(body.resources && { resources: body.resources }),
        source,
        ...(syncOptions && { syncOptions }),
      },
      initiatedBy: { username: account.name },
      retry: retryOf(application),
    };
    const started = controller.start(name, operation);
    if (!started) {
      throw inProgress();
    }
    answer(response, asStored(started));
  });

  router.post('/:name/rollback', (request, response) => {
    accounts.authenticated(request);
    const body = parsed(request, rollbackRequest);
    const { application, account } = named(context, request, body);
    accounts.demand(account, 'sync', application);
    const { syncPolicy } = application.spec;
    if (syncPolicy?.automated && syncPolicy.automated.enabled !== false) {
      throw new ApiError(
        9,
        'rollback cannot be initiated when auto-sync is enabled',
      );
    }
    const entry = application.status.history?.find(({ id }) => id === body.id);
    if (!entry) {
      throw new ApiError(
        3,
        `application ${application.metadata.name} does not have deployment with id ${body.id}`,
      );
    }
    const started = controller.start(application.metadata.name, {
      sync: {
        revision: entry.revision,
        ...(body.prune && { prune: true }),
        ...(body.dryRun && { dryRun: true }),
        syncStrategy: { apply: {} },
        source: entry.source,
        ...(syncPolicy?.syncOptions && { syncOptions: syncPolicy.syncOptions }),
      },
      initiatedBy: { username: account.name },
      retry: {},
    });
    if (!started) {
      throw inProgress();
    }
    answer(response, asStored(started));
  });

  router.delete('/:name/operation', (request, response) => {
    const { application, account } = named(context, request);
    accounts.demand(account, 'sync', application);
    if (!controller.terminate(application.metadata.name)) {
      throw new ApiError(
        3,
        'Unable to terminate operation. No operation is in progress',
      );
    }
    answer(response, {});
  });

  router.delete('/:name', (request, response) => {
    const { application, account } = named(context, request);
    accounts.demand(account, 'delete', application);
    answer(response, {});
  });

  return router;
}
