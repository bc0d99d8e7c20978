import { canonicalJson } from '../canonical';
import { parseDuration } from '../duration';
import { stringAt } from '../json';
import { label, namespace, plain, reference, set } from './leaves';
import { labels, listBy, map } from './parts';
import { LeafShape, ListShape, MapShape } from './shape';

/**
 * `spec.strategy` of an Argo Rollout. Its definition has no defaults that the API server would fill in: they are the controller's.
 * Source: API `argoproj.io/v1alpha1` and the defaults of the controller.
 */

/** A number is one of seconds, also as text. */
const pauseDuration: LeafShape = {
  type: 'leaf',
  read: value => {
    const milliseconds = /^\d+$/.test(String(value))
      ? Number(value) * 1000
      : parseDuration(value);
    return {
      text:
        milliseconds === undefined ? canonicalJson(value) : `${milliseconds}ms`,
      value,
    };
  },
};

const args = listBy('name', map({ value: label }));

const templates: ListShape = {
  type: 'list',
  item: map(
    { templateName: reference },
    { defaults: () => ({ clusterScope: false }) },
  ),
  key: (item, { nameOfObject }) => {
    const name = stringAt(item, 'templateName');
    return name === undefined ? undefined : nameOfObject(name);
  },
};

const analysis = map({ templates, args });

const podMetadata = map({ labels, annotations: labels });

/** Their order is their meaning. A pause without a duration lasts until somebody ends it. */
const steps: ListShape = {
  type: 'list',
  item: map({
    pause: map({ duration: pauseDuration }, { keepEmpty: true }),
    analysis,
    experiment: map({
      duration: pauseDuration,
      analyses: listBy('name', map({ templateName: reference, args })),
    }),
  }),
  key: 'index',
};

const ROUTE_LISTS = ['httpRoutes', 'grpcRoutes', 'tcpRoutes', 'tlsRoutes'];
const ROUTES = ['httpRoute', 'grpcRoute', 'tcpRoute', 'tlsRoute'];

/** What a plugin is told, in the words of the one for the Gateway API. */
const plugin = map({
  namespace,
  ...Object.fromEntries(ROUTES.map(field => [field, reference])),
  ...Object.fromEntries(
    ROUTE_LISTS.map(field => [
      field,
      listBy('name', map({ name: reference, namespace })),
    ]),
  ),
});

const trafficRouting = map(
  {
    nginx: map({ stableIngress: reference, stableIngresses: set }),
    alb: map({ ingress: reference, rootService: reference, ingresses: set }),
    smi: map({ rootService: reference, trafficSplitName: reference }),
    traefik: map({ weightedTraefikServiceName: reference }),
    plugins: map({}, { rest: plugin }),
  },
  { defaults: () => ({ maxTrafficWeight: 100 }) },
);

const DELAYS = { scaleDownDelaySeconds: 30, abortScaleDownDelaySeconds: 30 };

const canary: MapShape = map(
  {
    canaryService: reference,
    stableService: reference,
    pingPong: map({ pingService: reference, pongService: reference }),
    canaryMetadata: podMetadata,
    stableMetadata: podMetadata,
    maxSurge: plain,
    maxUnavailable: plain,
    analysis,
    trafficRouting,
    steps,
  },
  {
    keepEmpty: true,
    defaults: value => ({
      maxSurge: '25%',
      maxUnavailable: '25%',
      ...(value.trafficRouting === undefined
        ? {}
        : { ...DELAYS, dynamicStableScale: false }),
    }),
  },
);

const blueGreen: MapShape = map(
  {
    activeService: reference,
    previewService: reference,
    previewMetadata: podMetadata,
    activeMetadata: podMetadata,
    prePromotionAnalysis: analysis,
    postPromotionAnalysis: analysis,
  },
  {
    keepEmpty: true,
    defaults: () => ({
      autoPromotionEnabled: true,
      autoPromotionSeconds: 0,
      maxUnavailable: '25%',
      ...DELAYS,
    }),
  },
);

/** Neither strategy has parts to be judged where the other side has the other one. */
export const rolloutStrategy = map({ canary, blueGreen }, { split: true });
