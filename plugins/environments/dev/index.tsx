import '@backstage/cli/asset-types';
import ReactDOM from 'react-dom/client';
import '@backstage/ui/css/styles.css';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import { scaffolderApiRef } from '@backstage/plugin-scaffolder-react';
import environmentsPlugin, { environmentsApiRef } from '../src';
import { kubernetesAuthProvidersApiRef } from '../src/ownToken/kubernetesAuthProvidersApi';
import { DevEnvironmentsApi } from './DevEnvironmentsApi';
import { entities } from './entities';
import { DevScaffolderApi } from './DevScaffolderApi';

const app = createApp({
  features: [
    catalogPlugin,
    scaffolderPlugin,
    environmentsPlugin,
    createFrontendModule({
      pluginId: 'catalog',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: catalogApiRef,
              deps: {},
              factory: () => new InMemoryCatalogClient({ entities }),
            }),
        }),
      ],
    }),
    createFrontendModule({
      pluginId: 'scaffolder',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: scaffolderApiRef,
              deps: {},
              factory: () => new DevScaffolderApi(),
            }),
        }),
      ],
    }),
    createFrontendModule({
      pluginId: 'environments',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: environmentsApiRef,
              deps: {},
              factory: () => new DevEnvironmentsApi(),
            }),
        }),
        ApiBlueprint.make({
          name: 'cluster-tokens',
          params: defineParams =>
            defineParams({
              api: kubernetesAuthProvidersApiRef,
              deps: {},
              factory: () => ({
                getCredentials: async () => ({ token: 'a-token' }),
              }),
            }),
        }),
      ],
    }),
  ],
});

const root = document.getElementById('root');
if (root) {
  ReactDOM.createRoot(root).render(app.createRoot());
}
