import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { environmentsSourcesExtensionPoint } from '@envmatrix/backstage-plugin-environments-node';
import { RegistryClient } from './client/RegistryClient';
import { readRegistries } from './readRegistries';
import { RegistrySource } from './RegistrySource';

/**
 * Asks the image registries of `environments.sources.registry`, and no others, which commit each running image was built from.
 *
 * @public
 */
export const environmentsModuleRegistry = createBackendModule({
  pluginId: 'environments',
  moduleId: 'registry',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        sources: environmentsSourcesExtensionPoint,
      },
      async init({ config, sources }) {
        const known = readRegistries(config).map(
          registry =>
            new RegistrySource({
              host: registry.host,
              client: new RegistryClient({ registry }),
            }),
        );
        sources.addSourceProvider({
          kind: 'registry',
          getSources: async () => known,
        });
      },
    });
  },
});
