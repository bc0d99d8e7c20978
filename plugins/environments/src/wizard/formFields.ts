import {
  createFormField,
  FormFieldBlueprint,
} from '@backstage/plugin-scaffolder-react/alpha';

/** The fields of the wizard, under the names that templates use; each is loaded when a template asks for it. */
export const formFields = [
  FormFieldBlueprint.make({
    name: 'page',
    params: {
      field: async () => {
        const m = await import('./PageField');
        return createFormField({
          name: 'EnvironmentsPage',
          component: m.PageField,
          schema: m.pageSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'text',
    params: {
      field: async () => {
        const m = await import('./TextField');
        return createFormField({
          name: 'EnvironmentsText',
          component: m.TextField,
          schema: m.textSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'choice',
    params: {
      field: async () => {
        const m = await import('./ChoiceField');
        return createFormField({
          name: 'EnvironmentsChoice',
          component: m.ChoiceField,
          schema: m.choiceSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'list',
    params: {
      field: async () => {
        const m = await import('./ListField');
        return createFormField({
          name: 'EnvironmentsList',
          component: m.ListField,
          schema: m.listSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'names',
    params: {
      field: async () => {
        const m = await import('./NamesField');
        return createFormField({
          name: 'EnvironmentsNames',
          component: m.NamesField,
          schema: m.namesSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'service-name',
    params: {
      field: async () => {
        const m = await import('./ServiceNameField');
        return createFormField({
          name: 'EnvironmentsServiceName',
          component: m.ServiceNameField,
          validation: m.validateServiceName,
          schema: m.serviceNameSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'image',
    params: {
      field: async () => {
        const m = await import('./ImageField');
        return createFormField({
          name: 'EnvironmentsImage',
          component: m.ImageField,
          validation: m.validateImage,
          schema: m.imageSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'environment-picker',
    params: {
      field: async () => {
        const m = await import('./EnvironmentPickerField');
        return createFormField({
          name: 'EnvironmentsEnvironmentPicker',
          component: m.EnvironmentPickerField,
          validation: m.validateEnvironmentPicker,
          schema: m.environmentPickerSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'isolation',
    params: {
      field: async () => {
        const m = await import('./IsolationField');
        return createFormField({
          name: 'EnvironmentsIsolation',
          component: m.IsolationField,
          schema: m.isolationSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'acknowledge',
    params: {
      field: async () => {
        const m = await import('./AcknowledgeField');
        return createFormField({
          name: 'EnvironmentsAcknowledge',
          component: m.AcknowledgeField,
          validation: m.validateAcknowledge,
          schema: m.acknowledgeSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'clusters',
    params: {
      field: async () => {
        const m = await import('./ClustersField');
        return createFormField({
          name: 'EnvironmentsClusters',
          component: m.ClustersField,
          validation: m.validateClusters,
          schema: m.clustersSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'secrets',
    params: {
      field: async () => {
        const m = await import('./SecretsField');
        return createFormField({
          name: 'EnvironmentsSecrets',
          component: m.SecretsField,
          validation: m.validateSecrets,
          schema: m.secretsSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'table',
    params: {
      field: async () => {
        const m = await import('./TableField');
        return createFormField({
          name: 'EnvironmentsTable',
          component: m.TableField,
          validation: m.validateTable,
          schema: m.tableSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'gate',
    params: {
      field: async () => {
        const m = await import('./GateField');
        return createFormField({
          name: 'EnvironmentsGate',
          component: m.GateField,
          validation: m.validateGate,
          schema: m.gateSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'repositories',
    params: {
      field: async () => {
        const m = await import('./RepositoriesField');
        return createFormField({
          name: 'EnvironmentsRepositories',
          component: m.RepositoriesField,
          validation: m.validateRepositories,
          schema: m.repositoriesSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'github',
    params: {
      field: async () => {
        const m = await import('./GithubField');
        return createFormField({
          name: 'EnvironmentsGithub',
          component: m.GithubField,
          schema: m.githubSchema,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'review',
    params: {
      field: async () => {
        const m = await import('./ReviewField');
        return createFormField({
          name: 'EnvironmentsReview',
          component: m.ReviewField,
          validation: m.validateReview,
          schema: m.reviewSchema,
        });
      },
    },
  }),
];
