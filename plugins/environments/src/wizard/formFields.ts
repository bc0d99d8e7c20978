import { makeFormField } from './makeFormField';

/** The fields of the wizard, under the names that templates use; each is loaded when a template asks for it. */
export const formFields = [
  makeFormField('page', 'EnvironmentsPage', async () => {
    const m = await import('./PageField');
    return {
      component: m.PageField,
      schema: m.pageSchema,
    };
  }),
  makeFormField('text', 'EnvironmentsText', async () => {
    const m = await import('./TextField');
    return {
      component: m.TextField,
      schema: m.textSchema,
    };
  }),
  makeFormField('choice', 'EnvironmentsChoice', async () => {
    const m = await import('./ChoiceField');
    return {
      component: m.ChoiceField,
      schema: m.choiceSchema,
    };
  }),
  makeFormField('list', 'EnvironmentsList', async () => {
    const m = await import('./ListField');
    return {
      component: m.ListField,
      schema: m.listSchema,
    };
  }),
  makeFormField('names', 'EnvironmentsNames', async () => {
    const m = await import('./NamesField');
    return {
      component: m.NamesField,
      schema: m.namesSchema,
    };
  }),
  makeFormField('service-name', 'EnvironmentsServiceName', async () => {
    const m = await import('./ServiceNameField');
    return {
      component: m.ServiceNameField,
      validation: m.validateServiceName,
      schema: m.serviceNameSchema,
    };
  }),
  makeFormField('image', 'EnvironmentsImage', async () => {
    const m = await import('./ImageField');
    return {
      component: m.ImageField,
      validation: m.validateImage,
      schema: m.imageSchema,
    };
  }),
  makeFormField(
    'environment-picker',
    'EnvironmentsEnvironmentPicker',
    async () => {
      const m = await import('./EnvironmentPickerField');
      return {
        component: m.EnvironmentPickerField,
        validation: m.validateEnvironmentPicker,
        schema: m.environmentPickerSchema,
      };
    },
  ),
  makeFormField('isolation', 'EnvironmentsIsolation', async () => {
    const m = await import('./IsolationField');
    return {
      component: m.IsolationField,
      schema: m.isolationSchema,
    };
  }),
  makeFormField('acknowledge', 'EnvironmentsAcknowledge', async () => {
    const m = await import('./AcknowledgeField');
    return {
      component: m.AcknowledgeField,
      validation: m.validateAcknowledge,
      schema: m.acknowledgeSchema,
    };
  }),
  makeFormField('clusters', 'EnvironmentsClusters', async () => {
    const m = await import('./ClustersField');
    return {
      component: m.ClustersField,
      validation: m.validateClusters,
      schema: m.clustersSchema,
    };
  }),
  makeFormField('secrets', 'EnvironmentsSecrets', async () => {
    const m = await import('./SecretsField');
    return {
      component: m.SecretsField,
      validation: m.validateSecrets,
      schema: m.secretsSchema,
    };
  }),
  makeFormField('table', 'EnvironmentsTable', async () => {
    const m = await import('./TableField');
    return {
      component: m.TableField,
      validation: m.validateTable,
      schema: m.tableSchema,
    };
  }),
  makeFormField('gate', 'EnvironmentsGate', async () => {
    const m = await import('./GateField');
    return {
      component: m.GateField,
      validation: m.validateGate,
      schema: m.gateSchema,
    };
  }),
  makeFormField('repositories', 'EnvironmentsRepositories', async () => {
    const m = await import('./RepositoriesField');
    return {
      component: m.RepositoriesField,
      validation: m.validateRepositories,
      schema: m.repositoriesSchema,
    };
  }),
  makeFormField('github', 'EnvironmentsGithub', async () => {
    const m = await import('./GithubField');
    return {
      component: m.GithubField,
      schema: m.githubSchema,
    };
  }),
  makeFormField('review', 'EnvironmentsReview', async () => {
    const m = await import('./ReviewField');
    return {
      component: m.ReviewField,
      validation: m.validateReview,
      schema: m.reviewSchema,
    };
  }),
];
