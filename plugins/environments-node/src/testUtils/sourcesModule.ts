import { createBackendModule } from '@backstage/backend-plugin-api';
import { environmentsSourcesExtensionPoint } from '../extensions';
import { EnvironmentSource } from '../sources';

/**
 * A module that gives the environments plugin these sources, for a test that starts a backend with it.
 *
 * @public
 */
export function sourcesModule(sources: readonly EnvironmentSource[]) {
  return createBackendModule({
    pluginId: 'environments',
    moduleId: 'test-sources',
    register(env) {
      env.registerInit({
        deps: { extension: environmentsSourcesExtensionPoint },
        async init({ extension }) {
          for (const kind of new Set(sources.map(source => source.kind))) {
            extension.addSourceProvider({
              kind,
              getSources: async () =>
                sources.filter(source => source.kind === kind),
            });
          }
        },
      });
    },
  });
}
