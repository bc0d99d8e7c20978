import {
  FleetAnswer,
  FleetOrder,
  HistoryEntry,
  Preview,
} from '@envmatrix/backstage-plugin-environments-common';
import {
  Difference,
  Finding,
  Matrix,
  Promotion,
  PromotionPlan,
  SourceState,
} from '@envmatrix/engine';
import { ClusterToken } from '../live/LiveMatrices';

/** Names an entity, in the path of a request. */
export type EntityPath = { kind: string; namespace: string; name: string };

type PromotionPath = EntityPath & { id: string };

type Act = { path: PromotionPath; response: Promotion };

/**
 * The endpoints of the OpenAPI document, with the types that the router is held to.
 */
export type Endpoints = {
  '#get|/v1/environments': { response: { sources: SourceState[] } };
  '#get|/v1/fleet': {
    query: {
      filter?: string;
      order?: FleetOrder;
      limit?: number;
      cursor?: string;
    };
    response: FleetAnswer;
  };
  '#get|/v1/entities/{kind}/{namespace}/{name}/matrix': {
    path: EntityPath;
    response: Matrix;
  };
  '#post|/v1/entities/{kind}/{namespace}/{name}/live-matrix': {
    path: EntityPath;
    body: { clusters: ClusterToken[] };
    response: Matrix;
  };
  '#get|/v1/entities/{kind}/{namespace}/{name}/differences': {
    path: EntityPath;
    query: { from: string; to: string };
    response: { differences: Difference[] };
  };
  '#get|/v1/entities/{kind}/{namespace}/{name}/findings': {
    path: EntityPath;
    response: { findings: readonly Finding[] };
  };
  '#get|/v1/entities/{kind}/{namespace}/{name}/history': {
    path: EntityPath;
    query: { environment?: string; before?: string; limit?: number };
    response: { items: HistoryEntry[]; nextBefore?: string };
  };
  '#post|/v1/entities/{kind}/{namespace}/{name}/refresh': {
    path: EntityPath;
    response: void;
  };
  '#post|/v1/entities/{kind}/{namespace}/{name}/promotions/plan': {
    path: EntityPath;
    body: { from: string; to: string };
    response: PromotionPlan;
  };
  '#get|/v1/entities/{kind}/{namespace}/{name}/promotions': {
    path: EntityPath;
    response: { items: Promotion[] };
  };
  '#post|/v1/entities/{kind}/{namespace}/{name}/promotions': {
    path: EntityPath;
    body: { planId: string; reason?: string };
    response: Promotion;
  };
  '#get|/v1/entities/{kind}/{namespace}/{name}/promotions/{id}': {
    path: PromotionPath;
    response: Promotion;
  };
  '#post|/v1/entities/{kind}/{namespace}/{name}/promotions/{id}/approve': Act;
  '#post|/v1/entities/{kind}/{namespace}/{name}/promotions/{id}/merge': Act;
  '#post|/v1/entities/{kind}/{namespace}/{name}/promotions/{id}/sync': Act;
  '#post|/v1/entities/{kind}/{namespace}/{name}/promotions/{id}/cancel': Act;
  '#post|/v1/preview': {
    body: { intent?: object; answers?: object; template?: string };
    response: Preview;
  };
};
