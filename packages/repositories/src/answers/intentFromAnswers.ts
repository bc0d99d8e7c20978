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
  const { host, owner, dialect } = answers.repos;
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
    stateBackend: answers.stateBackend,
    vpcCidr: answers.vpcCidr,
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
      dialect:
        dialect ?? options.dialectOf?.(host) ?? KNOWN_HOSTS[host] ?? 'gitea',
      github: answers.github,
    }),
    alerts: answers.alerts,
    slo: answers.slo,
    parity: { allow: exceptionsOf(answers, environments) },
  });
}

function readAnswers(value: unknown): Answers {
  const parsed = answersSchema.safeParse(value);
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
