import {
  createApiFactory,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { EnvironmentsClient } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from './api';
import { environmentsRouteRef } from './routes';

/**
 * The plugin for apps of the legacy frontend system.
 *
 * @public
 */
export const environmentsPlugin = createPlugin({
  id: 'environments',
  apis: [
    createApiFactory({
      api: environmentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new EnvironmentsClient({ discoveryApi, fetchApi }),
    }),
  ],
  routes: { entityContent: environmentsRouteRef },
});

/**
 * The Environments tab, for an `EntityLayout.Route`.
 *
 * @public
 */
export const EntityEnvironmentsContent = environmentsPlugin.provide(
  createRoutableExtension({
    name: 'EntityEnvironmentsContent',
    component: () =>
      import('./matrix/EnvironmentsTab').then(m => m.EnvironmentsTab),
    mountPoint: environmentsRouteRef,
  }),
);

export { declaresEnvironments as isEnvironmentsAvailable } from './matrix/MissingAnnotations';
