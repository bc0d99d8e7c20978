import path from 'path';
import { UrlReaderService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { safeChildPath, writeTextFiles } from '@envmatrix/checkout';
import { Intent, validateIntent } from '@envmatrix/engine';
import {
  intentFromAnswers,
  remainingSteps,
  renderRepositories,
} from '@envmatrix/repositories';
import { ScmHosts } from '@envmatrix/scm';
import { JsonValue } from '@backstage/types';
import { catalogEntities } from './catalogEntities';
import { readSkeleton } from './readSkeleton';
import { examples } from './render.examples';

/** Folders of the two repositories in the workspace. */
export const FOLDERS = {
  infrastructure: 'infrastructure',
  deployConfig: 'deploy-config',
} as const;

/**
 * Creates the `environments:render` action: from an intent, or the wizard's answers, to the files of both repositories.
 *
 * @public
 */
export function createRenderAction(options: {
  integrations: ScmIntegrations;
  reader: UrlReaderService;
  hosts: ScmHosts;
}) {
  const { integrations, reader, hosts } = options;
  return createTemplateAction({
    id: 'environments:render',
    description:
      'Writes the files of the infrastructure and the deploy-config repository into the workspace, from an intent or from the answers of the wizard.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        intent: z =>
          z
            .record(z.unknown())
            .optional()
            .describe('The intent, as in environments.yaml'),
        answers: z =>
          z
            .record(z.unknown())
            .optional()
            .describe("The wizard's answers, in place of an intent"),
        skeletonPath: z =>
          z
            .string()
            .optional()
            .describe(
              "Folder of the skeleton, relative to the template; './skeleton' by default",
            ),
        targetPath: z =>
          z
            .string()
            .optional()
            .describe(
              "Folder in the workspace that gets 'infrastructure' and 'deploy-config'; the workspace itself by default",
            ),
      },
      output: {
        intent: z =>
          z.record(z.unknown()).describe('The intent that was rendered'),
        infrastructureFiles: z =>
          z
            .number()
            .describe('Number of files of the infrastructure repository'),
        deployConfigFiles: z =>
          z
            .number()
            .describe('Number of files of the deploy-config repository'),
        entityRefs: z =>
          z
            .array(z.string())
            .describe('The entities that both repositories bring along'),
        remainingSteps: z =>
          z.string().describe('What remains to be done by hand, in Markdown'),
      },
    },
    async handler(ctx) {
      const intent = readIntent(ctx.input, hosts);
      const skeleton = await readSkeleton(ctx, {
        integrations,
        reader,
        skeletonPath: ctx.input.skeletonPath,
      });
      const rendered = renderRepositories({
        intent,
        skeleton,
      });
      const target = safeChildPath(
        ctx.workspacePath,
        ctx.input.targetPath ?? '.',
      );
      for (const [part, folder] of Object.entries(FOLDERS) as [
        keyof typeof FOLDERS,
        string,
      ][]) {
        await writeTextFiles(path.join(target, folder), rendered[part]);
        ctx.logger.info(`${folder}: ${rendered[part].length} files`);
      }
      ctx.output('intent', jsonOf(intent));
      ctx.output('infrastructureFiles', rendered.infrastructure.length);
      ctx.output('deployConfigFiles', rendered.deployConfig.length);
      ctx.output('entityRefs', [
        ...catalogEntities(rendered.deployConfig),
        ...catalogEntities(rendered.infrastructure),
      ]);
      ctx.output(
        'remainingSteps',
        remainingSteps(intent)
          .map(({ title, text }) => `- **${title}.** ${text}`)
          .join('\n'),
      );
    },
  });
}

function readIntent(
  input: {
    intent?: Record<string, unknown>;
    answers?: Record<string, unknown>;
  },
  hosts: ScmHosts,
): Intent {
  if (Boolean(input.intent) === Boolean(input.answers)) {
    throw new InputError(
      "environments:render needs either 'intent' or 'answers'",
    );
  }
  const value =
    input.intent ??
    intentFromAnswers(input.answers, {
      repositoryUrl: repository => hosts.urlOf(repository),
      dialectOf: host => hosts.typeOf(host),
    });
  const result = validateIntent(value);
  if (!result.ok) {
    throw new InputError(
      `The intent is not right: ${result.problems
        .map(({ field, message }) => `${field} ${message}`.trim())
        .join('; ')}`,
    );
  }
  return result.intent;
}

function jsonOf(intent: Intent): Record<string, JsonValue> {
  return JSON.parse(JSON.stringify(intent));
}
