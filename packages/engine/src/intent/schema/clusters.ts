import { z } from 'zod';
import { accountId, environmentName, name } from './names';

export const nodes = z
  .looseObject({
    type: z
      .string()
      .describe('Machine type of a node: `m7g.xlarge`, `standard-16`.'),
    count: z
      .number()
      .int()
      .min(1)
      .describe('Nodes that are there from the start.'),
    max: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Most nodes that the group may grow to.'),
  })
  .describe('The nodes that carry the workloads.');

export const cluster = z.looseObject({
  name: z
    .string()
    .min(1)
    .describe(
      'Name of the cluster in the Kubernetes configuration of the portal.',
    ),
  environments: z
    .array(environmentName)
    .describe('The environments that run in it.'),
  kubernetesVersion: z
    .string()
    .regex(/^1\.[0-9]{1,2}$/, "must be a minor version such as '1.34'")
    .optional()
    .describe('Minor version of Kubernetes.'),
  argocd: z
    .looseObject({
      instance: z
        .string()
        .describe(
          'Name of the Argo CD instance in the configuration of the portal.',
        ),
      destination: z.string().describe('Name of the cluster in Argo CD.'),
    })
    .optional()
    .describe('How Argo CD knows the cluster.'),
  aws: z
    .looseObject({
      accountId: accountId.describe('The account that it is in.'),
      region: z.string().describe('`us-east-1`'),
    })
    .optional()
    .describe('Where it is on AWS; absent in the flavour without a cloud.'),
  nodes: nodes.optional(),
  terraformRoot: name
    .optional()
    .describe(
      'Terraform root that makes the cluster. Absent: a root of its own where several environments share it, else the root of the one environment in it. It is written when environments come or go, so that the cluster stays where its state is.',
    ),
  vault: z
    .looseObject({
      authMount: z
        .string()
        .describe(
          "Mount of Vault's Kubernetes auth method for this cluster: `kubernetes-nonprod`.",
        ),
    })
    .optional()
    .describe('How workloads of the cluster sign in to Vault.'),
});
