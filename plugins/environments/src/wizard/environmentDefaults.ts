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

/** Which of the defaults an environment takes. */
export type Position = 'first' | 'between' | 'production';

export function positionOf(
  { kind }: Pick<EnvironmentAnswer, 'kind'>,
  index: number,
): Position {
  if (kind === 'production') {
    return 'production';
  }
  return index === 0 ? 'first' : 'between';
}

/** The environment that production is promoted from, unless it is also the first. */
export function isStaging(
  environments: readonly EnvironmentAnswer[],
  index: number,
): boolean {
  return index > 0 && environments[index + 1]?.kind === 'production';
}

const STAGING_QUOTA = {
  'requests.cpu': '16',
  'requests.memory': '32Gi',
  'limits.cpu': '32',
  'limits.memory': '64Gi',
  pods: '100',
} as const;

/** What an environment gets that says nothing of it; the renderer of the repositories has the same. */
export const DETAIL_DEFAULTS = {
  first: {
    quota: {
      'requests.cpu': '2',
      'requests.memory': '2Gi',
      'limits.cpu': '4',
      'limits.memory': '4Gi',
      pods: '20',
    },
    database: {
      class: 'db.t4g.small',
      multiAz: false,
      storage: 20,
      backupDays: 1,
    },
    certificate: 'selfsigned',
    waf: false,
    retentionDays: 7,
    paging: false,
    purpose: 'Rapid iteration: break things, and recover quickly',
    dataClass: 'disposable',
  },
  between: {
    quota: STAGING_QUOTA,
    database: {
      class: 'db.t4g.medium',
      multiAz: false,
      storage: 50,
      backupDays: 3,
    },
    certificate: 'acme-staging',
    waf: true,
    retentionDays: 30,
    paging: false,
    purpose: 'Mirror of production, for validation before a release',
    dataClass: 'synthetic',
  },
  production: {
    quota: STAGING_QUOTA,
    database: {
      class: 'db.m7g.large',
      multiAz: true,
      storage: 100,
      backupDays: 14,
    },
    certificate: 'acme',
    waf: true,
    retentionDays: 90,
    paging: true,
    purpose: 'Real users, real data',
    dataClass: 'real',
  },
} as const;

/** Moves an environment before production one place. */
export function moveEnvironment(
  environments: readonly EnvironmentAnswer[],
  index: number,
  by: -1 | 1,
): EnvironmentAnswer[] {
  const moved = [...environments];
  const [entry] = moved.splice(index, 1);
  moved.splice(index + by, 0, entry);
  return moved;
}

/** Whether an environment can be moved: production stays the last. */
export function canMove(
  environments: readonly EnvironmentAnswer[],
  index: number,
  by: -1 | 1,
): boolean {
  return (
    environments[index].kind !== 'production' &&
    environments[index + by] !== undefined &&
    environments[index + by].kind !== 'production'
  );
}

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
