import { AuditorService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { ConflictError, InputError } from '@backstage/errors';
import express, { Request, Response } from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { Collector } from '../collector/Collector';
import { MatrixService } from '../matrix/MatrixService';
import { manifestsOf } from '../matrix/judge';
import { PreviewService } from '../preview/PreviewService';
import { PromotionService } from '../promotions/PromotionService';
import { FactStore } from '../store/FactStore';
import { TransitionStore } from '../store/TransitionStore';
import { Tracker } from '../collector/Tracker';
import { diff } from '@envmatrix/engine';
import { Access } from './access';

const pairSchema = z.object({ from: z.string().min(1), to: z.string().min(1) });

const historySchema = z.object({
  environment: z.string().optional(),
  before: z
    .string()
    .regex(/^[0-9]+$/, 'must be an id of a history entry')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const createSchema = z.object({
  planId: z.string().min(1),
  reason: z.string().max(2000).optional(),
});

const previewSchema = z
  .object({
    intent: z.unknown().optional(),
    answers: z.unknown().optional(),
    template: z.string().optional(),
  })
  .refine(
    value => (value.intent === undefined) !== (value.answers === undefined),
    { message: "needs either 'intent' or 'answers'" },
  );

const actionSchema = z.enum(['merge', 'sync', 'cancel']);

/** An intent with its answers is small; nothing else is sent here. */
const BODY_LIMIT = '256kb';

export function createRouter(options: {
  access: Access;
  auditor: AuditorService;
  collector: Collector;
  matrices: MatrixService;
  preview: PreviewService;
  promotions: PromotionService;
  store: FactStore;
  tracker: Tracker;
  transitions: TransitionStore;
}): express.Router {
  const {
    access,
    auditor,
    collector,
    matrices,
    preview,
    promotions,
    store,
    tracker,
    transitions,
  } = options;
  const router = Router();
  router.use(express.json({ limit: BODY_LIMIT }));
  const entityPath = '/v1/entities/:kind/:namespace/:name';

  /** Every answer about an entity begins alike: who asks, whether the entity is there for them, and a line in the audit log. */
  const about =
    (
      eventId: string,
      severity: 'low' | 'medium',
      handler: (context: EntityContext) => Promise<void>,
    ) =>
    async (request: Request, response: Response) => {
      const { kind, namespace, name } = request.params;
      const event = await auditor.createEvent({
        eventId,
        request,
        severityLevel: severity,
        meta: {
          entityRef: stringifyEntityRef({ kind, namespace, name }),
          ...actionMeta(request),
        },
      });
      try {
        const credentials = await access.reader(request);
        const entity = await access.entity(request, credentials);
        const computed = await matrices.get(entity);
        const entityRef = stringifyEntityRef(entity);
        await handler({
          request,
          response,
          entity: tracker.get(entityRef) ?? { entityRef, entity, versions: [] },
          computed,
        });
        await event.success();
      } catch (error) {
        await event.fail({
          error: error instanceof Error ? error : new Error(String(error)),
        });
        throw error;
      }
    };

  router.get('/v1/environments', async (request, response) => {
    await access.reader(request);
    response.json({ sources: store.states() });
  });

  router.get(
    `${entityPath}/matrix`,
    about('matrix-fetch', 'low', async ({ request, response, computed }) => {
      response.setHeader('ETag', computed.etag);
      response.setHeader('Cache-Control', 'private, no-cache');
      if (request.headers['if-none-match'] === computed.etag) {
        response.status(304).end();
        return;
      }
      response.json(computed.matrix);
    }),
  );

  router.get(
    `${entityPath}/differences`,
    about(
      'differences-fetch',
      'low',
      async ({ request, response, computed }) => {
        const { from, to } = parse(pairSchema, request.query);
        const names = computed.matrix.environments.map(
          environment => environment.name,
        );
        for (const name of [from, to]) {
          if (!names.includes(name)) {
            throw new InputError(
              `There is no environment '${name}'; there are ${
                names.join(', ') || 'none'
              }`,
            );
          }
        }
        const manifests = computed.input && manifestsOf(computed.input);
        if (!computed.input || !manifests) {
          throw new ConflictError(
            'What git declares for every environment has not been read, so there is nothing to compare',
          );
        }
        response.json({
          differences: diff({
            intent: computed.input.intent,
            manifests,
            from,
            to,
            now: computed.input.now,
          }),
        });
      },
    ),
  );

  router.get(
    `${entityPath}/findings`,
    about('findings-fetch', 'low', async ({ response, computed }) => {
      response.json({ findings: computed.judgement.findings });
    }),
  );

  router.get(
    `${entityPath}/history`,
    about('history-fetch', 'low', async ({ request, response, entity }) => {
      response.json(
        await transitions.list(
          entity.entityRef,
          parse(historySchema, request.query),
        ),
      );
    }),
  );

  router.post(
    `${entityPath}/refresh`,
    about('refresh', 'low', async ({ response, entity }) => {
      await collector.refresh([entity.entityRef]);
      response.status(204).end();
    }),
  );

  router.post(
    `${entityPath}/promotions/plan`,
    about(
      'promotion-plan',
      'low',
      async ({ request, response, entity, computed }) => {
        const pair = parse(pairSchema, request.body);
        await access.promoter(request, entity.entity, pair.to);
        response.json(await promotions.plan(entity, computed, pair));
      },
    ),
  );

  router.get(
    `${entityPath}/promotions`,
    about('promotions-fetch', 'low', async ({ response, entity, computed }) => {
      response.json({
        items: await promotions.list(entity.entityRef, computed),
      });
    }),
  );

  router.get(
    `${entityPath}/promotions/:id`,
    about(
      'promotions-fetch',
      'low',
      async ({ request, response, entity, computed }) => {
        response.json(
          await promotions.get(entity.entityRef, request.params.id, computed),
        );
      },
    ),
  );

  router.post(
    `${entityPath}/promotions`,
    about(
      'promotion-create',
      'medium',
      async ({ request, response, entity, computed }) => {
        const body = parse(createSchema, request.body);
        const environment = await promotions.environmentOfPlan(
          entity.entityRef,
          body.planId,
        );
        const person = await access.promoter(
          request,
          entity.entity,
          environment,
        );
        response
          .status(201)
          .json(await promotions.create(entity, computed, { ...body, person }));
      },
    ),
  );

  router.post(
    `${entityPath}/promotions/:id/:action`,
    about(
      'promotion-act',
      'medium',
      async ({ request, response, entity, computed }) => {
        const action = parse(actionSchema, request.params.action);
        const { plan } = await promotions.get(
          entity.entityRef,
          request.params.id,
          computed,
        );
        const person = await access.promoter(request, entity.entity, plan.to);
        response.json(
          await promotions.act(entity, computed, {
            id: request.params.id,
            action,
            person,
          }),
        );
      },
    ),
  );

  router.post('/v1/preview', async (request, response) => {
    const credentials = await access.reader(request);
    response.json(
      await preview.preview(parse(previewSchema, request.body), credentials),
    );
  });

  return router;
}

interface EntityContext {
  readonly request: Request;
  readonly response: Response;
  readonly entity: Parameters<PromotionService['plan']>[0];
  readonly computed: Parameters<PromotionService['plan']>[1];
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new InputError(z.prettifyError(result.error));
  }
  return result.data;
}

function actionMeta(request: Request): Record<string, string> {
  return Object.fromEntries(
    ['id', 'action'].flatMap(name =>
      request.params[name] ? [[name, request.params[name]]] : [],
    ),
  );
}
