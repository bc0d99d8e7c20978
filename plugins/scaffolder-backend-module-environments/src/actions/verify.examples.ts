import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Check what environments:render wrote',
    example: stringify({
      steps: [
        {
          id: 'verify',
          name: 'Check the environments',
          action: 'environments:verify',
        },
      ],
    }),
  },
  {
    description: 'Report what is found without failing the task',
    example: stringify({
      steps: [
        {
          id: 'verify',
          name: 'Check the environments',
          action: 'environments:verify',
          input: { failOnFindings: false },
        },
      ],
    }),
  },
];
