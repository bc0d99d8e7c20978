import {
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import {
  CatalogService,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  SignalPayload,
  signalsServiceRef,
} from '@backstage/plugin-signals-node';
import {
  EnvironmentSource,
  environmentsPromotionsExtensionPoint,
  PromotionDelivery,
  PromotionRepository,
  RepositoryProbe,
} from '@envmatrix/backstage-plugin-environments-node';
import { sourcesModule } from '@envmatrix/backstage-plugin-environments-node/testUtils';
import { Matrix } from '@envmatrix/engine';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import request from 'supertest';
import { environmentsPlugin } from '../plugin';
import { ada, entity } from './facts';
import { TestSource } from './TestSource';

type Features = Parameters<typeof startTestBackend>[0]['features'];

export interface Portal {
  readonly server: Parameters<typeof request>[0];
  readonly signals: SignalPayload[];
  readonly nonprod: TestSource;
  readonly prod: TestSource;
  readonly argocd: TestSource;
  readonly scm: TestSource;
  get(path: string): request.Test;
  /** As the usual person, or as another one. */
  post(path: string, body?: object, userEntityRef?: string): request.Test;
  /** What the API says of the entity. */
  matrix(): Promise<Matrix>;
  /** Waits until what the API says of the entity is so. */
  untilMatrix(condition: (matrix: Matrix) => boolean): Promise<Matrix>;
  stop(): Promise<void>;
}

/** Much longer than it takes on a machine with nothing else to do, and shorter than a test may take: a failure then says what was waited for. */
const UNTIL_MS = 60_000;

const ENTITY_PATH = '/api/environments/v1/entities/component/default/checkout';

/** The backend with sources that a test speaks for. */
export async function startPortal(
  options: {
    knex?: Knex;
    entities?: Entity[];
    /** In place of one that has these entities, and shows them to everybody. */
    catalog?: CatalogService;
    repository?: PromotionRepository;
    delivery?: PromotionDelivery;
    probe?: RepositoryProbe;
    sources?: readonly EnvironmentSource[];
    /** More of `environments` in app-config. */
    config?: JsonObject;
    features?: Features;
  } = {},
): Promise<Portal> {
  const signals: SignalPayload[] = [];
  const sources = {
    nonprod: new TestSource('kubernetes', 'nonprod'),
    prod: new TestSource('kubernetes', 'prod'),
    argocd: new TestSource('argocd', 'main'),
    scm: new TestSource('scm', 'git.example.com'),
  };
  const all = options.sources ?? Object.values(sources);
  const testModule = createBackendModule({
    pluginId: 'environments',
    moduleId: 'test',
    register(env) {
      env.registerInit({
        deps: { promotions: environmentsPromotionsExtensionPoint },
        async init({ promotions }) {
          if (options.repository) {
            promotions.setRepository(options.repository);
          }
          if (options.delivery) {
            promotions.setDelivery(options.delivery);
          }
          if (options.probe) {
            promotions.setRepositoryProbe(options.probe);
          }
        },
      });
    },
  });
  const backend = await startTestBackend({
    features: [
      environmentsPlugin,
      sourcesModule(all),
      testModule,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () =>
          options.catalog ??
          catalogServiceMock({ entities: options.entities ?? [entity, ada] }),
      }),
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'https://portal.example.com' },
          backend: { baseUrl: 'http://localhost:7007' },
          environments: {
            tracking: { interval: { milliseconds: 200 } },
            ...options.config,
          },
          integrations: {
            gitea: [{ host: 'git.example.com', username: 'x', password: 'y' }],
          },
        },
      }),
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => ({
          async publish(signal: SignalPayload) {
            signals.push(signal);
          },
        }),
      }),
      ...(options.knex
        ? [mockServices.database.factory({ knex: options.knex })]
        : []),
      ...(options.features ?? []),
    ],
  });
  const { server } = backend;
  const get = (path: string) => request(server).get(`${ENTITY_PATH}${path}`);
  const matrix = async (): Promise<Matrix> => {
    const response = await get('/matrix');
    expect({ status: response.status, error: response.body.error }).toEqual({
      status: 200,
    });
    return response.body;
  };
  return {
    ...sources,
    server,
    signals,
    get,
    post: (path, body, userEntityRef) =>
      request(server)
        .post(`${ENTITY_PATH}${path}`)
        .set('Authorization', mockCredentials.user.header(userEntityRef))
        .send(body),
    matrix,
    untilMatrix: condition => until(matrix, condition),
    stop: () => backend.stop(),
  };
}

/** Asks again and again, until the answer is as it should be. */
export async function until<T>(
  ask: () => Promise<T> | T,
  condition: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + UNTIL_MS;
  for (;;) {
    const answer = await ask();
    if (condition(answer)) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `It did not come to that within ${
          UNTIL_MS / 1000
        } s. Last: ${JSON.stringify(answer).slice(0, 4_000)}`,
      );
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
