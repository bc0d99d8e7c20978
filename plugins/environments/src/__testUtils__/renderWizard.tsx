import { Suspense } from 'react';
import {
  ScmIntegrationsApi,
  scmIntegrationsApiRef,
} from '@backstage/integration-react';
import { ConfigReader } from '@backstage/core-app-api';
import {
  renderInTestApp,
  TestApiProvider,
} from '@backstage/frontend-test-utils';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { Stepper } from '@backstage/plugin-scaffolder-react/alpha';
import { SecretsContextProvider } from '@backstage/plugin-scaffolder-react';
import { EnvironmentsApi } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from '../api';
import { GateField, gateSchema, validateGate } from '../wizard/GateField';
import { ImageField, imageSchema, validateImage } from '../wizard/ImageField';
import { IsolationField, isolationSchema } from '../wizard/IsolationField';
import {
  RepositoriesField,
  repositoriesSchema,
  validateRepositories,
} from '../wizard/RepositoriesField';
import {
  ReviewField,
  reviewSchema,
  validateReview,
} from '../wizard/ReviewField';
import {
  ServiceNameField,
  serviceNameSchema,
  validateServiceName,
} from '../wizard/ServiceNameField';
import { TableField, tableSchema, validateTable } from '../wizard/TableField';
import { checkout } from './renderTab';

const field = (name: string, type: string, title: string) => ({
  type,
  title,
  'ui:field': name,
});

const PAGES = [
  {
    title: 'Service',
    required: ['service', 'image'],
    properties: {
      service: field('EnvironmentsServiceName', 'string', 'Name'),
      owner: { type: 'string', title: 'Owner' },
      image: field('EnvironmentsImage', 'string', 'Image'),
    },
  },
  {
    title: 'Environments',
    properties: {
      isolation: field('EnvironmentsIsolation', 'string', 'Isolation'),
      environments: {
        ...field('EnvironmentsTable', 'array', 'What runs where'),
        minItems: 2,
        items: { type: 'object' },
      },
    },
  },
  {
    title: 'Promotion and gates',
    properties: {
      prodGate: {
        ...field('EnvironmentsGate', 'array', 'Gate'),
        items: { type: 'string' },
      },
    },
  },
  {
    title: 'Repositories',
    properties: {
      repos: field('EnvironmentsRepositories', 'object', 'Repositories'),
    },
  },
  {
    title: 'Review',
    properties: { review: field('EnvironmentsReview', 'object', 'Review') },
  },
];

/** The wizard on the stepper of the scaffolder; `from` is the page that it starts on, with what was answered before. */
export async function renderWizard(options: {
  api: EnvironmentsApi;
  from?: (typeof PAGES)[number]['title'];
  answers?: Record<string, string>;
  onCreate?: (values: unknown) => Promise<void>;
}) {
  const { api, from = 'Service', answers = {}, onCreate } = options;
  const first = PAGES.findIndex(({ title }) => title === from);
  return renderInTestApp(
    <TestApiProvider
      apis={[
        [environmentsApiRef, api],
        [catalogApiRef, catalogApiMock({ entities: [checkout] })],
        [
          scmIntegrationsApiRef,
          ScmIntegrationsApi.fromConfig(
            new ConfigReader({
              integrations: { gitea: [{ host: 'git.example.com' }] },
            }),
          ),
        ],
      ]}
    >
      <SecretsContextProvider>
        <Suspense fallback={null}>
          <Stepper
            manifest={{
              title: 'Service with its environments',
              steps: PAGES.slice(first).map(({ title, ...schema }) => ({
                title,
                schema: { type: 'object', ...schema },
              })),
            }}
            initialState={answers}
            extensions={[
              {
                name: 'EnvironmentsServiceName',
                component: ServiceNameField,
                validation: validateServiceName,
                schema: serviceNameSchema.schema,
              },
              {
                name: 'EnvironmentsImage',
                component: ImageField,
                validation: validateImage,
                schema: imageSchema.schema,
              },
              {
                name: 'EnvironmentsIsolation',
                component: IsolationField,
                schema: isolationSchema.schema,
              },
              {
                name: 'EnvironmentsTable',
                component: TableField,
                validation: validateTable,
                schema: tableSchema.schema,
              },
              {
                name: 'EnvironmentsGate',
                component: GateField,
                validation: validateGate,
                schema: gateSchema.schema,
              },
              {
                name: 'EnvironmentsRepositories',
                component: RepositoriesField,
                validation: validateRepositories,
                schema: repositoriesSchema.schema,
              },
              {
                name: 'EnvironmentsReview',
                component: ReviewField,
                validation: validateReview,
                schema: reviewSchema.schema,
              },
            ]}
            onCreate={async values => onCreate?.(values)}
          />
        </Suspense>
      </SecretsContextProvider>
    </TestApiProvider>,
  );
}
