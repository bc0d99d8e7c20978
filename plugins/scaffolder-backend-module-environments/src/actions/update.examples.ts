import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description:
      'Propose what the skeleton of today changes in the repositories of a service',
    example: stringify({
      steps: [
        {
          id: 'update',
          name: 'Open the pull requests',
          action: 'environments:update',
          input: { entityRef: 'component:default/checkout' },
        },
      ],
    }),
  },
];
