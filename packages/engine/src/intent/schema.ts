import { z } from 'zod';

/**
 * A DNS-1123 label.
 */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** At most 30 characters, so that `<service>-staging` and the names derived from it stay below 63. */
export const SERVICE_NAME_MAX_LENGTH = 30;

const name = z
  .string()
  .regex(
    DNS_LABEL,
    'must be a DNS label: lower-case letters, digits and hyphens, starting and ending with a letter or digit',
  );
const serviceName = name.max(
  SERVICE_NAME_MAX_LENGTH,
  `must be at most ${SERVICE_NAME_MAX_LENGTH} characters`,
);
const environmentName = name.max(20, 'must be at most 20 characters');
const quantity = z
  .string()
  .regex(
    /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    "must be a Kubernetes quantity such as '500m', '1' or '512Mi'",
  );
const port = z
  .number()
  .int()
  .min(1024, 'must be 1024 or more: the container does not run as root')
  .max(65535);
const path = z.string().regex(/^\/\S*$/, "must be a path that starts with '/'");

const resources = z
  .object({
    cpu: quantity.describe('CPU, as a Kubernetes quantity.'),
    memory: quantity.describe('Memory, as a Kubernetes quantity.'),
  })
  .partial();

const gate = z.union([
  z.object({
    health: z
      .literal(true)
      .describe('The release is healthy in the environment before.'),
  }),
  z.object({
    soak: z
      .string()
      .describe(
        'How long the release has been healthy, without a break, in the environment before: `1h`, `24h`.',
      ),
  }),
  z.object({
    approval: z.looseObject({
      by: z
        .array(z.string())
        .min(1)
        .describe('Entity references of the groups or users that may approve.'),
    }),
  }),
  z.object({
    freeze: z.looseObject({
      deny: z
        .array(
          z.looseObject({
            cron: z.string(),
            duration: z.string(),
            timeZone: z.string().optional(),
            reason: z.string().optional(),
          }),
        )
        .optional(),
      allow: z
        .array(
          z.looseObject({
            cron: z.string(),
            duration: z.string(),
            timeZone: z.string().optional(),
            reason: z.string().optional(),
          }),
        )
        .optional(),
    }),
  }),
  z.object({
    parity: z.unknown().describe('No violation in the environment before.'),
  }),
  z.object({ syncWindow: z.unknown().describe("Argo CD's own sync windows.") }),
]);

const delivery = z.looseObject({
  sync: z
    .enum(['automatic', 'manual'])
    .describe('Whether Argo CD syncs by itself.'),
  from: environmentName
    .optional()
    .describe('The environment that this one is promoted from.'),
  way: z
    .enum(['commit', 'pull-request', 'workflow'])
    .optional()
    .describe('How a promotion changes git.'),
  trigger: z
    .enum(['manual', 'automatic'])
    .optional()
    .describe(
      'Who starts a promotion: a person, or the release becoming healthy before.',
    ),
  gates: z
    .array(gate)
    .optional()
    .describe('What must hold before a promotion into this environment.'),
});

const target = z.looseObject({
  cluster: z.string().describe('Name of a cluster of this intent.'),
  namespace: name.describe('Namespace in that cluster.'),
  region: z.string().optional(),
});

const workload = z.looseObject({
  replicas: z
    .union([
      z.number().int().min(0),
      z.object({ min: z.number().int().min(1), max: z.number().int().min(1) }),
    ])
    .optional()
    .describe('Number of replicas, or the bounds of an autoscaler.'),
  requests: resources.optional(),
  limits: resources.optional(),
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

const environment = z
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
    kind: z.enum(['production', 'non-production']),
    purpose: z.string().optional(),
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
    delivery,
    workload: workload.optional(),
    quota: quota.optional(),
    infrastructure: z
      .looseObject({})
      .optional()
      .describe('Node type and count, database class, multi-AZ, WAF.'),
    host: z.string().optional(),
    certificate: z.unknown().optional(),
    secrets: z.unknown().optional(),
    observability: z.unknown().optional(),
  })
  .refine(e => Boolean(e.targets) !== Boolean(e.cluster && e.namespace), {
    message: 'needs either `cluster` and `namespace`, or `targets`',
  });

const cluster = z.looseObject({
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
    .optional(),
  argocd: z
    .looseObject({
      instance: z
        .string()
        .describe(
          'Name of the Argo CD instance in the configuration of the portal.',
        ),
      destination: z.string().describe('Name of the cluster in Argo CD.'),
    })
    .optional(),
  aws: z
    .looseObject({
      accountId: z.string().regex(/^[0-9]{12}$/, 'must have 12 digits'),
      region: z.string(),
    })
    .optional(),
});

const allow = z
  .looseObject({
    rule: z.string().optional().describe('Rule whose finding is allowed.'),
    subject: z.string().optional().describe('`apps/Deployment checkout`.'),
    pointer: z
      .string()
      .optional()
      .describe(
        'JSON pointer in the subject; a prefix covers what is below it.',
      ),
    environments: z.array(environmentName).optional(),
    reason: z.string().min(10, 'must say why, in at least 10 characters'),
    expires: z
      .string()
      .refine(
        value => !Number.isNaN(Date.parse(value)),
        "must be an ISO date such as '2027-01-31'",
      )
      .optional()
      .describe('ISO date; afterwards the finding counts again.'),
  })
  .refine(
    entry =>
      entry.rule !== undefined ||
      entry.subject !== undefined ||
      entry.pointer !== undefined,
    { message: 'must select what it allows: by rule, subject or pointer' },
  );

/**
 * The schema of `environments.yaml`, the one machine-readable statement of intent of a service's environments.
 * Fields of work to come are let through untouched.
 *
 * @public
 */
export const intentSchema = z.looseObject({
  apiVersion: z.literal('environments.envmatrix.dev/v1alpha1'),
  kind: z.literal('Environments'),
  metadata: z.looseObject({
    name: serviceName.describe('Name of the service.'),
    title: z.string().optional(),
    description: z.string().optional(),
    owner: z.string().describe('Entity reference of the owning group or user.'),
    system: z
      .string()
      .optional()
      .describe('Entity reference or name of the system.'),
  }),
  isolation: z
    .enum(['shared-nonprod', 'separate', 'namespaces', 'custom'])
    .describe('How environments are kept apart.'),
  cloud: z
    .enum(['local', 'aws'])
    .default('local')
    .describe('What the Terraform modules provision; `local` needs no cloud.'),
  clusters: z.array(cluster).min(1),
  environments: z.array(environment).min(1).describe('In promotion order.'),
  repositories: z.looseObject({
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
  }),
  service: z
    .looseObject({
      port: port.default(8080),
      probes: z
        .looseObject({
          startup: path.default('/healthz'),
          readiness: path.default('/readyz'),
          liveness: path.default('/healthz'),
        })
        .default({
          startup: '/healthz',
          readiness: '/readyz',
          liveness: '/healthz',
        }),
      image: z
        .string()
        .regex(
          /^[^\s:@]+(:[0-9]+\/[^\s:@]+)?$/,
          'must be a repository without tag or digest',
        )
        .optional(),
      initialVersion: z
        .string()
        .default('0.1.0')
        .describe('The tag that every overlay starts with.'),
      secrets: z.array(z.string()).optional(),
      database: z.enum(['none', 'postgres']).default('none'),
      exposure: z.enum(['none', 'gateway', 'ingress']).default('none'),
    })
    .default({
      port: 8080,
      probes: {
        startup: '/healthz',
        readiness: '/readyz',
        liveness: '/healthz',
      },
      initialVersion: '0.1.0',
      database: 'none',
      exposure: 'none',
    }),
  parity: z
    .looseObject({ allow: z.array(allow).default([]) })
    .default({ allow: [] }),
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
