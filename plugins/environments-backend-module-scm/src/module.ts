import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { durationToMilliseconds } from '@backstage/types';
import {
  environmentsPromotionsExtensionPoint,
  environmentsSourcesExtensionPoint,
} from '@envmatrix/backstage-plugin-environments-node';
import { ScmHosts } from '@envmatrix/scm';
import { DeployConfigReader } from './DeployConfigReader';
import { ScmPromotionRepository } from './ScmPromotionRepository';
import { ScmSource } from './ScmSource';

const DEFAULT_INTERVAL = { seconds: 30 };

/**
 * Reads intents and desired state from git, counts commits, and makes promotions commits and pull requests.
 *
 * @public
 */
export const environmentsModuleScm = createBackendModule({
  pluginId: 'environments',
  moduleId: 'scm',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        urlReader: coreServices.urlReader,
        sources: environmentsSourcesExtensionPoint,
        promotions: environmentsPromotionsExtensionPoint,
      },
      async init({ config, urlReader, sources, promotions }) {
        const hosts = new ScmHosts(ScmIntegrations.fromConfig(config));
        const reader = new DeployConfigReader({ hosts, urlReader });
        const intervalKey = 'environments.sources.scm.interval';
        const intervalMs = durationToMilliseconds(
          config.has(intervalKey)
            ? readDurationFromConfig(config, { key: intervalKey })
            : DEFAULT_INTERVAL,
        );
        const known = hosts
          .names()
          .map(host => new ScmSource({ host, hosts, reader, intervalMs }));
        sources.addSourceProvider({
          kind: 'scm',
          getSources: async () => known,
        });
        const repository = new ScmPromotionRepository({ hosts, reader });
        promotions.setRepository(repository);
        promotions.setRepositoryProbe(repository);
      },
    });
  },
});
