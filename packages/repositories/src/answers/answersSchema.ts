import { z } from 'zod';

const resources = z.object({ cpu: z.string(), memory: z.string() });

const nodes = z.object({
  type: z.string(),
  count: z.number().int(),
  max: z.number().int().optional(),
});

const environment = z.object({
  name: z.string(),
  title: z.string().optional(),
  kind: z.enum(['production', 'non-production']),
  purpose: z.string().optional(),
  dataClass: z.string().optional(),
  replicas: z
    .union([
      z.number().int().min(0),
      z.object({ min: z.number().int(), max: z.number().int() }),
    ])
    .optional(),
  requests: resources.optional(),
  limits: resources.optional(),
  logLevel: z.string().optional(),
  quota: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  host: z.string().optional(),
  certificate: z.enum(['selfsigned', 'ca', 'acme-staging', 'acme']).optional(),
  database: z
    .object({
      class: z.string(),
      multiAz: z.boolean(),
      storage: z.number().int(),
      backupDays: z.number().int(),
    })
    .partial()
    .optional(),
  waf: z.boolean().optional(),
  secrets: z.enum(['vault', 'fake']).optional(),
  retentionDays: z.number().int().optional(),
  paging: z.boolean().optional(),
  slack: z.string().optional(),
  /** Clusters that it runs in beyond the first, each in a region of its own. */
  targets: z
    .array(z.object({ cluster: z.string(), region: z.string().optional() }))
    .min(1)
    .optional(),
});

const cluster = z.object({
  name: z.string(),
  environments: z.array(z.string()).optional(),
  kubernetesVersion: z.string().optional(),
  destination: z.string().optional(),
  aws: z.object({ accountId: z.string(), region: z.string() }).optional(),
  /** Where it is, without a cloud as well; tells the regions of an environment apart. */
  region: z.string().optional(),
  nodes: nodes.optional(),
  vpcCidr: z.string().optional(),
  stateBucket: z.string().optional(),
  authMount: z.string().optional(),
});

/**
 * The wizard's answers: the parameters of the template, under their names. Five are enough: service, owner, image, and where the
 * repositories go.
 *
 * @public
 */
export const answersSchema = z.object({
  service: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  owner: z.string(),
  system: z.string().optional(),
  image: z.string(),
  port: z.number().int().optional(),
  probes: z
    .object({
      startup: z.string(),
      readiness: z.string(),
      liveness: z.string(),
    })
    .partial()
    .optional(),
  initialVersion: z.string().optional(),
  podSecurity: z.enum(['restricted', 'baseline']).optional(),
  cloud: z.enum(['local', 'aws']).optional(),
  terraformFlavour: z.enum(['terraform', 'opentofu']).optional(),
  isolation: z
    .enum(['shared-nonprod', 'separate', 'namespaces', 'custom'])
    .optional(),
  acknowledged: z.boolean().optional(),
  /** Names for the clusters of a preset, or every cluster with what runs in it. */
  clusters: z
    .union([
      z.array(cluster),
      z
        .object({
          nonProduction: z.string(),
          production: z.string(),
          shared: z.string(),
        })
        .partial(),
    ])
    .optional(),
  kubernetesVersion: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional(),
  aws: z
    .object({
      region: z.string().optional(),
      /** Account of each cluster, by the name of the cluster. */
      accounts: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  vpcCidr: z.record(z.string(), z.string()).optional(),
  nodes: z.record(z.string(), nodes).optional(),
  stateBackend: z
    .object({
      kind: z.enum(['s3', 'local']),
      buckets: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  environments: z.array(environment).optional(),
  database: z.enum(['none', 'postgres']).optional(),
  exposure: z.enum(['none', 'gateway', 'ingress']).optional(),
  ingress: z
    .object({
      class: z.string().optional(),
      gateway: z
        .object({
          name: z.string(),
          namespace: z.string(),
          sectionName: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  secrets: z
    .object({
      keys: z.array(z.string()).default([]),
      store: z.literal('vault').optional(),
      address: z.string().optional(),
      kvMount: z.string().optional(),
    })
    .optional(),
  argocd: z
    .object({
      instance: z.string(),
      namespace: z.string(),
      style: z.enum(['applications', 'applicationset']),
      syncWindows: z.array(z.looseObject({})),
    })
    .partial()
    .optional(),
  prodGate: z
    .array(z.enum(['pull-request', 'argo-manual-sync', 'github-environment']))
    .optional(),
  stagingTrigger: z.enum(['manual', 'automatic']).optional(),
  repos: z.object({
    host: z.string(),
    owner: z.string(),
    infrastructure: z.string().optional(),
    deployConfig: z.string().optional(),
    source: z.string().optional(),
    /** The kind of git host, where it cannot be told from the configuration. */
    dialect: z.enum(['gitea', 'github', 'gitlab']).optional(),
    private: z.boolean().optional(),
  }),
  github: z
    .object({
      appClientId: z.string(),
      plan: z.enum(['free', 'team', 'enterprise']),
      private: z.boolean(),
      reviewers: z.array(z.string()),
    })
    .partial()
    .optional(),
  alerts: z
    .object({ pagerdutyServiceKeyRef: z.string(), slackApiUrlRef: z.string() })
    .partial()
    .optional(),
  slo: z
    .object({
      availability: z.number(),
      latencyMs: z.number().int(),
      window: z.string(),
    })
    .partial()
    .optional(),
  parityAllow: z.array(z.looseObject({ reason: z.string() })).optional(),
});

/** @public */
export type Answers = z.infer<typeof answersSchema>;

/** Names of the secrets; a database brings its address as one. An empty form is the same as none. */
export function secretKeysOf(answers: Answers): readonly string[] {
  const keys = answers.secrets?.keys ?? [];
  return keys.length === 0 && answers.database === 'postgres'
    ? ['DATABASE_URL']
    : keys;
}

/** One environment of the answers. */
export type EnvironmentAnswers = NonNullable<Answers['environments']>[number];
