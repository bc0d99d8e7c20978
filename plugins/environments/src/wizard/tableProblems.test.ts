import { EnvironmentAnswer } from './answers';
import {
  completeEnvironments,
  DEFAULT_ENVIRONMENTS,
  DETAIL_DEFAULTS,
  withEnvironment,
} from './environmentDefaults';
import { tableProblems } from './tableProblems';

const [DEV, STAGING, PROD] = DEFAULT_ENVIRONMENTS;

function problems(environments: EnvironmentAnswer[]): string[] {
  return tableProblems(environments).map(
    ({ environment, setting, message }) =>
      `${environments[environment].name} ${setting}: ${message}`,
  );
}

it('finds nothing wrong with the defaults', () => {
  expect(problems(DEFAULT_ENVIRONMENTS)).toEqual([]);
});

it.each<[string, EnvironmentAnswer[], string[]]>([
  [
    'production that does not survive the loss of a zone',
    [DEV, STAGING, { ...PROD, replicas: 2 }],
    [
      'prod replicas: At least 3, so that production survives the loss of a zone',
    ],
  ],
  [
    'staging that runs once',
    [DEV, { ...STAGING, replicas: 1 }, PROD],
    [
      'staging replicas: At least 2: one alone tells nothing of several that run together',
    ],
  ],
  [
    'replicas that shrink',
    [{ ...DEV, replicas: 5 }, STAGING, PROD],
    ['staging replicas: At least as many as dev, which has 5'],
  ],
  [
    'no replicas, and half of one',
    [{ ...DEV, replicas: undefined }, STAGING, { ...PROD, replicas: 3.5 }],
    [
      'dev replicas: A whole number, at least 1',
      'prod replicas: A whole number, at least 1',
    ],
  ],
  [
    'what is no quantity',
    [{ ...DEV, requests: { cpu: 'lots', memory: '-1Mi' } }, STAGING, PROD],
    [
      'dev requests.cpu: A quantity such as 500m or 1',
      'dev requests.memory: A quantity such as 512Mi or 1Gi',
    ],
  ],
  [
    'limits below requests, in any unit',
    [
      {
        ...DEV,
        requests: { cpu: '0.1', memory: '1Gi' },
        limits: { cpu: '50m', memory: '1000M' },
      },
      { ...STAGING, requests: { cpu: '500m', memory: '1Gi' } },
      { ...PROD, requests: { cpu: '500m', memory: '1Gi' } },
    ],
    [
      'dev limits.cpu: At least the request, 0.1',
      'dev limits.memory: At least the request, 1Gi',
    ],
  ],
  [
    'sizes that shrink',
    [DEV, { ...STAGING, limits: { cpu: '2', memory: '1Gi' } }, PROD],
    ['prod limits.cpu: At least as much as staging, which has 2'],
  ],
  [
    'names that are taken or no names',
    [DEV, { ...STAGING, name: 'dev' }, { ...PROD, name: 'Prod!' }],
    [
      'dev name: Another environment has this name',
      'Prod! name: Lower-case letters, digits and hyphens; a letter or digit at both ends',
    ],
  ],
  [
    'a name that is too long',
    [{ ...DEV, name: 'a'.repeat(21) }, STAGING, PROD],
    [`${'a'.repeat(21)} name: At most 20 characters`],
  ],
  ['two environments: the first one is no staging', [DEV, PROD], []],
  [
    'bounds of an autoscaler that are none',
    [
      DEV,
      { ...STAGING, replicas: { min: 2, max: 2 } },
      { ...PROD, replicas: { min: 4, max: 3 } },
    ],
    ['prod replicas.max: A whole number, at least 4'],
  ],
  [
    'a quota that does not carry the most replicas and one more',
    [
      { ...DEV, quota: { ...DETAIL_DEFAULTS.first.quota, pods: '1' } },
      { ...STAGING, replicas: { min: 2, max: 3 } },
      { ...PROD, replicas: { min: 3, max: 40 } },
    ],
    [
      'dev quota.pods: Too little for 1 replicas and one more while a release is rolled out',
      'prod quota.requests.cpu: Too little for 40 replicas and one more while a release is rolled out',
      'prod quota.limits.cpu: Too little for 40 replicas and one more while a release is rolled out',
    ],
  ],
  [
    'production that scales by itself where nothing before it does',
    [DEV, STAGING, { ...PROD, replicas: { min: 3, max: 9 } }],
    [
      'staging replicas.max: Up to how many? prod scales by itself, which is tried out here',
    ],
  ],
  [
    'production that does not scale by itself where what comes before it does',
    [DEV, { ...STAGING, replicas: { min: 2, max: 4 } }, PROD],
    [
      'prod replicas.max: Up to how many? staging scales by itself, and tries out what runs here',
    ],
  ],
  [
    'a quota and a firewall that production does not share',
    [
      DEV,
      {
        ...STAGING,
        quota: { ...DETAIL_DEFAULTS.between.quota, pods: '50' },
        waf: false,
      },
      PROD,
    ],
    [
      'staging quota.pods: 100, as in prod: what fits here has to fit there',
      'staging waf: Production has one, and what comes before it tries it out',
    ],
  ],
  [
    'a quota that is no quantity',
    [
      { ...DEV, quota: { ...DETAIL_DEFAULTS.first.quota, pods: 'many' } },
      STAGING,
      PROD,
    ],
    ['dev quota.pods: A quantity such as 16 or 32Gi'],
  ],
  [
    'a production that would lose its data',
    [
      DEV,
      STAGING,
      { ...PROD, database: { multiAz: false, storage: 5, backupDays: 1 } },
    ],
    [
      'prod database.multiAz: Production needs a standby in another zone',
      'prod database.storage: At least 20 GiB',
      'prod database.backupDays: At least 7 days for production',
    ],
  ],
  [
    'a production that nobody trusts',
    [DEV, STAGING, { ...PROD, certificate: 'selfsigned', secrets: 'fake' }],
    [
      'prod certificate: Browsers trust a public CA alone',
      'prod secrets: Made-up values are for the environments before production',
    ],
  ],
  [
    'metrics that are kept for less than before, or too short',
    [DEV, { ...STAGING, retentionDays: 3 }, { ...PROD, retentionDays: 14 }],
    [
      'staging retentionDays: At least the 7 days of dev',
      'prod retentionDays: At least 30 days, to compare releases',
    ],
  ],
])('finds %s', (_, environments, expected) => {
  expect(problems(environments)).toEqual(expected);
});

it('asks for host names where the service is exposed, and for none elsewhere', () => {
  const exposed = tableProblems(
    [
      DEV,
      { ...STAGING, host: 'checkout.example.com' },
      { ...PROD, host: 'checkout.example.com' },
    ],
    { isExposed: true },
  );
  expect(exposed).toEqual([
    expect.objectContaining({
      environment: 0,
      setting: 'host',
      isMissing: true,
    }),
    {
      environment: 2,
      setting: 'host',
      message: 'Another environment has this host name',
    },
  ]);
  expect(tableProblems(DEFAULT_ENVIRONMENTS)).toEqual([]);
});

it('adds environments before production, each under a name of its own', () => {
  const more = withEnvironment(withEnvironment(DEFAULT_ENVIRONMENTS));
  expect(more.map(({ name }) => name)).toEqual([
    'dev',
    'staging',
    'qa',
    'preprod',
    'prod',
  ]);
  expect(problems(more)).toEqual([]);
});

it('completes what was given, and takes the empty entries of a form for nothing', () => {
  expect(completeEnvironments(undefined)).toEqual({
    environments: DEFAULT_ENVIRONMENTS,
    isGiven: false,
  });
  expect(completeEnvironments([{}, undefined])).toEqual({
    environments: DEFAULT_ENVIRONMENTS,
    isGiven: false,
  });
  expect(completeEnvironments(DEFAULT_ENVIRONMENTS).isGiven).toBe(true);
  expect(
    completeEnvironments([
      { name: 'test', kind: 'non-production', replicas: 2 },
      { name: 'live', kind: 'production' },
    ]),
  ).toEqual({
    environments: [
      { ...DEV, name: 'test', replicas: 2 },
      { ...PROD, name: 'live' },
    ],
    isGiven: false,
  });
});
