import { Entity } from '@backstage/catalog-model';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import { EnvironmentsApi } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from '../api';
import { environmentsEntityContent } from '../plugin';

export const checkout: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'checkout',
    namespace: 'default',
    annotations: { 'environments.envmatrix.dev/intent': 'environments.yaml' },
  },
  spec: { type: 'service', owner: 'payments', lifecycle: 'production' },
};

/** The Environments tab on an entity's page, with a backend that answers as it is told. */
export function renderTab(options: {
  api: EnvironmentsApi;
  entity?: Entity;
  path?: string;
}) {
  const { api, entity = checkout, path = '/' } = options;
  return renderTestApp({
    extensions: [createTestEntityPage({ entity }), environmentsEntityContent],
    apis: [[environmentsApiRef, api]],
    initialRouteEntries: [path],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
}
