import { Answers } from '../answers';

type Part = Partial<Answers>;

/** Answers under a name that says what is special about them. */
export interface Combination {
  readonly name: string;
  readonly answers: Answers;
}

/** A day that an exception may last to, whenever it is. */
const SOON = new Date(Date.now() + 90 * 24 * 60 * 60 * 1000)
  .toISOString()
  .slice(0, 10);

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
      vpcCidr: '10.70.0.0/16',
      stateBucket: 'acme-nonprod-state',
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

type Environment = NonNullable<Answers['environments']>[number];

/** An environment with every word that can be said of it anywhere. */
function said(
  name: string,
  kind: Environment['kind'],
  more: Partial<Environment> = {},
): Environment {
  const isProduction = kind === 'production';
  const isFirst = name === 'dev';
  return {
    name,
    kind,
    title: isProduction ? 'Production' : `The ${name} of it`,
    purpose: isProduction ? 'Where customers are' : 'To try things out',
    dataClass: isProduction ? 'confidential' : 'synthetic',
    replicas: isProduction ? 4 : 2,
    requests: { cpu: '150m', memory: '192Mi' },
    limits: { cpu: '600m', memory: '384Mi' },
    logLevel: isProduction ? 'warn' : 'debug',
    quota: {
      'requests.cpu': isFirst ? '2' : '4',
      'requests.memory': isFirst ? '2Gi' : '4Gi',
      'limits.cpu': isFirst ? '6' : '12',
      'limits.memory': isFirst ? '6Gi' : '12Gi',
      pods: isProduction ? 40 : 20,
    },
    host: isProduction ? 'pay.example.com' : `pay.${name}.example.com`,
    secrets: 'vault',
    retentionDays: isProduction ? 60 : 10,
    paging: isProduction,
    slack: isProduction ? '#pay-live' : `#pay-${name}`,
    ...more,
  };
}

const database = (isProduction: boolean, isFirst = false) => ({
  database: {
    class: isProduction ? 'db.m7g.large' : 'db.t4g.small',
    multiAz: isProduction,
    storage: isProduction ? 100 : 30,
    backupDays: isProduction ? 21 : 3,
  },
  waf: !isFirst,
});

const NODES = { type: 'standard-8', count: 3, max: 6 };

/** What is said of the service, rather than of where it runs. */
const spoken: Part = {
  title: 'Checkout of the shop',
  description: 'Takes orders and payments',
  port: 9090,
  probes: { startup: '/up', readiness: '/ready', liveness: '/live' },
  initialVersion: '1.0.0-rc.1',
  podSecurity: 'restricted',
  terraformFlavour: 'terraform',
  stagingTrigger: 'manual',
  secrets: {
    keys: ['DATABASE_URL', 'PAYMENT_KEY'],
    store: 'vault',
    address: 'https://vault.example.com',
    kvMount: 'teams',
  },
  argocd: { instance: 'central', namespace: 'gitops', style: 'applications' },
  alerts: {
    pagerdutyServiceKeyRef: '/etc/alertmanager/secrets/pagerduty/key',
    slackApiUrlRef: '/etc/alertmanager/secrets/slack/url',
  },
  slo: { availability: 99.9, latencyMs: 300, window: '30d' },
  parityAllow: [
    {
      rule: 'K8S-13',
      subject: 'ResourceQuota compute',
      pointer: '/spec/hard/pods',
      reason: 'Production has room for a second service',
      expires: SOON,
    },
  ],
};

const repositoriesOf = (
  host: string,
  dialect: NonNullable<Answers['repos']['dialect']>,
): Part => ({
  repos: {
    host,
    owner: 'acme',
    infrastructure: 'pay-infrastructure',
    deployConfig: 'pay-deploy',
    source: 'pay',
    dialect,
    private: true,
  },
});

const named = (
  ...certificates: readonly NonNullable<Environment['certificate']>[]
): Part => ({
  environments: [
    said('dev', 'non-production', { certificate: certificates[0] }),
    said('staging', 'non-production', { certificate: certificates[1] }),
    said('prod', 'production', { certificate: certificates[2] }),
  ],
});

const EVERYTHING: readonly [string, Part][] = [
  [
    'everything said',
    {
      ...spoken,
      ...repositoriesOf('git.example.com', 'gitea'),
      ...named('selfsigned', 'ca', 'acme'),
      cloud: 'local',
      isolation: 'shared-nonprod',
      clusters: { nonProduction: 'lab', production: 'floor' },
      kubernetesVersion: '1.35',
      nodes: { lab: NODES, floor: NODES },
      stateBackend: { kind: 'local' },
      exposure: 'gateway',
      ingress: {
        gateway: { name: 'edge', namespace: 'edge', sectionName: 'https' },
      },
      database: 'none',
    },
  ],
  [
    'everything said, one cluster, ingress, gitlab',
    {
      ...spoken,
      ...repositoriesOf('gitlab.example.com', 'gitlab'),
      ...named('selfsigned', 'acme-staging', 'acme'),
      ...namespaces,
      cloud: 'local',
      clusters: { shared: 'house' },
      kubernetesVersion: { house: '1.34' },
      nodes: { house: NODES },
      stateBackend: { kind: 'local' },
      exposure: 'ingress',
      ingress: { class: 'haproxy' },
      database: 'none',
    },
  ],
  [
    'everything said, aws, github',
    {
      ...spoken,
      ...repositoriesOf('github.example.com', 'github'),
      github: { ...github.github, plan: 'team' },
      cloud: 'aws',
      isolation: 'shared-nonprod',
      clusters: { nonProduction: 'lab', production: 'floor' },
      kubernetesVersion: { lab: '1.35', floor: '1.34' },
      aws: {
        region: 'eu-central-1',
        accounts: { lab: ACCOUNTS.nonprod, floor: ACCOUNTS.prod },
      },
      vpcCidr: { lab: '10.40.0.0/16', floor: '10.41.0.0/16' },
      stateBackend: {
        kind: 's3',
        buckets: { lab: 'acme-lab-state', floor: 'acme-floor-state' },
      },
      nodes: { lab: { ...NODES, type: 'm7g.2xlarge' } },
      database: 'postgres',
      exposure: 'gateway',
      environments: [
        said('dev', 'non-production', {
          ...database(false, true),
          certificate: 'acme-staging',
        }),
        said('staging', 'non-production', {
          ...database(false),
          certificate: 'ca',
        }),
        said('prod', 'production', { ...database(true), certificate: 'acme' }),
      ],
    },
  ],
  [
    'everything said, aws, clusters one by one, gitlab',
    {
      ...spoken,
      ...repositoriesOf('gitlab.example.com', 'gitlab'),
      cloud: 'aws',
      isolation: 'custom',
      stateBackend: { kind: 's3' },
      database: 'postgres',
      exposure: 'ingress',
      clusters: [
        {
          name: 'lab',
          environments: ['dev'],
          kubernetesVersion: '1.35',
          destination: 'lab-of-acme',
          region: 'us-east-1',
          aws: { accountId: ACCOUNTS.dev, region: 'us-east-1' },
          nodes: { ...NODES, type: 'm7g.2xlarge' },
          vpcCidr: '10.50.0.0/16',
          stateBucket: 'acme-lab-state',
          authMount: 'kubernetes-lab-1',
        },
        {
          name: 'mirror',
          environments: ['staging'],
          aws: { accountId: ACCOUNTS.staging, region: 'us-east-1' },
          vpcCidr: '10.51.0.0/16',
          stateBucket: 'acme-mirror-state',
        },
        {
          name: 'floor',
          environments: ['prod'],
          aws: { accountId: ACCOUNTS.prod, region: 'eu-central-1' },
          vpcCidr: '10.52.0.0/16',
          stateBucket: 'acme-floor-state',
        },
      ],
      environments: [
        said('dev', 'non-production', {
          ...database(false, true),
          certificate: 'selfsigned',
          secrets: 'fake',
        }),
        said('staging', 'non-production', database(false)),
        said('prod', 'production', database(true)),
      ],
    },
  ],
  [
    'clusters one by one, github, nothing exposed',
    {
      ...repositoriesOf('github.example.com', 'github'),
      github: { plan: 'free', private: false },
      prodGate: ['pull-request'],
      cloud: 'local',
      isolation: 'custom',
      exposure: 'none',
      clusters: [
        {
          name: 'lab',
          environments: ['dev', 'staging'],
          destination: 'lab-of-acme',
          region: 'north',
          nodes: NODES,
          authMount: 'kubernetes-lab-1',
        },
        { name: 'floor', environments: ['prod'], kubernetesVersion: '1.34' },
      ],
      ...secrets,
    },
  ],
  [
    'aws, one cluster with a name, github',
    {
      ...github,
      ...repositoriesOf('github.com', 'github'),
      ...namespaces,
      github: { ...github.github, plan: 'team' },
      prodGate: ['pull-request'],
      cloud: 'aws',
      clusters: { shared: 'house' },
      kubernetesVersion: '1.35',
      aws: { region: 'us-east-1', accounts: { house: ACCOUNTS.shared } },
      vpcCidr: { house: '10.60.0.0/16' },
      stateBackend: { kind: 's3', buckets: { house: 'acme-house-state' } },
    },
  ],
  [
    'two environments, github, free',
    {
      ...two,
      ...repositoriesOf('git.example.com', 'gitea'),
      github: { plan: 'free', private: false },
      prodGate: ['pull-request', 'argo-manual-sync'],
      exposure: 'none',
    },
  ],
];

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
    [
      'two regions, applicationset, secrets',
      {
        ...regions,
        ...applicationset,
        ...secrets,
        prodGate: ['pull-request'],
      },
    ],
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
    ...EVERYTHING,
  ] satisfies [string, Part][]
).map(([name, part]) => ({ name, answers: { ...FIVE, ...part } }));
