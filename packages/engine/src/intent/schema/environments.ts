import { z } from 'zod';
import { delivery } from './delivery';
import { environmentName, hostName, name, quantity } from './names';

const resources = z
  .object({
    cpu: quantity.describe('CPU, as a Kubernetes quantity.'),
    memory: quantity.describe('Memory, as a Kubernetes quantity.'),
  })
  .partial();

const target = z.looseObject({
  cluster: z.string().describe('Name of a cluster of this intent.'),
  namespace: name.describe('Namespace in that cluster.'),
  region: z
    .string()
    .optional()
    .describe('Region of that cluster: `eu-central-1`.'),
});

const workload = z.looseObject({
  replicas: z
    .union([
      z.number().int().min(0),
      z
        .object({
          min: z.number().int().min(1).describe('Fewest replicas.'),
          max: z.number().int().min(1).describe('Most replicas.'),
        })
        .refine(({ min, max }) => min <= max, {
          message: 'min must not be greater than max',
        }),
    ])
    .optional()
    .describe('Number of replicas, or the bounds of an autoscaler.'),
  requests: resources
    .optional()
    .describe('What a replica is given for certain.'),
  limits: resources.optional().describe('What a replica may never exceed.'),
  env: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'Environment variables whose values differ here, LOG_LEVEL for example.',
    ),
});

const quota = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .describe('`spec.hard` of the ResourceQuota.');

const database = z
  .looseObject({
    class: z.string().optional().describe('Instance class: `db.t4g.medium`.'),
    multiAz: z
      .boolean()
      .optional()
      .describe('A standby in another availability zone.'),
    storage: z.number().int().min(20).optional().describe('GiB.'),
    backupDays: z
      .number()
      .int()
      .min(0)
      .max(35)
      .optional()
      .describe('Days that backups are kept.'),
  })
  .describe('The database of the environment, where the service has one.');

const infrastructure = z
  .looseObject({
    database: database.optional(),
    waf: z
      .boolean()
      .optional()
      .describe('A web application firewall in front of the host.'),
  })
  .describe('What Terraform makes for this environment.');

export const environment = z
  .looseObject({
    name: environmentName.describe(
      'Name of the environment; also the name of its overlay and Terraform root.',
    ),
    title: z
      .string()
      .optional()
      .describe('What a person reads instead of the name.'),
    level: z
      .number()
      .int()
      .min(0)
      .max(100)
      .describe('Order: a promotion goes from a lower to a higher level.'),
    kind: z
      .enum(['production', 'non-production'])
      .describe('Whether real users depend on it.'),
    purpose: z.string().optional().describe('What it is for, in words.'),
    cluster: z
      .string()
      .optional()
      .describe('Name of a cluster of this intent.'),
    namespace: name.optional().describe('Namespace in that cluster.'),
    targets: z
      .array(target)
      .min(1)
      .optional()
      .describe(
        'In place of `cluster` and `namespace` where the environment runs in several.',
      ),
    dataClass: z
      .string()
      .optional()
      .describe('What data lives here: disposable, synthetic, real.'),
    delivery: delivery.describe('How a release gets here.'),
    workload: workload.optional().describe('How the service runs here.'),
    quota: quota.optional(),
    infrastructure: infrastructure.optional(),
    host: hostName
      .optional()
      .describe('Host name that the service answers to here.'),
    certificate: z
      .enum(['selfsigned', 'ca', 'acme-staging', 'acme'])
      .optional()
      .describe(
        'Who signs the certificate: itself, an internal CA, the staging endpoint of an ACME CA, or an ACME CA that browsers trust.',
      ),
    secrets: z
      .looseObject({
        strategy: z
          .enum(['fake', 'vault'])
          .optional()
          .describe(
            'Where secrets come from: made-up values of a development store, or Vault.',
          ),
      })
      .optional()
      .describe('How secrets reach this environment.'),
    observability: z
      .looseObject({
        retentionDays: z
          .number()
          .int()
          .min(1)
          .optional()
          .describe('Days that metrics are kept.'),
        paging: z
          .boolean()
          .optional()
          .describe('Whether a critical alert wakes somebody.'),
        slack: z
          .string()
          .optional()
          .describe('Channel that alerts go to: `#checkout-staging`.'),
      })
      .optional()
      .describe('How it is watched.'),
  })
  .refine(e => Boolean(e.targets) !== Boolean(e.cluster && e.namespace), {
    message: 'needs either `cluster` and `namespace`, or `targets`',
  });
