import {
  EnvironmentsApi,
  FleetApi,
} from '@envmatrix/backstage-plugin-environments-common';
import { fleetFixture } from '../__fixtures__/fleet';
import { richMatrix } from '../__fixtures__/matrix';
import { previewFixture } from '../__fixtures__/preview';
import { planFixture, promotionFixture } from '../__fixtures__/promotion';

type Api = EnvironmentsApi & FleetApi;

type Question<K extends keyof Api> = Parameters<Api[K]>;

type Answer<K extends keyof Api> = ReturnType<Api[K]>;

/** The backend's answers when all goes well; every method can be looked at and given another answer. */
export function mockEnvironmentsApi(): jest.Mocked<Api> {
  const now = () => new Date().toISOString();
  return {
    getMatrix: jest.fn<Answer<'getMatrix'>, Question<'getMatrix'>>(
      async () => ({
        matrix: richMatrix(now()),
        etag: '"1"',
      }),
    ),
    getLiveMatrix: jest.fn<Answer<'getLiveMatrix'>, Question<'getLiveMatrix'>>(
      async () => richMatrix(now()),
    ),
    getDifferences: jest.fn<
      Answer<'getDifferences'>,
      Question<'getDifferences'>
    >(async () => ({ differences: [] })),
    getFindings: jest.fn<Answer<'getFindings'>, Question<'getFindings'>>(
      async () => ({ findings: [] }),
    ),
    getHistory: jest.fn<Answer<'getHistory'>, Question<'getHistory'>>(
      async () => ({ items: [] }),
    ),
    refresh: jest.fn<Answer<'refresh'>, Question<'refresh'>>(async () => {}),
    planPromotion: jest.fn<Answer<'planPromotion'>, Question<'planPromotion'>>(
      async () => planFixture({}, now()),
    ),
    createPromotion: jest.fn<
      Answer<'createPromotion'>,
      Question<'createPromotion'>
    >(async () => promotionFixture({}, now())),
    listPromotions: jest.fn<
      Answer<'listPromotions'>,
      Question<'listPromotions'>
    >(async () => ({ items: [] })),
    getPromotion: jest.fn<Answer<'getPromotion'>, Question<'getPromotion'>>(
      async () => promotionFixture({}, now()),
    ),
    actOnPromotion: jest.fn<
      Answer<'actOnPromotion'>,
      Question<'actOnPromotion'>
    >(async () => promotionFixture({}, now())),
    preview: jest.fn<Answer<'preview'>, Question<'preview'>>(async () =>
      previewFixture(),
    ),
    getEnvironments: jest.fn<
      Answer<'getEnvironments'>,
      Question<'getEnvironments'>
    >(async () => ({ sources: [] })),
    getFleet: jest.fn<Answer<'getFleet'>, Question<'getFleet'>>(async () =>
      fleetFixture(now()),
    ),
  };
}

/** An error as the client throws it. */
export function backendError(
  statusCode: number,
  name: string,
  message: string,
): Error {
  return Object.assign(new Error(`Request failed with ${statusCode}`), {
    name: 'ResponseError',
    statusCode,
    cause: { name, message },
  });
}
