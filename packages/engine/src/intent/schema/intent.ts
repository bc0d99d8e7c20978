import { z } from 'zod';
import { cluster } from './clusters';
import { gate } from './delivery';
import { environment } from './environments';
import { serviceName } from './names';
import { allow } from './parity';
import {
  alerts,
  argocd,
  prodGate,
  scm,
  secretStore,
  slo,
  stateBackend,
  vpcCidr,
} from './platform';
import { ingress, service } from './service';

/**
 * The schema of `environments.yaml`, the one machine-readable statement of intent of a service's environments.
 * Fields of work to come are let through untouched.
 *
 * @public
 */
export const intentSchema = z.looseObject({
  apiVersion: z
    .literal('environments.envmatrix.dev/v1alpha1')
    .describe('Version of this format.'),
  kind: z.literal('Environments').describe('What the file is.'),
  metadata: z
    .looseObject({
      name: serviceName.describe('Name of the service.'),
      title: z
        .string()
        .optional()
        .describe('What a person reads instead of the name.'),
      description: z.string().optional().describe('What the service does.'),
      owner: z
        .string()
        .describe('Entity reference of the owning group or user.'),
      system: z
        .string()
        .optional()
        .describe('Entity reference or name of the system.'),
    })
    .describe('The service, as the catalog has it.'),
  isolation: z
    .enum(['shared-nonprod', 'separate', 'namespaces', 'custom'])
    .describe('How environments are kept apart.'),
  cloud: z
    .enum(['local', 'aws'])
    .default('local')
    .describe('What the Terraform modules provision; `local` needs no cloud.'),
  acknowledged: z
    .boolean()
    .optional()
    .describe(
      'With isolation `namespaces`: that production shares its control plane with the others is known and accepted.',
    ),
  terraformFlavour: z
    .enum(['terraform', 'opentofu'])
    .default('terraform')
    .describe('The program that the infrastructure repository is written for.'),
  stateBackend: stateBackend
    .optional()
    .describe('Where the state of Terraform is kept.'),
  vpcCidr: vpcCidr
    .optional()
    .describe('Networks, by the name of the Terraform root that makes them.'),
  clusters: z
    .array(cluster)
    .min(1)
    .describe(
      'Clusters, by the names that the portal and Argo CD know them by.',
    ),
  environments: z.array(environment).min(1).describe('In promotion order.'),
  repositories: z
    .looseObject({
      infrastructure: z
        .url()
        .optional()
        .describe('Address of the infrastructure repository.'),
      deployConfig: z
        .url()
        .optional()
        .describe('Address of the deploy-config repository.'),
      source: z
        .url()
        .optional()
        .describe(
          "Address of the service's source repository; its tags are the versions.",
        ),
    })
    .default({})
    .describe('Where everything is.'),
  service: service.describe(
    'What the service is: the same in every environment.',
  ),
  ingress: ingress
    .optional()
    .describe('The door that requests come through, where it is exposed.'),
  secretStore: secretStore
    .optional()
    .describe('The store that secrets come from.'),
  argocd: argocd.optional().describe('How Argo CD is used.'),
  prodGate: prodGate.optional().describe('What holds production back.'),
  scm: scm.optional().describe('The git host, where its kind matters.'),
  alerts: alerts.optional().describe('Where alerts go.'),
  slo: slo.optional().describe('What is promised to the users.'),
  parity: z
    .looseObject({
      allow: z
        .array(allow)
        .default([])
        .describe('Each with its reason, and an expiry if it is for a time.'),
    })
    .default({ allow: [] })
    .describe('Differences between environments that are meant.'),
});

/** @public */
export type Intent = z.infer<typeof intentSchema>;

/** @public */
export type IntentInput = z.input<typeof intentSchema>;

/** @public */
export type IntentEnvironment = Intent['environments'][number];

/** @public */
export type IntentCluster = Intent['clusters'][number];

/** @public */
export type IntentGate = z.infer<typeof gate>;
