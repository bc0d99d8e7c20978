import { IntentInput } from '@envmatrix/engine';
import { RenderError } from '../types';
import {
  Answers,
  answersSchema,
  EnvironmentAnswers,
  secretKeysOf,
} from './answersSchema';
import { clustersOf } from './clusters';
import { exceptionsOf } from './exceptions';
import { environmentOf, gatesOf } from './environments';

/** The three environments of the guide. */
const DEFAULT_ENVIRONMENTS: EnvironmentAnswers[] = [
  { name: 'dev', kind: 'non-production' },
  { name: 'staging', kind: 'non-production' },
  { name: 'prod', kind: 'production' },
];

/** The kinds of git host whose name tells what they are. */
const KNOWN_HOSTS: Readonly<Record<string, Dialect>> = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
};

/** @public */
export type Dialect = 'gitea' | 'github' | 'gitlab';

/** @public */
export interface AnswersOptions {
  /** Address of a repository on a git host that is configured. */
  readonly repositoryUrl: (repository: {
    host: string;
    owner: string;
    name: string;
  }) => string;
  /** The kind of a git host that is configured. */
  readonly dialectOf?: (host: string) => Dialect | undefined;
  /** When it is, for what has an end; the time of the computer when absent. */
  readonly now?: Date;
}

/**
 * The intent that the wizard's answers stand for; still to be checked with `validateIntent`.
 *
 * @throws {@link RenderError} when the answers are not of the wizard's form, or contradict each other.
 * @public
 */
export function intentFromAnswers(
  value: unknown,
  options: AnswersOptions,
): IntentInput {
  const answers = readAnswers(value);
  const environments = answers.environments ?? DEFAULT_ENVIRONMENTS;
  const clusters = clustersOf(answers, environments);
  const prodGate = gatesOf(answers);
  const { host, owner } = answers.repos;
  const dialect =
    answers.repos.dialect ??
    options.dialectOf?.(host) ??
    KNOWN_HOSTS[host] ??
    'gitea';
  const url = (name: string) => options.repositoryUrl({ host, owner, name });
  return present({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: present({
      name: answers.service,
      title: answers.title,
      description: answers.description,
      owner: answers.owner,
      system: answers.system,
    }),
    isolation: answers.isolation ?? 'shared-nonprod',
    acknowledged: answers.acknowledged,
    cloud: answers.cloud ?? 'local',
    terraformFlavour: answers.terraformFlavour ?? 'terraform',
    stateBackend: stateBackendOf(answers),
    vpcCidr: networksOf(answers),
    clusters,
    environments: environments.map((_, index) =>
      environmentOf(answers, environments, index, clusters),
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
    service: serviceOf(answers),
    ingress: answers.ingress,
    secretStore: secretStoreOf(answers),
    argocd: argocdOf(answers),
    prodGate,
    scm: present({
      dialect,
      github: dialect === 'github' ? githubOf(answers) : answers.github,
    }),
    alerts: answers.alerts,
    slo: answers.slo,
    parity: {
      allow: exceptionsOf(answers, environments, options.now ?? new Date()),
    },
  });
}

function readAnswers(value: unknown): Answers {
  const parsed = answersSchema.safeParse(withoutEmptyForms(value));
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new RenderError(
    issue.path.map(String).join('.') || 'answers',
    issue.code === 'invalid_type' && issue.input === undefined
      ? 'is missing'
      : issue.message,
  );
}

/** A form that somebody opened and left empty is the same as no answer. */
function withoutEmptyForms(value: unknown): unknown {
  if (!isForm(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => {
      const kept = name === 'repos' ? entry : withoutEmptyForms(entry);
      const isEmpty =
        kept === '' || (isForm(kept) && Object.keys(kept).length === 0);
      return isEmpty && name !== 'repos' ? [] : [[name, kept]];
    }),
  );
}

function isForm(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function serviceOf(answers: Answers): IntentInput['service'] {
  const database = answers.database ?? 'none';
  const keys = secretKeysOf(answers);
  return present({
    port: answers.port ?? 8080,
    probes: {
      startup: '/healthz',
      readiness: '/readyz',
      liveness: '/healthz',
      ...answers.probes,
    },
    image: answers.image,
    initialVersion: answers.initialVersion ?? '0.1.0',
    secrets: keys.length > 0 ? [...keys] : undefined,
    database,
    exposure: answers.exposure ?? 'none',
    podSecurity: answers.podSecurity,
  });
}

function secretStoreOf(answers: Answers): IntentInput['secretStore'] {
  const address = answers.secrets?.address;
  return !address || secretKeysOf(answers).length === 0
    ? undefined
    : present({
        kind: 'vault' as const,
        address,
        kvMount: answers.secrets?.kvMount ?? 'secret',
      });
}

/** What was said of the clusters one by one; a cluster without it takes what fits its place. */
function clusterSettings<K extends 'vpcCidr' | 'stateBucket'>(
  { clusters }: Answers,
  setting: K,
): Record<string, string> {
  return Object.fromEntries(
    (Array.isArray(clusters) ? clusters : []).flatMap(cluster => {
      const value = cluster[setting];
      return value ? [[cluster.name, value]] : [];
    }),
  );
}

function networksOf(answers: Answers): IntentInput['vpcCidr'] {
  const networks = {
    ...answers.vpcCidr,
    ...clusterSettings(answers, 'vpcCidr'),
  };
  return Object.keys(networks).length > 0 ? networks : undefined;
}

function stateBackendOf(answers: Answers): IntentInput['stateBackend'] {
  const kind =
    answers.stateBackend?.kind ?? (answers.cloud === 'aws' ? 's3' : 'local');
  const buckets = {
    ...answers.stateBackend?.buckets,
    ...clusterSettings(answers, 'stateBucket'),
  };
  return kind === 's3' && Object.keys(buckets).length > 0
    ? { kind, buckets }
    : answers.stateBackend;
}

/** Whether the repositories are private is asked once, for every kind of host. */
function githubOf(answers: Answers): Answers['github'] {
  const isPrivate = answers.github?.private ?? answers.repos.private;
  return isPrivate === undefined
    ? answers.github
    : { ...answers.github, private: isPrivate };
}

function argocdOf({ argocd }: Answers): IntentInput['argocd'] {
  const { namespace, style, syncWindows } = argocd ?? {};
  if (!namespace && !style && !syncWindows) {
    return undefined;
  }
  return JSON.parse(JSON.stringify({ namespace, style, syncWindows }));
}

/** Without the fields that nobody answered, so that the written intent is short. */
function present<T extends object>(values: T): T {
  return JSON.parse(JSON.stringify(values));
}
