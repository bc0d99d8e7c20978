import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Propose an environment between dev and staging',
    example: stringify({
      steps: [
        {
          id: 'change',
          action: 'environments:change',
          input: {
            entityRef: 'component:default/checkout',
            add: { name: 'qa', after: 'dev' },
          },
        },
      ],
    }),
  },
  {
    description: 'Propose to do without an environment',
    example: stringify({
      steps: [
        {
          id: 'change',
          action: 'environments:change',
          input: { entityRef: 'component:default/checkout', remove: 'qa' },
        },
      ],
    }),
  },
];
