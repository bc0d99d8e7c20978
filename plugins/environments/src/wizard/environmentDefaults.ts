import { EnvironmentAnswer } from './answers';

type Sizes = Omit<EnvironmentAnswer, 'name' | 'kind'>;

const FIRST: Sizes = {
  replicas: 1,
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '250m', memory: '256Mi' },
  logLevel: 'debug',
};

/** Staging has the sizes of production, so that what is tried there is what will run. */
const BETWEEN: Sizes = {
  replicas: 2,
  requests: { cpu: '500m', memory: '512Mi' },
  limits: { cpu: '1', memory: '1Gi' },
  logLevel: 'info',
};

/** The three environments of a service that says nothing else. */
export const DEFAULT_ENVIRONMENTS: EnvironmentAnswer[] = [
  { name: 'dev', kind: 'non-production', ...FIRST },
  { name: 'staging', kind: 'non-production', ...BETWEEN },
  {
    name: 'prod',
    kind: 'production',
    ...BETWEEN,
    replicas: 3,
    logLevel: 'warn',
  },
];

/** What somebody, or the form by itself, gave of an environment. */
type PartialAnswer = Partial<EnvironmentAnswer> | undefined;

/**
 * The environments with everything that nobody said. The form itself puts empty entries into a list that needs some; they
 * count as nothing said.
 */
export function completeEnvironments(
  given: readonly PartialAnswer[] | undefined,
): { readonly environments: EnvironmentAnswer[]; readonly isGiven: boolean } {
  const named = (given ?? []).filter(
    (entry): entry is Partial<EnvironmentAnswer> =>
      entry?.name !== undefined && entry.kind !== undefined,
  );
  if (named.length === 0) {
    return { environments: DEFAULT_ENVIRONMENTS, isGiven: false };
  }
  const whole = named.filter(isWhole);
  return whole.length === given?.length
    ? { environments: whole, isGiven: true }
    : {
        environments: named.map((entry, index) => ({
          ...defaultsAt(entry, index),
          ...entry,
        })),
        isGiven: false,
      };
}

function isWhole(entry: PartialAnswer): entry is EnvironmentAnswer {
  return (
    entry?.name !== undefined &&
    entry.kind !== undefined &&
    entry.requests !== undefined &&
    entry.limits !== undefined &&
    entry.logLevel !== undefined
  );
}

function defaultsAt(
  entry: Partial<EnvironmentAnswer>,
  index: number,
): EnvironmentAnswer {
  const [first, between, production] = DEFAULT_ENVIRONMENTS;
  if (entry.kind === 'production') {
    return production;
  }
  return index === 0 ? first : between;
}

/** Puts one more environment before production, with sizes that keep the order. */
export function withEnvironment(
  environments: readonly EnvironmentAnswer[],
): EnvironmentAnswer[] {
  const before = environments.filter(({ kind }) => kind !== 'production');
  const production = environments.filter(({ kind }) => kind === 'production');
  const names = environments.map(({ name }) => name);
  const name =
    ['qa', 'preprod', 'canary'].find(candidate => !names.includes(candidate)) ??
    `environment-${environments.length}`;
  const like = before.at(-1) ?? { ...BETWEEN };
  return [
    ...before,
    {
      replicas: like.replicas,
      requests: { ...like.requests },
      limits: { ...like.limits },
      logLevel: like.logLevel,
      name,
      kind: 'non-production',
    },
    ...production,
  ];
}
