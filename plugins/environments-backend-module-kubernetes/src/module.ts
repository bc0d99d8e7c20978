import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { environmentsSourcesExtensionPoint } from '@envmatrix/backstage-plugin-environments-node';
import { KubernetesPluginClient } from './KubernetesPluginClient';
import { ClusterSourceProvider } from './ClusterSourceProvider';

/**
 * Watches the clusters of the installed Kubernetes plugin.
 *
 * @public
 */
export const environmentsModuleKubernetes = createBackendModule({
  pluginId: 'environments',
  moduleId: 'kubernetes',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        sources: environmentsSourcesExtensionPoint,
      },
      async init({ auth, discovery, sources }) {
        sources.addSourceProvider(
          new ClusterSourceProvider({
            client: new KubernetesPluginClient({ auth, discovery }),
          }),
        );
      },
    });
  },
});
