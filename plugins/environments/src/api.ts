import { createApiRef } from '@backstage/frontend-plugin-api';
import {
  EnvironmentsApi,
  FleetApi,
} from '@envmatrix/backstage-plugin-environments-common';

/**
 * The environments backend, as the components of this plugin use it.
 *
 * @public
 */
export const environmentsApiRef = createApiRef<
  EnvironmentsApi & FleetApi
>().with({
  id: 'plugin.environments.client',
  pluginId: 'environments',
});
