import { UrlReaderService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { ScmHosts } from '@envmatrix/scm';
import { authorOf } from './authorOf';
import { examples } from './change.examples';
import { changeText } from './changeText';
import { judgeChange } from './judgeChange';
import { EnvironmentChange, planChange } from './planChange';
import { planText } from './planText';
import { proposeFiles } from './proposeFiles';
import { readService } from './readService';
import { readSkeleton } from './readSkeleton';

/**
 * Creates the `environments:change` action: adds an environment to a service, or takes one out of it, and proposes the difference as a pull request
 * in each of its repositories, with the person who runs the template as the author. What was done by hand is kept.
 *
 * @public
 */
export function createChangeAction(options: {
  integrations: ScmIntegrations;
  reader: UrlReaderService;
  hosts: ScmHosts;
  catalog: CatalogService;
  defaultAuthor: { name: string; email: string };
  now?: () => Date;
}) {
  const { integrations, reader, hosts, catalog, defaultAuthor } = options;
  const now = options.now ?? (() => new Date());
  return createTemplateAction({
    id: 'environments:change',
    description:
      'Adds an environment to a service, or takes one out of it: one pull request in each of its repositories, checked against every rule before they are opened.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        entityRef: z =>
          z.string().describe('The service, as component:default/checkout'),
        add: z =>
          z
            .object({
              name: z.string().describe('Its name, a DNS label'),
              title: z.string().optional().describe('What people read'),
              purpose: z.string().optional().describe('What it is for'),
              after: z
                .string()
                .describe('The environment that it is promoted from'),
              cluster: z
                .string()
                .optional()
                .describe(
                  'The cluster that it runs in, there or new; as the one before by default',
                ),
              accountId: z
                .string()
                .optional()
                .describe('The AWS account of a new cluster'),
              region: z
                .string()
                .optional()
                .describe('The AWS region of a new cluster'),
              host: z
                .string()
                .optional()
                .describe('Host name, where the service is exposed'),
              slack: z
                .string()
                .optional()
                .describe('Channel that its alerts go to'),
            })
            .optional()
            .describe('The environment that comes'),
        remove: z =>
          z.string().optional().describe('Name of the environment that goes'),
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
            .describe('The pull requests, one for each repository'),
        summary: z =>
          z.string().describe('What is proposed, file by file, as Markdown'),
        remainingSteps: z =>
          z
            .string()
            .describe('What a person does, and in which order, as Markdown'),
      },
    },
    async handler(ctx) {
      const change = readChange(ctx.input);
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
      const planned = planChange(service, change, skeleton);
      const complaints = await judgeChange({
        before: service.intent,
        after: planned.intent,
        plans: planned.plans,
        now: now().toISOString(),
        signal: ctx.signal,
      });
      if (complaints.length > 0) {
        complaints.forEach(complaint => ctx.logger.error(complaint));
        throw new InputError(
          `Nothing was proposed: the environments would not hold to their rules. ${complaints.join(
            '; ',
          )}`,
        );
      }
      ctx.logger.info('Every rule holds afterwards that holds now');
      const steps = changeText(service.intent, planned, change);
      const { name } = service.intent.metadata;
      const pullRequests = [];
      const summaries = [];
      for (const { to, plan } of planned.plans) {
        const text = planText(plan);
        summaries.push(`**${to.url}**\n\n${text}`);
        text.split('\n').forEach(line => ctx.logger.info(line));
        if (plan.files.length > 0 && !ctx.isDryRun) {
          const { pullRequest, isNew } = await proposeFiles({
            to,
            branch: branchOf(change),
            title: titleOf(change, name),
            body: `${text}\n\n## What to do, and in which order\n\n${steps}\n`,
            files: plan.files,
            author: authorOf(ctx.user?.entity?.spec.profile, defaultAuthor),
          });
          ctx.logger.info(
            isNew
              ? `Opened ${pullRequest.link}`
              : `${pullRequest.link} is open already; close it to propose something else`,
          );
          pullRequests.push({
            title: `Pull request in ${to.repository.name}`,
            url: pullRequest.link,
          });
        }
      }
      ctx.output('pullRequests', pullRequests);
      ctx.output('summary', summaries.join('\n\n'));
      ctx.output('remainingSteps', steps);
    },
  });
}

function readChange(input: {
  add?: Extract<EnvironmentChange, { kind: 'add' }>['addition'];
  remove?: string;
}): EnvironmentChange {
  const { add, remove } = input;
  if (add && remove === undefined) {
    return { kind: 'add', addition: add };
  }
  if (!add && remove !== undefined) {
    return { kind: 'remove', name: remove };
  }
  throw new InputError("environments:change needs either 'add' or 'remove'");
}

function branchOf(change: EnvironmentChange): string {
  return change.kind === 'add'
    ? `environments/add-${change.addition.name}`
    : `environments/remove-${change.name}`;
}

function titleOf(change: EnvironmentChange, service: string): string {
  return change.kind === 'add'
    ? `Add environment ${change.addition.name} to ${service}`
    : `Remove environment ${change.name} from ${service}`;
}
