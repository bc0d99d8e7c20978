import {
  ScaffolderApi,
  TemplateParameterSchema,
} from '@backstage/plugin-scaffolder-react';

function notHere(): never {
  throw new Error('The development app creates nothing');
}

/** The wizard's pages; nothing is ever created. */
export class DevScaffolderApi implements ScaffolderApi {
  async getTemplateParameterSchema(): Promise<TemplateParameterSchema> {
    const field = (name: string, type: string, title: string) => ({
      type,
      title,
      'ui:field': name,
    });
    return {
      title: 'Service with its environments',
      steps: [
        {
          title: 'Service',
          schema: {
            type: 'object',
            required: ['service', 'owner', 'image'],
            properties: {
              service: field('EnvironmentsServiceName', 'string', 'Name'),
              owner: {
                ...field('OwnerPicker', 'string', 'Owner'),
                'ui:options': { catalogFilter: { kind: 'Group' } },
              },
              system: {
                ...field('EntityPicker', 'string', 'System'),
                'ui:options': { catalogFilter: { kind: 'System' } },
              },
              image: field('EnvironmentsImage', 'string', 'Image'),
            },
          },
        },
        {
          title: 'Environments',
          schema: {
            type: 'object',
            required: ['isolation', 'environments'],
            properties: {
              isolation: field('EnvironmentsIsolation', 'string', 'Isolation'),
              environments: field(
                'EnvironmentsTable',
                'array',
                'What runs where',
              ),
            },
          },
        },
        {
          title: 'Promotion and gates',
          schema: {
            type: 'object',
            properties: {
              prodGate: field('EnvironmentsGate', 'array', 'Production gate'),
            },
          },
        },
        {
          title: 'Repositories',
          schema: {
            type: 'object',
            properties: {
              repos: field(
                'EnvironmentsRepositories',
                'object',
                'Repositories',
              ),
            },
          },
        },
        {
          title: 'Review',
          schema: {
            type: 'object',
            properties: {
              review: {
                ...field('EnvironmentsReview', 'object', 'Review'),
                'ui:backstage': { review: { show: false } },
              },
            },
          },
        },
      ],
    };
  }

  async scaffold(): Promise<never> {
    return notHere();
  }

  async getTask(): Promise<never> {
    return notHere();
  }

  async cancelTask(): Promise<never> {
    return notHere();
  }

  async retry(): Promise<never> {
    return notHere();
  }

  async listActions() {
    return [];
  }

  async getIntegrationsList() {
    return { integrations: [] };
  }

  streamLogs(): never {
    return notHere();
  }

  async listTasks() {
    return { tasks: [], totalTasks: 0 };
  }

  async listTemplatingExtensions() {
    return { filters: {}, globals: { functions: {}, values: {} } };
  }

  async dryRun(): Promise<never> {
    return notHere();
  }

  async autocomplete() {
    return { results: [] };
  }
}
