import { IntentInput } from '@envmatrix/engine';
import { z } from 'zod';
import {
  positionOf,
  PURPOSE_DEFAULTS,
  QUOTA_DEFAULTS,
  WORKLOAD_DEFAULTS,
} from './defaults';
import { RenderError } from './types';

const resources = z.object({ cpu: z.string(), memory: z.string() });

const environment = z.object({
  name: z.string(),
  kind: z.enum(['production', 'non-production']),
  replicas: z.number().int().min(0).optional(),
  requests: resources.optional(),
  limits: resources.optional(),
  logLevel: z.string().optional(),
});

/**
 * The wizard's answers: the parameters of the template, under their names.
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
  cloud: z.enum(['local', 'aws']).optional(),
  isolation: z
    .enum(['shared-nonprod', 'separate', 'namespaces', 'custom'])
    .optional(),
  clusters: z
    .object({ nonProduction: z.string(), production: z.string() })
    .partial()
    .optional(),
  argocd: z.object({ instance: z.string() }).partial().optional(),
  environments: z.array(environment).optional(),
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
  }),
});

/** @public */
export type Answers = z.infer<typeof answersSchema>;

/** The three environments of the guide. */
const DEFAULT_ENVIRONMENTS: NonNullable<Answers['environments']> = [
  { name: 'dev', kind: 'non-production' },
  { name: 'staging', kind: 'non-production' },
  { name: 'prod', kind: 'production' },
];

/** Levels leave room for environments that come later. */
const LEVELS = { first: 1, between: 5, production: 10 } as const;

/**
 * The intent that the wizard's answers stand for; still to be checked with `validateIntent`.
 *
 * @param repositoryUrl - address of a repository on a git host that is configured.
 * @throws {@link RenderError} when the answers are not of the wizard's form, or choose what is not offered.
 * @public
 */
export function intentFromAnswers(
  value: unknown,
  options: {
    repositoryUrl: (repository: {
      host: string;
      owner: string;
      name: string;
    }) => string;
  },
): IntentInput {
  const parsed = answersSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new RenderError(
      issue.path.map(String).join('.') || 'answers',
      issue.code === 'invalid_type' && issue.input === undefined
        ? 'is missing'
        : issue.message,
    );
  }
  const answers = parsed.data;
  assertGates(answers);
  const url = (name: string) =>
    options.repositoryUrl({
      host: answers.repos.host,
      owner: answers.repos.owner,
      name,
    });
  const clusters = {
    nonProduction: answers.clusters?.nonProduction ?? 'nonprod',
    production: answers.clusters?.production ?? 'prod',
  };
  const instance = answers.argocd?.instance ?? 'main';
  const environments = answers.environments ?? DEFAULT_ENVIRONMENTS;
  return {
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: {
      name: answers.service,
      ...(answers.title === undefined ? {} : { title: answers.title }),
      ...(answers.description === undefined
        ? {}
        : { description: answers.description }),
      owner: answers.owner,
      ...(answers.system === undefined ? {} : { system: answers.system }),
    },
    isolation: answers.isolation ?? 'shared-nonprod',
    cloud: answers.cloud ?? 'local',
    clusters: (['nonProduction', 'production'] as const).map(place => ({
      name: clusters[place],
      environments: environments
        .filter(
          entry => (entry.kind === 'production') === (place === 'production'),
        )
        .map(entry => entry.name),
      kubernetesVersion: '1.34',
      argocd: { instance, destination: clusters[place] },
    })),
    environments: environments.map((entry, index) =>
      environmentOf(answers, environments, entry, index, clusters),
    ),
    repositories: {
      infrastructure: url(
        answers.repos.infrastructure ?? `${answers.service}-infrastructure`,
      ),
      deployConfig: url(
        answers.repos.deployConfig ?? `${answers.service}-deploy-config`,
      ),
      source: url(answers.repos.source ?? answers.service),
    },
    service: {
      port: answers.port ?? 8080,
      probes: {
        startup: '/healthz',
        readiness: '/readyz',
        liveness: '/healthz',
        ...answers.probes,
      },
      image: answers.image,
      initialVersion: answers.initialVersion ?? '0.1.0',
      database: 'none',
      exposure: 'none',
    },
    parity: { allow: [] },
  };
}

function environmentOf(
  answers: Answers,
  environments: NonNullable<Answers['environments']>,
  entry: NonNullable<Answers['environments']>[number],
  index: number,
  clusters: { nonProduction: string; production: string },
): IntentInput['environments'][number] {
  const position = positionOf(entry, index);
  const defaults = WORKLOAD_DEFAULTS[position];
  const isProduction = entry.kind === 'production';
  return {
    name: entry.name,
    level:
      position === 'between' ? LEVELS.between + index - 1 : LEVELS[position],
    kind: entry.kind,
    ...PURPOSE_DEFAULTS[position],
    cluster: isProduction ? clusters.production : clusters.nonProduction,
    namespace: `${answers.service}-${entry.name}`,
    delivery:
      index === 0
        ? { sync: 'automatic' }
        : {
            sync: isProduction ? 'manual' : 'automatic',
            from: environments[index - 1].name,
            way: isProduction ? 'pull-request' : 'commit',
            trigger: 'manual',
            gates: [{ health: true }],
          },
    workload: {
      replicas: entry.replicas ?? defaults.replicas,
      requests: entry.requests ?? { ...defaults.requests },
      limits: entry.limits ?? { ...defaults.limits },
      env: { LOG_LEVEL: entry.logLevel ?? defaults.logLevel },
    },
    quota: { ...QUOTA_DEFAULTS[position] },
  };
}

function assertGates(answers: Answers): void {
  const gates = answers.prodGate ?? ['pull-request', 'argo-manual-sync'];
  if (gates.includes('github-environment')) {
    throw new RenderError(
      'prodGate',
      "'github-environment' is not rendered yet; use pull-request and argo-manual-sync",
    );
  }
  if (!gates.includes('pull-request') || !gates.includes('argo-manual-sync')) {
    throw new RenderError(
      'prodGate',
      'must be pull-request and argo-manual-sync together: other combinations are not rendered yet',
    );
  }
  if (answers.stagingTrigger === 'automatic') {
    throw new RenderError(
      'stagingTrigger',
      "'automatic' is not rendered yet; use manual",
    );
  }
}
