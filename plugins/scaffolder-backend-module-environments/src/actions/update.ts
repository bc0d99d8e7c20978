import { UrlReaderService } from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { renderRepositories } from '@envmatrix/repositories';
import { ScmHosts } from '@envmatrix/scm';
import { authorOf } from './authorOf';
import { planText } from './planText';
import { planUpdate, SUBJECT } from './planUpdate';
import { proposeFiles } from './proposeFiles';
import { readService } from './readService';
import { readSkeleton } from './readSkeleton';
import { examples } from './update.examples';

const BRANCH = 'environments/skeleton';

/**
 * Creates the `environments:update` action: renders a service's repositories from the skeleton of today and proposes the difference as a pull
 * request in each, with the person who runs the template as the author. Releases stay, and what was changed by hand stays.
 *
 * @public
 */
export function createUpdateAction(options: {
  integrations: ScmIntegrations;
  reader: UrlReaderService;
  hosts: ScmHosts;
  catalog: CatalogService;
  defaultAuthor: { name: string; email: string };
}) {
  const { integrations, reader, hosts, catalog, defaultAuthor } = options;
  return createTemplateAction({
    id: 'environments:update',
    description:
      'Proposes what a newer skeleton changes in the repositories of a service, as pull requests. Releases, and what was changed by hand, are kept.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        entityRef: z =>
          z.string().describe('The service, as component:default/checkout'),
        skeletonPath: z =>
          z
            .string()
            .optional()
            .describe(
              "Folder of the skeleton, relative to the template; './skeleton' by default",
            ),
      },
      output: {
        pullRequests: z =>
          z
            .array(z.object({ title: z.string(), url: z.string() }))
            .describe('The pull requests, at most one for each repository'),
        summary: z =>
          z.string().describe('What is proposed, file by file, as Markdown'),
      },
    },
    async handler(ctx) {
      const service = await readService({
        entityRef: ctx.input.entityRef,
        catalog,
        credentials: await ctx.getInitiatorCredentials(),
        hosts,
        reader,
      });
      const skeleton = await readSkeleton(ctx, {
        integrations,
        reader,
        skeletonPath: ctx.input.skeletonPath,
      });
      const rendered = renderRepositories({
        intent: service.intent,
        intentText: service.intentText,
        skeleton,
      });
      const plans = await Promise.all(
        service.repositories.map(async to => ({
          to,
          plan: await planUpdate(to, rendered[to.part]),
        })),
      );
      const pullRequests = [];
      const summaries = [];
      for (const { to, plan } of plans) {
        const text = planText(plan);
        summaries.push(`**${to.url}**\n\n${text}`);
        if (plan.files.length > 0 && !ctx.isDryRun) {
          const { pullRequest, isNew } = await proposeFiles({
            to,
            branch: BRANCH,
            title: `${SUBJECT} for ${service.intent.metadata.name}`,
            body: text,
            files: plan.files,
            author: authorOf(ctx.user?.entity?.spec.profile, defaultAuthor),
          });
          ctx.logger.info(
            `${isNew ? 'Opened' : 'There is'} ${pullRequest.link}`,
          );
          pullRequests.push({
            title: `Pull request in ${to.repository.name}`,
            url: pullRequest.link,
          });
        }
      }
      ctx.output('pullRequests', pullRequests);
      ctx.output('summary', summaries.join('\n\n'));
    },
  });
}
