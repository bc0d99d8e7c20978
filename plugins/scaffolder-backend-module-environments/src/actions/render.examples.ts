import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: "Render both repositories from the wizard's answers",
    example: stringify({
      steps: [
        {
          id: 'render',
          name: 'Render both repositories',
          action: 'environments:render',
          input: { answers: '${{ parameters }}' },
        },
      ],
    }),
  },
  {
    description: 'Render with a skeleton of your own, beside the template',
    example: stringify({
      steps: [
        {
          id: 'render',
          name: 'Render both repositories',
          action: 'environments:render',
          input: {
            answers: '${{ parameters }}',
            skeletonPath: './our-skeleton',
          },
        },
      ],
    }),
  },
];
