import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { ScmHosts } from '@envmatrix/scm';
import { createCatalogWaitAction } from './actions/catalogWait';
import { createChangeAction } from './actions/change';
import { createPublishAction } from './actions/publish';
import { createRenderAction } from './actions/render';
import { createUpdateAction } from './actions/update';
import { createVerifyAction } from './actions/verify';

/**
 * The scaffolder actions `environments:render`, `environments:verify`, `environments:publish`, `environments:catalog:wait`,
 * `environments:change` and `environments:update`.
 *
 * @public
 */
export const scaffolderModuleEnvironments = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'environments',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        reader: coreServices.urlReader,
        scaffolder: scaffolderActionsExtensionPoint,
      },
      async init({ catalog, config, reader, scaffolder }) {
        const integrations = ScmIntegrations.fromConfig(config);
        const hosts = new ScmHosts(integrations);
        const defaultAuthor = {
          name:
            config.getOptionalString('scaffolder.defaultAuthor.name') ??
            'Scaffolder',
          email:
            config.getOptionalString('scaffolder.defaultAuthor.email') ??
            'scaffolder@backstage.io',
        };
        scaffolder.addActions(
          createRenderAction({ integrations, reader, hosts }),
          createVerifyAction(),
          createPublishAction({ hosts, defaultAuthor }),
          createCatalogWaitAction({ catalog }),
          createChangeAction({
            integrations,
            reader,
            hosts,
            catalog,
            defaultAuthor,
          }),
          createUpdateAction({
            integrations,
            reader,
            hosts,
            catalog,
            defaultAuthor,
          }),
        );
      },
    });
  },
});
