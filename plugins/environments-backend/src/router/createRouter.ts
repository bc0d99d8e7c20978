import {
  AuditorService,
  AuditorServiceEventSeverityLevel,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { createValidatedOpenApiRouterFromGeneratedEndpointMap } from '@backstage/backend-openapi-utils';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { TrackedEntity } from '@envmatrix/backstage-plugin-environments-node';
import { openApiDocument } from '@envmatrix/backstage-plugin-environments-common';
import express from 'express';
import Router from 'express-promise-router';
import { Collector } from '../collector/Collector';
import { ConfiguredSources } from '../collector/ConfiguredSources';
import { Tracker } from '../collector/Tracker';
import { LiveMatrices } from '../live/LiveMatrices';
import { differencesOf } from '../matrix/differencesOf';
import { Computed } from '../matrix/KeptMatrix';
import { MatrixService } from '../matrix/MatrixService';
import { FleetService } from '../fleet/FleetService';
import { PreviewService } from '../preview/PreviewService';
import { PromotionService } from '../promotions/PromotionService';
import { SourceStates } from '../store/SourceStates';
import { TransitionStore } from '../store/TransitionStore';
import { Access } from './Access';
import { Endpoints, EntityPath } from './endpoints';

/** An intent with its answers is small; nothing else is sent here. */
const BODY_LIMIT = '256kb';

const HISTORY_LIMIT = 50;

const FLEET_LIMIT = 50;

const LIVE_MATRIX = '/v1/entities/:kind/:namespace/:name/live-matrix';

type AnyRequest = Parameters<HttpAuthService['credentials']>[0];

/** What an answer about an entity begins with. */
interface About {
  readonly entity: TrackedEntity;
  readonly computed: Computed;
}

/**
 * The HTTP API, as its OpenAPI document says: what comes in is always held to it, what goes out where `validateResponses` asks for it.
 */
export function createRouter(options: {
  access: Access;
  auditor: AuditorService;
  collector: Collector;
  configured: ConfiguredSources;
  fleet: FleetService;
  live: LiveMatrices;
  matrices: MatrixService;
  preview: PreviewService;
  promotions: PromotionService;
  states: SourceStates;
  tracker: Tracker;
  transitions: TransitionStore;
  validateResponses: boolean;
}): express.Router {
  const { access, auditor, matrices, promotions, tracker } = options;
  const router =
    createValidatedOpenApiRouterFromGeneratedEndpointMap<Endpoints>(
      openApiDocument,
      {
        middleware: [jsonBody(), untagged(LIVE_MATRIX)],
        validatorOptions: { validateResponses: options.validateResponses },
      },
    );

  const audited = async (
    event: {
      eventId: string;
      request: AnyRequest;
      severityLevel?: AuditorServiceEventSeverityLevel;
      meta?: Record<string, string>;
    },
    work: () => Promise<void>,
  ) => {
    const line = await auditor.createEvent(event);
    try {
      await work();
      await line.success();
    } catch (error) {
      await line.fail({
        error: error instanceof Error ? error : new Error(String(error)),
      });
      throw error;
    }
  };

  /** Every answer about an entity begins alike: a line in the audit log, who asks, and whether the entity is there for them. */
  const about = async (
    event: {
      eventId: string;
      request: AnyRequest;
      path: EntityPath;
      severityLevel?: AuditorServiceEventSeverityLevel;
      meta?: Record<string, string>;
    },
    work: (context: About) => Promise<void>,
  ) => {
    const { path, request, meta, ...rest } = event;
    const entityRef = stringifyEntityRef(path);
    await audited(
      { ...rest, request, meta: { entityRef, ...meta } },
      async () => {
        const credentials = await access.reader(request);
        const entity = await access.entity(entityRef, credentials);
        const computed = await matrices.get(entity);
        await work({
          entity: tracker.get(stringifyEntityRef(entity)) ?? {
            entityRef,
            entity,
            versions: [],
          },
          computed,
        });
      },
    );
  };

  router.get('/v1/environments', async (request, response) => {
    await audited({ eventId: 'sources-fetch', request }, async () => {
      await access.reader(request);
      response.json({
        sources: options.states
          .all()
          .map(state => options.configured.describe(state)),
      });
    });
  });

  router.get('/v1/fleet', async (request, response) => {
    await audited({ eventId: 'fleet-fetch', request }, async () => {
      const credentials = await access.reader(request);
      const { fleet } = options;
      const visible = await access.visible(fleet.entityRefs(), credentials);
      const { limit = FLEET_LIMIT, ...query } = request.query;
      response.json(fleet.page(visible, { ...query, limit: Number(limit) }));
    });
  });

  router.get(
    '/v1/entities/:kind/:namespace/:name/matrix',
    async (request, response) => {
      const event = { eventId: 'matrix-fetch', request, path: request.params };
      await about(event, async ({ computed }) => {
        response.setHeader('ETag', computed.etag);
        response.setHeader('Cache-Control', 'private, no-cache');
        if (isCurrent(request.headers['if-none-match'], computed.etag)) {
          response.status(304).end();
        } else {
          response.json(computed.matrix);
        }
      });
    },
  );

  router.post(LIVE_MATRIX, async (request, response) => {
    const { clusters } = request.body;
    const event = {
      eventId: 'live-matrix-fetch',
      request,
      path: request.params,
      severityLevel: 'medium',
      meta: { clusters: options.live.known(clusters).join(' ') },
    } as const;
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    await about(event, async ({ entity, computed }) => {
      const credentials = await access.viewer(request);
      const matrix = await options.live.read(entity, computed, {
        credentials,
        clusters,
        signal: gone.signal,
      });
      response.setHeader('Cache-Control', 'no-store');
      response.json(matrix);
    });
  });

  router.get(
    '/v1/entities/:kind/:namespace/:name/differences',
    async (request, response) => {
      const event = {
        eventId: 'differences-fetch',
        request,
        path: request.params,
      };
      await about(event, async ({ computed }) => {
        const { from, to } = request.query;
        response.json({ differences: differencesOf(computed, from, to) });
      });
    },
  );

  router.get(
    '/v1/entities/:kind/:namespace/:name/findings',
    async (request, response) => {
      const event = {
        eventId: 'findings-fetch',
        request,
        path: request.params,
      };
      await about(event, async ({ computed }) => {
        response.json({ findings: computed.judgement.findings });
      });
    },
  );

  router.get(
    '/v1/entities/:kind/:namespace/:name/history',
    async (request, response) => {
      const event = { eventId: 'history-fetch', request, path: request.params };
      await about(event, async ({ entity }) => {
        const { limit = HISTORY_LIMIT, ...query } = request.query;
        response.json(
          await options.transitions.list(entity.entityRef, {
            ...query,
            limit: Number(limit),
          }),
        );
      });
    },
  );

  router.post(
    '/v1/entities/:kind/:namespace/:name/refresh',
    async (request, response) => {
      const event = { eventId: 'refresh', request, path: request.params };
      await about(event, async ({ entity }) => {
        await options.collector.refresh(entity.entityRef);
        response.status(204).end();
      });
    },
  );

  router.post(
    '/v1/entities/:kind/:namespace/:name/promotions/plan',
    async (request, response) => {
      const { from, to } = request.body;
      const event = {
        eventId: 'promotion-plan',
        request,
        path: request.params,
        meta: { from, to },
      };
      await about(event, async ({ entity, computed }) => {
        await access.promoter(request, entity.entity, to);
        response.json(await promotions.plan(entity, computed, { from, to }));
      });
    },
  );

  router.get(
    '/v1/entities/:kind/:namespace/:name/promotions',
    async (request, response) => {
      const event = {
        eventId: 'promotions-fetch',
        request,
        path: request.params,
      };
      await about(event, async ({ entity, computed }) => {
        response.json({
          items: await promotions.list(entity.entityRef, computed),
        });
      });
    },
  );

  router.post(
    '/v1/entities/:kind/:namespace/:name/promotions',
    async (request, response) => {
      const { planId, reason } = request.body;
      const event = {
        eventId: 'promotion-create',
        request,
        path: request.params,
        severityLevel: 'medium',
        meta: { planId },
      } as const;
      await about(event, async ({ entity, computed }) => {
        const environment = await promotions.environmentOfPlan(
          entity.entityRef,
          planId,
        );
        const person = await access.promoter(
          request,
          entity.entity,
          environment,
        );
        response.status(201).json(
          await promotions.create(entity, computed, {
            planId,
            reason,
            person,
          }),
        );
      });
    },
  );

  router.get(
    '/v1/entities/:kind/:namespace/:name/promotions/:id',
    async (request, response) => {
      const { id } = request.params;
      const event = {
        eventId: 'promotions-fetch',
        request,
        path: request.params,
        meta: { id },
      };
      await about(event, async ({ entity, computed }) => {
        response.json(await promotions.get(entity.entityRef, id, computed));
      });
    },
  );

  for (const action of ['approve', 'merge', 'sync', 'cancel'] as const) {
    router.post(
      `/v1/entities/:kind/:namespace/:name/promotions/:id/${action}`,
      async (request, response) => {
        const { id } = request.params;
        const event = {
          eventId: `promotion-${action}`,
          request,
          path: request.params,
          severityLevel: 'medium',
          meta: { id },
        } as const;
        await about(event, async ({ entity, computed }) => {
          const { plan } = await promotions.get(entity.entityRef, id, computed);
          const person = await access.promoter(request, entity.entity, plan.to);
          response.json(
            await promotions.act(entity, computed, { id, action, person }),
          );
        });
      },
    );
  }

  router.post('/v1/preview', async (request, response) => {
    const { intent, answers, template } = request.body;
    if ((intent === undefined) === (answers === undefined)) {
      throw new InputError("A preview needs either 'intent' or 'answers'");
    }
    await audited({ eventId: 'preview', request }, async () => {
      const credentials = await access.reader(request);
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      response.json(
        await options.preview.preview(
          { intent, answers, template, signal: gone.signal },
          credentials,
        ),
      );
    });
  });

  // The document as it is: the router's own route writes it as an older version.
  return Router()
    .get('/openapi.json', (request, response) => {
      const url = request.originalUrl.replace(/\/openapi\.json.*$/, '');
      response.json({ ...openApiDocument, servers: [{ url }] });
    })
    .use(router);
}

/** What a body says is not repeated where it cannot be read: there may be a token in it. */
function jsonBody(): express.RequestHandler {
  const parse = express.json({ limit: BODY_LIMIT });
  return (request, response, next) =>
    parse(request, response, error =>
      next(
        error
          ? new InputError(
              `The body of the request is not JSON, or longer than ${BODY_LIMIT}`,
            )
          : undefined,
      ),
    );
}

/**
 * Answers of this route are for one person and one moment: nothing is to recognise them by. Express would put an ETag on what it sends as JSON. It comes before
 * the validator, which then looks at these answers as at all others.
 */
function untagged(route: string): express.RequestHandler {
  return Router().all(route, (_request, response, next) => {
    response.json = body => response.type('json').end(JSON.stringify(body));
    next();
  });
}

/** A proxy on the way may have made the tag a weak one. */
function isCurrent(header: string | undefined, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .some(tag => tag.trim().replace(/^W\//, '') === etag);
}
