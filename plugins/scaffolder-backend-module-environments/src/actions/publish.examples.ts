import { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'Publish the two repositories that environments:render wrote',
    example: stringify({
      steps: [
        {
          id: 'publish',
          name: 'Create both repositories',
          action: 'environments:publish',
          input: {
            repositories: [
              {
                folder: 'infrastructure',
                url: '${{ steps.render.output.intent.repositories.infrastructure }}',
              },
              {
                folder: 'deploy-config',
                url: '${{ steps.render.output.intent.repositories.deployConfig }}',
              },
            ],
          },
        },
      ],
    }),
  },
];
