import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { EnvironmentsClient } from '@envmatrix/backstage-plugin-environments-common';
import { RiStackLine } from '@remixicon/react';
import { environmentsApiRef } from './api';
import { mayHaveEnvironments } from './card/mayHaveEnvironments';
import { environmentsRouteRef, fleetRouteRef } from './routes';
import { formFields } from './wizard/formFields';

export const environmentsApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: environmentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new EnvironmentsClient({ discoveryApi, fetchApi }),
    }),
});

export const environmentsEntityContent = EntityContentBlueprint.make({
  name: 'environments',
  params: {
    path: 'environments',
    title: 'Environments',
    group: 'deployment',
    icon: <RiStackLine />,
    routeRef: environmentsRouteRef,
    filter: { kind: 'component' },
    loader: () =>
      import('./matrix/EnvironmentsTab').then(m => <m.EnvironmentsTab />),
  },
});

export const environmentsEntityCard = EntityCardBlueprint.make({
  name: 'environments',
  params: {
    type: 'content',
    filter: mayHaveEnvironments,
    loader: () =>
      import('./card/EnvironmentsCard').then(m => <m.EnvironmentsCard />),
  },
});

export const fleetPage = PageBlueprint.make({
  params: {
    path: '/environments',
    title: 'Environments',
    icon: <RiStackLine />,
    routeRef: fleetRouteRef,
    loader: () => import('./fleet/FleetPage').then(m => <m.FleetPage />),
  },
});

/**
 * The Environments tab, the card, the page of all services and the wizard's fields, for the new frontend system.
 *
 * @public
 */
export const environmentsPlugin = createFrontendPlugin({
  pluginId: 'environments',
  title: 'Environments',
  icon: <RiStackLine />,
  info: { packageJson: () => import('../package.json') },
  routes: { entityContent: environmentsRouteRef, root: fleetRouteRef },
  extensions: [
    environmentsApi,
    environmentsEntityContent,
    environmentsEntityCard,
    fleetPage,
    ...formFields.map(({ blueprint }) => blueprint),
  ],
});
