import { Answers } from '../answers';

type Part = Partial<Answers>;

/** Answers under a name that says what is special about them. */
export interface Combination {
  readonly name: string;
  readonly answers: Answers;
}

const FIVE: Answers = {
  service: 'checkout',
  owner: 'group:default/payments',
  system: 'shop',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
};

const ACCOUNTS = {
  nonprod: '111111111111',
  prod: '222222222222',
  dev: '333333333333',
  staging: '444444444444',
  shared: '555555555555',
} as const;

const aws: Part = {
  cloud: 'aws',
  aws: { region: 'us-east-1', accounts: ACCOUNTS },
};
const opentofu: Part = { terraformFlavour: 'opentofu' };
const separate: Part = { isolation: 'separate' };
const namespaces: Part = { isolation: 'namespaces', acknowledged: true };
const secrets: Part = {
  secrets: {
    keys: ['DATABASE_URL', 'PAYMENT_KEY'],
    address: 'https://vault.example.com',
  },
};
const postgres: Part = {
  database: 'postgres',
  secrets: {
    keys: ['DATABASE_URL'],
    address: 'https://vault.example.com',
    kvMount: 'kv',
  },
};
const github: Part = {
  repos: { host: 'github.com', owner: 'acme' },
  github: {
    appClientId: 'Iv23liExample',
    plan: 'enterprise',
    private: true,
    reviewers: ['acme/release-managers'],
  },
};
const gitlab: Part = { repos: { host: 'gitlab.com', owner: 'acme' } };
const windows: Part = {
  argocd: {
    syncWindows: [
      {
        kind: 'deny',
        schedule: '0 16 * * 5',
        duration: '64h',
        timeZone: 'Europe/Berlin',
        manualSync: true,
      },
    ],
  },
};
const applicationset: Part = { argocd: { style: 'applicationset' } };
const watched: Part = {
  alerts: {
    pagerdutyServiceKeyRef: '/etc/alertmanager/secrets/pagerduty/key',
    slackApiUrlRef: '/etc/alertmanager/secrets/slack/url',
  },
  slo: { availability: 99.5, latencyMs: 250, window: '7d' },
};

/** The guide's three environments, each with the host of its own. */
function exposed(exposure: 'gateway' | 'ingress', more: Part = {}): Part {
  return {
    exposure,
    environments: [
      { name: 'dev', kind: 'non-production', host: 'checkout.dev.example.com' },
      {
        name: 'staging',
        kind: 'non-production',
        host: 'checkout.staging.example.com',
      },
      { name: 'prod', kind: 'production', host: 'checkout.example.com' },
    ],
    ...more,
  };
}

const autoscaled: Part = {
  environments: [
    { name: 'dev', kind: 'non-production', replicas: 1 },
    {
      name: 'staging',
      kind: 'non-production',
      replicas: { min: 2, max: 4 },
    },
    { name: 'prod', kind: 'production', replicas: { min: 3, max: 9 } },
  ],
};

const two: Part = {
  environments: [
    { name: 'test', kind: 'non-production' },
    { name: 'live', kind: 'production' },
  ],
};

const six: Part = {
  environments: [
    { name: 'dev', kind: 'non-production' },
    { name: 'qa', kind: 'non-production' },
    { name: 'uat', kind: 'non-production' },
    { name: 'perf', kind: 'non-production' },
    { name: 'preprod', kind: 'non-production' },
    { name: 'live', kind: 'production' },
  ],
};

const regions: Part = {
  isolation: 'custom',
  environments: [
    { name: 'dev', kind: 'non-production' },
    { name: 'staging', kind: 'non-production' },
    {
      name: 'prod',
      kind: 'production',
      targets: [
        { cluster: 'prod-us', region: 'us-east-1' },
        { cluster: 'prod-eu', region: 'eu-central-1' },
      ],
    },
  ],
  clusters: [
    {
      name: 'nonprod',
      environments: ['dev', 'staging'],
      aws: { accountId: ACCOUNTS.nonprod, region: 'us-east-1' },
    },
    {
      name: 'prod-us',
      aws: { accountId: ACCOUNTS.prod, region: 'us-east-1' },
    },
    {
      name: 'prod-eu',
      aws: { accountId: ACCOUNTS.prod, region: 'eu-central-1' },
    },
  ],
};

const chosen: Part = {
  isolation: 'custom',
  clusters: [
    {
      name: 'sandbox',
      environments: ['dev'],
      kubernetesVersion: '1.35',
      nodes: { type: 'standard-16', count: 2, max: 3 },
    },
    { name: 'mirror', environments: ['staging'], kubernetesVersion: '1.35' },
    { name: 'live', environments: ['prod'], kubernetesVersion: '1.34' },
  ],
};

/** Every option of the wizard, each in at least two of them. */
export const COMBINATIONS: readonly Combination[] = (
  [
    ['five answers', {}],
    ['aws', aws],
    ['aws, database, gateway', { ...aws, ...postgres, ...exposed('gateway') }],
    [
      'aws, separate accounts, github',
      { ...aws, ...separate, ...github, prodGate: ['github-environment'] },
    ],
    ['aws, one cluster', { ...aws, ...namespaces }],
    ['aws, two regions', { ...regions, cloud: 'aws', ...secrets }],
    ['aws, opentofu, gitlab', { ...aws, ...opentofu, ...gitlab, ...postgres }],
    ['separate', separate],
    ['separate, ingress', { ...separate, ...exposed('ingress') }],
    ['one cluster', namespaces],
    ['one cluster, secrets', { ...namespaces, ...secrets, ...windows }],
    ['custom clusters', chosen],
    ['two regions', { ...regions, ...applicationset }],
    ['two environments', two],
    ['two environments, github', { ...two, ...github }],
    ['six environments', six],
    ['six environments, each a cluster', { ...six, ...separate }],
    ['autoscaled', autoscaled],
    ['autoscaled, secrets, windows', { ...autoscaled, ...secrets, ...windows }],
    [
      'gateway, own names',
      {
        ...exposed('gateway'),
        ingress: {
          gateway: { name: 'edge', namespace: 'edge', sectionName: 'https' },
        },
      },
    ],
    [
      'ingress, traefik',
      { ...exposed('ingress'), ingress: { class: 'traefik' } },
    ],
    ['pull request alone', { prodGate: ['pull-request'] }],
    [
      'pull request alone, gitlab, opentofu',
      { prodGate: ['pull-request'], ...gitlab, ...opentofu },
    ],
    ['sync by hand alone', { prodGate: ['argo-manual-sync'] }],
    [
      'all gates',
      {
        ...github,
        prodGate: ['pull-request', 'github-environment', 'argo-manual-sync'],
        stagingTrigger: 'automatic',
      },
    ],
    [
      'environment and sync by hand',
      {
        ...github,
        prodGate: ['github-environment', 'argo-manual-sync'],
        stagingTrigger: 'automatic',
      },
    ],
    ['applicationset, watched', { ...applicationset, ...watched }],
    ['watched, baseline', { ...watched, podSecurity: 'baseline' }],
    [
      'made-up secrets in dev, baseline',
      {
        ...secrets,
        podSecurity: 'baseline',
        environments: [
          { name: 'dev', kind: 'non-production', secrets: 'fake' },
          { name: 'staging', kind: 'non-production' },
          { name: 'prod', kind: 'production' },
        ],
      },
    ],
  ] satisfies [string, Part][]
).map(([name, part]) => ({ name, answers: { ...FIVE, ...part } }));
