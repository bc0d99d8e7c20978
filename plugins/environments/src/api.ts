import { createApiRef } from '@backstage/frontend-plugin-api';
import { EnvironmentsApi } from '@envmatrix/backstage-plugin-environments-common';

/**
 * The environments backend, as the components of this plugin use it.
 *
 * @public
 */
export const environmentsApiRef = createApiRef<EnvironmentsApi>().with({
  id: 'plugin.environments.client',
  pluginId: 'environments',
});
