import { schemas } from './schemas';

const text = { type: 'string' } as const;

const entityParameters = (['kind', 'namespace', 'name'] as const).map(
  name => ({ in: 'path', name, required: true, schema: text } as const),
);
const promotionId = {
  in: 'path',
  name: 'id',
  required: true,
  schema: text,
} as const;

const json = (schema: object) => ({ 'application/json': { schema } });
const named = (name: keyof typeof schemas) => ({
  $ref: `#/components/schemas/${name}`,
});
const listed = (field: string, name: keyof typeof schemas) => ({
  type: 'object',
  required: [field],
  properties: { [field]: { type: 'array', items: named(name) } },
});

const failure = {
  description: 'A Backstage error: its name and message say what is wrong.',
  content: json(named('Error')),
};

function answers(description: string, schema: object, status = '200') {
  return {
    [status]: { description, content: json(schema) },
    default: failure,
  };
}

function body(options: {
  properties: Readonly<Record<string, object>>;
  required?: readonly string[];
}) {
  return {
    required: true,
    content: json({
      type: 'object',
      additionalProperties: false,
      ...options,
      required: [...(options.required ?? [])],
    }),
  };
}

const entityPath = '/v1/entities/{kind}/{namespace}/{name}';

function actOnPromotion(action: string, summary: string) {
  return {
    [`${entityPath}/promotions/{id}/${action}`]: {
      post: {
        operationId: `${action}Promotion`,
        summary,
        parameters: [...entityParameters, promotionId],
        responses: answers('The promotion after it.', named('Promotion')),
      },
    },
  };
}

/**
 * The HTTP API of the environments backend, served at `/api/environments/openapi.json`.
 *
 * @public
 */
export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'environments',
    version: '1',
    description:
      'The environments of catalog entities: what runs where, how far each lags, what differs and whether it may, and promotions between them.',
  },
  servers: [{ url: '/' }],
  paths: {
    '/v1/environments': {
      get: {
        operationId: 'getEnvironments',
        summary: 'What is watched, and the state of each source',
        responses: answers('The sources.', listed('sources', 'SourceState')),
      },
    },
    '/v1/fleet': {
      get: {
        operationId: 'getFleet',
        summary: 'One row per entity that the caller may see',
        parameters: [
          {
            in: 'query',
            name: 'filter',
            description:
              '`key=value` with commas between: `text` in the name, `owner` as an entity reference (any of several), `state` as one of lagging, violating, unhealthy, unknown.',
            allowReserved: true,
            schema: text,
          },
          {
            in: 'query',
            name: 'order',
            schema: {
              type: 'string',
              enum: [
                'name',
                '-name',
                'system',
                '-system',
                'lag',
                '-lag',
                'violations',
                '-violations',
              ],
              default: 'name',
            },
          },
          {
            in: 'query',
            name: 'limit',
            schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
          },
          {
            in: 'query',
            name: 'cursor',
            description: '`nextCursor` of the page before.',
            schema: text,
          },
        ],
        responses: answers('A page.', {
          type: 'object',
          required: ['items', 'total', 'counts', 'sources'],
          properties: {
            items: { type: 'array', items: named('FleetRow') },
            nextCursor: text,
            total: { type: 'integer', minimum: 0 },
            counts: named('FleetCounts'),
            sources: { type: 'array', items: named('SourceState') },
          },
        }),
      },
    },
    [`${entityPath}/matrix`]: {
      get: {
        operationId: 'getMatrix',
        summary: 'The environment matrix; answers 304 to a current ETag',
        parameters: [...entityParameters],
        responses: {
          ...answers('The matrix.', named('Matrix')),
          '304': { description: 'It has not changed.' },
        },
      },
    },
    [`${entityPath}/live-matrix`]: {
      post: {
        operationId: 'getLiveMatrix',
        summary:
          "The environment matrix with what the caller's own tokens let them see of clusters that need one; within about 15 seconds, and never kept",
        parameters: [...entityParameters],
        requestBody: body({
          properties: {
            clusters: {
              type: 'array',
              maxItems: 50,
              description:
                'Clusters whose source has `needsUserToken`, with the token for each. What is not such a cluster of this entity is left out.',
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['name', 'token'],
                properties: {
                  name: { type: 'string', minLength: 1, maxLength: 253 },
                  token: {
                    type: 'string',
                    minLength: 1,
                    maxLength: 16384,
                    pattern: '^[!-~]+$',
                  },
                },
              },
            },
          },
          required: ['clusters'],
        }),
        responses: answers(
          'The matrix, for this caller alone.',
          named('Matrix'),
        ),
      },
    },
    [`${entityPath}/differences`]: {
      get: {
        operationId: 'getDifferences',
        summary: 'Every leaf that differs between two environments, classified',
        parameters: [
          ...entityParameters,
          { in: 'query', name: 'from', required: true, schema: text },
          { in: 'query', name: 'to', required: true, schema: text },
        ],
        responses: answers(
          'The differences.',
          listed('differences', 'Difference'),
        ),
      },
    },
    [`${entityPath}/findings`]: {
      get: {
        operationId: 'getFindings',
        summary: 'What the rules say, of every outcome',
        parameters: [...entityParameters],
        responses: answers('The findings.', listed('findings', 'Finding')),
      },
    },
    [`${entityPath}/history`]: {
      get: {
        operationId: 'getHistory',
        summary: 'What changed in the environments, newest first',
        parameters: [
          ...entityParameters,
          { in: 'query', name: 'environment', schema: text },
          {
            in: 'query',
            name: 'before',
            description: '`nextBefore` of the page before.',
            schema: { type: 'string', pattern: '^[0-9]{1,9}$' },
          },
          {
            in: 'query',
            name: 'limit',
            schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
          },
        ],
        responses: answers('A page.', {
          type: 'object',
          required: ['items'],
          properties: {
            items: { type: 'array', items: named('HistoryEntry') },
            nextBefore: text,
          },
        }),
      },
    },
    [`${entityPath}/refresh`]: {
      post: {
        operationId: 'refresh',
        summary:
          'Looks again now; answers when the sources have, or after a few seconds',
        parameters: [...entityParameters],
        responses: {
          '204': { description: 'Looked.' },
          default: failure,
        },
      },
    },
    [`${entityPath}/promotions/plan`]: {
      post: {
        operationId: 'planPromotion',
        summary: 'The exact change that a promotion would make, and its gates',
        parameters: [...entityParameters],
        requestBody: body({
          properties: { from: text, to: text },
          required: ['from', 'to'],
        }),
        responses: answers('The plan.', named('PromotionPlan')),
      },
    },
    [`${entityPath}/promotions`]: {
      get: {
        operationId: 'listPromotions',
        summary: 'Promotions, newest first',
        parameters: [...entityParameters],
        responses: answers('The promotions.', listed('items', 'Promotion')),
      },
      post: {
        operationId: 'createPromotion',
        summary:
          'Starts what a plan shows; refuses with 409 when git moved on since',
        parameters: [...entityParameters],
        requestBody: body({
          properties: {
            planId: text,
            reason: { type: 'string', maxLength: 2000 },
          },
          required: ['planId'],
        }),
        responses: answers('The promotion.', named('Promotion'), '201'),
      },
    },
    [`${entityPath}/promotions/{id}`]: {
      get: {
        operationId: 'getPromotion',
        summary: 'One promotion',
        parameters: [...entityParameters, promotionId],
        responses: answers('The promotion.', named('Promotion')),
      },
    },
    ...actOnPromotion(
      'approve',
      'Agrees to it, where an environment asks for that; it begins at once',
    ),
    ...actOnPromotion('merge', 'Merges its pull request'),
    ...actOnPromotion('sync', 'Syncs the environment'),
    ...actOnPromotion('cancel', 'Gives it up; what is in git stays there'),
    '/v1/preview': {
      post: {
        operationId: 'preview',
        summary:
          'What an intent, or the answers of the wizard, would give; creates nothing',
        requestBody: body({
          properties: {
            intent: { type: 'object' },
            answers: { type: 'object' },
            template: {
              type: 'string',
              description:
                'Entity reference of the template whose skeleton is used.',
            },
          },
        }),
        responses: answers('What would be.', named('Preview')),
      },
    },
  },
  components: { schemas },
};
