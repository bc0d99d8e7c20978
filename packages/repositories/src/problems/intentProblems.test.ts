import { Intent } from '@envmatrix/engine';
import { intentOfAnswers } from '../testing';
import { renderRepositories } from '../renderRepositories';
import { intentProblems } from '.';

const answers = {
  service: 'checkout',
  owner: 'group:default/payments',
  image: 'ghcr.io/acme/checkout',
  repos: { host: 'git.example.com', owner: 'acme' },
} as const;

const base = intentOfAnswers(answers);

/** The intent with other values at some paths. */
function withValues(changes: Record<string, unknown>): Intent {
  const intent: Intent = JSON.parse(JSON.stringify(base));
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let node: object = intent;
    for (const part of parts) {
      node = Reflect.get(node, part);
    }
    Reflect.set(node, last, value);
  }
  return intent;
}

const changed = (path: string, value: unknown) => withValues({ [path]: value });

const staging = 'environments.1';
const prod = 'environments.2';

describe('intentProblems', () => {
  it('lets a mount have the name of an environment that reads nothing from it', () => {
    expect(
      intentProblems(
        withValues({
          'service.secrets': ['PAYMENT_KEY'],
          'environments.0.secrets': { strategy: 'fake' },
          secretStore: {
            kind: 'vault',
            address: 'https://vault.example.com',
            kvMount: 'dev',
          },
        }),
      ),
    ).toEqual([]);
  });

  it('has nothing to say of the defaults', () => {
    expect(intentProblems(base)).toEqual([]);
  });

  it.each<[string, Intent, string, string]>([
    [
      'image',
      changed('service.image', undefined),
      'service.image',
      'is missing',
    ],
    [
      'repository',
      changed('repositories.deployConfig', undefined),
      'repositories.deployConfig',
      'is missing',
    ],
    [
      'isolation not acknowledged',
      changed('isolation', 'namespaces'),
      'acknowledged',
      'production shares its control plane',
    ],
    [
      'production beside others',
      withValues({
        [`${prod}.cluster`]: 'nonprod',
        'clusters.0.environments': ['dev', 'staging', 'prod'],
        'clusters.1.environments': [],
      }),
      'clusters.0',
      'beside production',
    ],
    [
      'separate, and two in one',
      changed('isolation', 'separate'),
      'clusters.0',
      'dev and staging; with isolation',
    ],
    [
      'membership',
      changed('clusters.0.environments', ['dev']),
      'clusters.0.environments',
      'dev, staging run in',
    ],
    [
      'version skew',
      changed('clusters.0.kubernetesVersion', '1.36'),
      'clusters.0.kubernetesVersion',
      'more than one minor version',
    ],
    [
      'production ahead',
      changed('clusters.1.kubernetesVersion', '1.35'),
      'clusters.0.kubernetesVersion',
      'reaches production last',
    ],
    [
      'account missing',
      changed('cloud', 'aws'),
      'clusters.0.aws',
      'needs its account',
    ],
    [
      'account shared',
      withValues({
        cloud: 'aws',
        'clusters.0.aws': { accountId: '111111111111', region: 'us-east-1' },
        'clusters.1.aws': { accountId: '111111111111', region: 'us-east-1' },
      }),
      'clusters',
      'an account of its own',
    ],
    [
      'networks overlap',
      changed('vpcCidr', { nonprod: '10.10.0.0/16', prod: '10.10.128.0/17' }),
      'vpcCidr.prod',
      'overlaps 10.10.0.0/16',
    ],
    [
      'network too small',
      changed('vpcCidr', { prod: '10.20.0.0/24' }),
      'vpcCidr.prod',
      'between /16 and /20',
    ],
    [
      'network of nothing',
      changed('vpcCidr', { elsewhere: '10.20.0.0/16' }),
      'vpcCidr.elsewhere',
      'no network',
    ],
    [
      'github-environment elsewhere',
      changed('prodGate', ['github-environment', 'argo-manual-sync']),
      'prodGate',
      'needs repositories on GitHub',
    ],
    [
      'github-environment on a private repository',
      withValues({
        prodGate: ['github-environment', 'argo-manual-sync'],
        scm: {
          dialect: 'github',
          github: { private: true, plan: 'team', reviewers: ['acme/sre'] },
        },
      }),
      'prodGate',
      'GitHub Enterprise only',
    ],
    [
      'github-environment without reviewers',
      withValues({
        prodGate: ['github-environment', 'argo-manual-sync'],
        scm: { dialect: 'github' },
      }),
      'scm.github.reviewers',
      'at least one team',
    ],
    [
      'gate and sync disagree',
      changed('prodGate', ['pull-request']),
      `${prod}.delivery.sync`,
      "add 'argo-manual-sync'",
    ],
    [
      'a commit round the pull request',
      changed(`${prod}.delivery.way`, 'commit'),
      `${prod}.delivery.way`,
      'would go round it',
    ],
    [
      'requests above limits',
      changed(`${staging}.workload.requests.cpu`, '1500m'),
      `${staging}.workload.requests.cpu`,
      'more than the limit of 1',
    ],
    [
      'too few in production',
      changed(`${prod}.workload.replicas`, 2),
      `${prod}.workload.replicas`,
      'too few for production',
    ],
    [
      'one replica in staging',
      changed(`${staging}.workload.replicas`, 1),
      `${staging}.workload.replicas`,
      'needs 2',
    ],
    [
      'quota too small',
      changed(`${prod}.quota`, { 'limits.cpu': '3' }),
      `${prod}.quota.limits.cpu`,
      'does not carry 3 replicas',
    ],
    [
      'smaller than before',
      changed(`${prod}.workload.limits.memory`, '768Mi'),
      `${prod}.workload.limits.memory`,
      "less than 1Gi of 'staging'",
    ],
    [
      'fewer than before',
      changed(`${staging}.workload.replicas`, 5),
      `${prod}.workload.replicas`,
      'less than the 5',
    ],
    [
      'host without exposure',
      changed(`${prod}.host`, 'checkout.example.com'),
      `${prod}.host`,
      "service.exposure is 'none'",
    ],
    [
      'exposure without host',
      changed('service.exposure', 'gateway'),
      'environments.0.host',
      'is missing',
    ],
    [
      'host twice',
      withValues({
        'service.exposure': 'gateway',
        'environments.0.host': 'a.example.com',
        [`${staging}.host`]: 'a.example.com',
        [`${prod}.host`]: 'b.example.com',
      }),
      `${staging}.host`,
      "host of 'dev' already",
    ],
    [
      'wildcard in production',
      withValues({
        'service.exposure': 'gateway',
        'environments.0.host': 'a.example.com',
        [`${staging}.host`]: 'c.example.com',
        [`${prod}.host`]: '*.example.com',
      }),
      `${prod}.host`,
      'is a wildcard',
    ],
    [
      'secrets without a store',
      changed('service.secrets', ['PAYMENT_KEY']),
      'secretStore',
      'address of the Vault',
    ],
    [
      'mount with data',
      changed('secretStore', {
        kind: 'vault',
        address: 'https://vault.example.com',
        kvMount: 'secret/data',
      }),
      'secretStore.kvMount',
      'the mount alone',
    ],
    [
      'mount with the name of an environment',
      withValues({
        'service.secrets': ['PAYMENT_KEY'],
        secretStore: {
          kind: 'vault',
          address: 'https://vault.example.com',
          kvMount: 'staging',
        },
      }),
      'secretStore.kvMount',
      'off the path staging/checkout',
    ],
    [
      'made-up secrets in production',
      changed(`${prod}.secrets`, { strategy: 'fake' }),
      `${prod}.secrets.strategy`,
      "production needs 'vault'",
    ],
    [
      'metrics kept too short',
      changed(`${prod}.observability`, { retentionDays: 20 }),
      `${prod}.observability.retentionDays`,
      'less than the 30 days',
    ],
    [
      'no standby',
      withValues({
        'service.database': 'postgres',
        [`${prod}.infrastructure`]: { database: { multiAz: false } },
      }),
      `${prod}.infrastructure.database.multiAz`,
      'a standby',
    ],
  ])('%s', (_, intent, field, message) => {
    expect(intentProblems(intent)).toContainEqual({
      field,
      message: expect.stringContaining(message),
    });
    expect(() => renderRepositories({ intent, skeleton: [] })).toThrow(
      intentProblems(intent)[0].message,
    );
  });
});
