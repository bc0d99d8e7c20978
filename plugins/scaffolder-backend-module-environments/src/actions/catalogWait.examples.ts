import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description:
      'Wait until the entities of both repositories are in the catalog',
    example: stringify({
      steps: [
        {
          id: 'known',
          name: 'Wait for the catalog',
          action: 'environments:catalog:wait',
          input: { entityRefs: '${{ steps.render.output.entityRefs }}' },
        },
      ],
    }),
  },
  {
    description: 'Wait for one service, for two minutes at the most',
    example: stringify({
      steps: [
        {
          id: 'known',
          name: 'Wait for the catalog',
          action: 'environments:catalog:wait',
          input: { entityRefs: ['component:default/checkout'], seconds: 120 },
        },
      ],
    }),
  },
];
