import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  environmentsPromotionsExtensionPoint,
  environmentsSourcesExtensionPoint,
} from '@envmatrix/backstage-plugin-environments-node';
import { ArgoCdClient } from './client/ArgoCdClient';
import { ArgoCdDelivery } from './ArgoCdDelivery';
import { ArgoCdSource } from './watch/ArgoCdSource';
import { readInstances, whyNoInstances } from './readInstances';

/**
 * Watches the Argo CD instances of `argocd.appLocatorMethods`, and syncs applications for promotions.
 *
 * @public
 */
export const environmentsModuleArgocd = createBackendModule({
  pluginId: 'environments',
  moduleId: 'argocd',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        sources: environmentsSourcesExtensionPoint,
        promotions: environmentsPromotionsExtensionPoint,
      },
      async init({ config, sources, promotions }) {
        const instances = readInstances(config);
        const clients = new Map(
          instances.map(instance => [
            instance.name,
            new ArgoCdClient({ instance }),
          ]),
        );
        const known = instances.flatMap(instance => {
          const client = clients.get(instance.name);
          return client ? [new ArgoCdSource({ instance, client })] : [];
        });
        sources.addSourceProvider({
          kind: 'argocd',
          getSources: async () => {
            const problem = whyNoInstances(config);
            if (problem !== undefined) {
              throw new InputError(problem);
            }
            return known;
          },
        });
        promotions.setDelivery(new ArgoCdDelivery({ clients }));
      },
    });
  },
});
