import { createElement, ReactNode } from 'react';
import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { EnvironmentsClient } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from './api';
import { environmentsRouteRef, fleetRouteRef } from './routes';
import { formFields } from './wizard/formFields';

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
  routes: { entityContent: environmentsRouteRef, root: fleetRouteRef },
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

/**
 * The card, for the overview of an entity.
 *
 * @public
 */
export const EntityEnvironmentsCard = environmentsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvironmentsCard',
    component: {
      lazy: () =>
        import('./card/EnvironmentsCard').then(m => m.EnvironmentsCard),
    },
  }),
);

/**
 * The page of all services, for a `Route` of the app.
 *
 * @public
 */
export const EnvironmentsPage = environmentsPlugin.provide(
  createRoutableExtension({
    name: 'EnvironmentsPage',
    component: () =>
      import('./fleet/LegacyFleetPage').then(m => m.LegacyFleetPage),
    mountPoint: fleetRouteRef,
  }),
);

/**
 * The fields of the wizard, as children of `ScaffolderFieldExtensions`.
 *
 * @public
 */
export const environmentsFields: ReactNode = formFields.map(
  ({ name, legacy }) =>
    createElement(environmentsPlugin.provide<() => null>(legacy), {
      key: name,
    }),
);

export { mayHaveEnvironments } from './card/mayHaveEnvironments';
export { declaresEnvironments as isEnvironmentsAvailable } from './matrix/MissingAnnotations';
