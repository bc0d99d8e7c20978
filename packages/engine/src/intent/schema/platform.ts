import { z } from 'zod';
import { cidr, duration, name } from './names';

/** How Argo CD is used. */
export const argocd = z.looseObject({
  namespace: name.default('argocd').describe('Namespace of Argo CD itself.'),
  style: z
    .enum(['applications', 'applicationset'])
    .default('applications')
    .describe(
      'An Application for each environment, or an ApplicationSet that makes them.',
    ),
  syncWindows: z
    .array(
      z.looseObject({
        kind: z
          .enum(['allow', 'deny'])
          .describe('Whether syncs may happen in the window, or may not.'),
        schedule: z.string().describe('Cron expression of its beginning.'),
        duration: z
          .string()
          .regex(/^[0-9]+[mh]$/, "must be a duration such as '8h'")
          .describe('How long it lasts: `8h`.'),
        timeZone: z.string().optional().describe('IANA name; UTC when absent.'),
        manualSync: z
          .boolean()
          .optional()
          .describe('Whether a person may sync all the same.'),
      }),
    )
    .optional()
    .describe('Sync windows of the production project.'),
});

/** The store that secrets come from. */
export const secretStore = z.looseObject({
  kind: z.literal('vault').describe('The kind of store.'),
  address: z.url().describe('Address of Vault.'),
  kvMount: z
    .string()
    .default('secret')
    .describe('Mount of the KV version 2 engine, without `/data`.'),
});

/** Where the state of Terraform is kept. */
export const stateBackend = z.looseObject({
  kind: z
    .enum(['s3', 'local'])
    .describe('A bucket for each account, or files beside the roots.'),
  buckets: z
    .record(z.string(), z.string())
    .optional()
    .describe("Bucket of each cluster's account, by the name of the cluster."),
});

/** The git host, where its kind matters. */
export const scm = z.looseObject({
  dialect: z
    .enum(['gitea', 'github', 'gitlab'])
    .describe('Which workflows are written, and how branches are protected.'),
  github: z
    .looseObject({
      appClientId: z
        .string()
        .optional()
        .describe('Client id of the GitHub App that the workflows act as.'),
      plan: z
        .enum(['free', 'team', 'enterprise'])
        .optional()
        .describe(
          'Required reviewers on private repositories need enterprise.',
        ),
      private: z.boolean().optional().describe('Whether they are private.'),
      reviewers: z
        .array(z.string())
        .optional()
        .describe(
          'Teams that approve what reaches production: `acme/release-managers`.',
        ),
    })
    .optional()
    .describe('What GitHub needs to know beyond the rest.'),
});

/** Where alerts go; names and references, never keys. */
export const alerts = z.looseObject({
  pagerdutyServiceKeyRef: z
    .string()
    .optional()
    .describe('File that holds the routing key of PagerDuty.'),
  slackApiUrlRef: z
    .string()
    .optional()
    .describe('File that holds the address of the Slack webhook.'),
});

/** What is promised to the users. */
export const slo = z.looseObject({
  availability: z
    .number()
    .gt(0)
    .lt(100)
    .default(99.9)
    .describe('Percent of the requests that succeed.'),
  latencyMs: z
    .number()
    .int()
    .min(1)
    .default(500)
    .describe('Milliseconds within which 99 % of the requests are answered.'),
  window: duration
    .default('30d')
    .describe('The time over which it is measured.'),
});

/** Networks of the Terraform roots, by the name of the root. */
export const vpcCidr = z.record(z.string(), cidr);

/** What holds production back. */
export const prodGate = z
  .array(z.enum(['pull-request', 'github-environment', 'argo-manual-sync']))
  .min(1, 'needs at least one gate');
