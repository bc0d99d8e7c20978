import { ComponentProps, Suspense } from 'react';
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
import {
  SecretsContextProvider,
  TemplateParameterSchema,
} from '@backstage/plugin-scaffolder-react';
import { EnvironmentsApi } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from '../api';
import {
  AcknowledgeField,
  acknowledgeSchema,
  validateAcknowledge,
} from '../wizard/AcknowledgeField';
import { ChoiceField, choiceSchema } from '../wizard/ChoiceField';
import {
  ClustersField,
  clustersSchema,
  validateClusters,
} from '../wizard/ClustersField';
import { GateField, gateSchema, validateGate } from '../wizard/GateField';
import { GithubField, githubSchema } from '../wizard/GithubField';
import { ImageField, imageSchema, validateImage } from '../wizard/ImageField';
import { IsolationField, isolationSchema } from '../wizard/IsolationField';
import { ListField, listSchema } from '../wizard/ListField';
import { NamesField, namesSchema } from '../wizard/NamesField';
import { PageField, pageSchema } from '../wizard/PageField';
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
import {
  SecretsField,
  secretsSchema,
  validateSecrets,
} from '../wizard/SecretsField';
import { TextField, textSchema } from '../wizard/TextField';
import { TableField, tableSchema, validateTable } from '../wizard/TableField';
import { checkout } from './renderTab';

const field = (name: string, type: string, title: string) => ({
  type,
  title,
  'ui:field': name,
});

type FormValues = TemplateParameterSchema['steps'][number]['schema'];

/** One page of a template's form. */
export type WizardPage = FormValues & { title: string };

const PAGES: WizardPage[] = [
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
  /** Pages of a template; a short wizard of its own when there are none. */
  pages?: readonly WizardPage[];
  from?: string;
  answers?: ComponentProps<typeof Stepper>['initialState'];
  onCreate?: (values: unknown) => Promise<void>;
}) {
  const {
    api,
    pages = PAGES,
    from = 'Service',
    answers = {},
    onCreate,
  } = options;
  const first = pages.findIndex(({ title }) => title === from);
  return renderInTestApp(
    <TestApiProvider
      apis={[
        [environmentsApiRef, api],
        [catalogApiRef, catalogApiMock({ entities: [checkout] })],
        [
          scmIntegrationsApiRef,
          ScmIntegrationsApi.fromConfig(
            new ConfigReader({
              integrations: {
                gitea: [{ host: 'git.example.com' }],
                github: [{ host: 'github.example.com', token: 'none' }],
              },
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
              steps: pages.slice(first).map(({ title, ...schema }) => ({
                title,
                schema: { type: 'object', ...schema },
              })),
            }}
            initialState={answers}
            extensions={[
              {
                name: 'EnvironmentsPage',
                component: PageField,
                schema: pageSchema.schema,
              },
              {
                name: 'EnvironmentsText',
                component: TextField,
                schema: textSchema.schema,
              },
              {
                name: 'EnvironmentsChoice',
                component: ChoiceField,
                schema: choiceSchema.schema,
              },
              {
                name: 'EnvironmentsList',
                component: ListField,
                schema: listSchema.schema,
              },
              {
                name: 'EnvironmentsNames',
                component: NamesField,
                schema: namesSchema.schema,
              },
              {
                name: 'EnvironmentsGithub',
                component: GithubField,
                schema: githubSchema.schema,
              },
              {
                name: 'EnvironmentsSecrets',
                component: SecretsField,
                validation: validateSecrets,
                schema: secretsSchema.schema,
              },
              {
                name: 'EnvironmentsAcknowledge',
                component: AcknowledgeField,
                validation: validateAcknowledge,
                schema: acknowledgeSchema.schema,
              },
              {
                name: 'EnvironmentsClusters',
                component: ClustersField,
                validation: validateClusters,
                schema: clustersSchema.schema,
              },
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
