import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { EnvironmentsClient } from '@envmatrix/backstage-plugin-environments-common';
import { RiStackLine } from '@remixicon/react';
import { environmentsApiRef } from './api';
import { environmentsRouteRef } from './routes';
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

/**
 * The Environments tab and the wizard's fields, for the new frontend system.
 *
 * @public
 */
export const environmentsPlugin = createFrontendPlugin({
  pluginId: 'environments',
  title: 'Environments',
  icon: <RiStackLine />,
  info: { packageJson: () => import('../package.json') },
  routes: { entityContent: environmentsRouteRef },
  extensions: [environmentsApi, environmentsEntityContent, ...formFields],
});
