import { validateIntent } from '../../intent';
import { PlanError, TerraformFile } from '../../terraform';
import { verify } from '../verify';

const NOW = '2026-11-20T12:00:00Z';

const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
type Name = (typeof ENVIRONMENTS)[number] | 'nonprod';

const result = validateIntent({
  apiVersion: 'environments.envmatrix.dev/v1alpha1',
  kind: 'Environments',
  metadata: { name: 'checkout', owner: 'group:default/payments' },
  isolation: 'shared-nonprod',
  clusters: [
    {
      name: 'nonprod',
      environments: ['dev', 'staging'],
      aws: { accountId: '111111111111', region: 'eu-west-1' },
    },
    {
      name: 'prod',
      environments: ['prod'],
      aws: { accountId: '222222222222', region: 'eu-west-1' },
    },
  ],
  environments: ENVIRONMENTS.map((name, index) => ({
    name,
    level: index + 1,
    kind: name === 'prod' ? 'production' : 'non-production',
    cluster: name === 'prod' ? 'prod' : 'nonprod',
    namespace: `checkout-${name}`,
    delivery:
      index === 0
        ? { sync: 'automatic' }
        : { sync: 'automatic', from: ENVIRONMENTS[index - 1] },
  })),
});
if (!result.ok) {
  throw new Error(JSON.stringify(result.problems));
}
const { intent } = result;

/** A root as its parts, each of which a case may change. */
interface Root {
  tfvars: Record<string, unknown>;
  backend: Record<string, unknown>;
  provider: Record<string, unknown>;
  main: string;
  versions: Record<string, unknown>;
  plan?: Record<string, unknown>;
}

type Repository = Record<Name, Root>;

const ACCOUNTS: Record<Name, string> = {
  nonprod: '111111111111',
  dev: '111111111111',
  staging: '111111111111',
  prod: '222222222222',
};

function root(name: Name, tfvars: Record<string, unknown>): Root {
  return {
    tfvars: {
      environment: name,
      aws_account_id: ACCOUNTS[name],
      node_type: 'm7g.large',
      node_count: 3,
      vpc_cidr: '10.10.0.0/16',
      create_cluster: true,
      create_database: true,
      db_instance_class: 'db.t4g.medium',
      db_multi_az: false,
      enable_waf: true,
      ...tfvars,
    },
    backend: {
      bucket: `checkout-state-${ACCOUNTS[name]}`,
      key: `checkout/${name}/terraform.tfstate`,
      encrypt: true,
      use_lockfile: true,
    },
    provider: {
      allowed_account_ids: ['${var.aws_account_id}'],
      default_tags: [{ tags: { Environment: '${var.environment}' } }],
    },
    main: 'module "vpc" {\n  source = "../../modules/vpc"\n}\n',
    versions: { aws: { source: 'hashicorp/aws', version: '~> 6.0' } },
  };
}

function repository(): Repository {
  return {
    nonprod: root('nonprod', { create_database: false, enable_waf: false }),
    dev: root('dev', {
      create_cluster: false,
      db_instance_class: 'db.t4g.small',
    }),
    staging: root('staging', { create_cluster: false }),
    prod: root('prod', {
      node_count: 5,
      vpc_cidr: '10.20.0.0/16',
      db_multi_az: true,
    }),
  };
}

function filesOf(name: string, entry: Root): TerraformFile[] {
  const folder = `environments/${name}`;
  return [
    {
      name: `${folder}/${name}.tfvars`,
      text: Object.entries(entry.tfvars)
        .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
        .join(''),
      json: entry.tfvars,
    },
    {
      name: `${folder}/backend.tf`,
      text: `terraform {\n  backend "s3" {\n${Object.keys(entry.backend)
        .map(key => `    ${key} = x\n`)
        .join('')}  }\n}\n`,
      json: { terraform: [{ backend: { s3: [entry.backend] } }] },
    },
    {
      name: `${folder}/providers.tf`,
      text: 'provider "aws" {\n}\n',
      json: { provider: { aws: [entry.provider] } },
    },
    {
      name: `${folder}/main.tf`,
      text: entry.main,
      json: {
        module: {
          vpc: [{ source: /source += +"(.*)"/.exec(entry.main)?.[1] }],
        },
      },
    },
    {
      name: `${folder}/versions.tf`,
      text: 'terraform {\n}\n',
      json: { terraform: [{ required_providers: [entry.versions] }] },
    },
  ];
}

function findings(
  change: (entry: Repository) => void,
  options: { files?: boolean } = {},
) {
  const changed = repository();
  change(changed);
  const plans = Object.fromEntries(
    Object.entries(changed).flatMap(([name, { plan: made }]) =>
      made ? [[name, made]] : [],
    ),
  );
  return verify({
    intent,
    manifests: {},
    now: NOW,
    ...(options.files === false
      ? {}
      : {
          infrastructure: Object.entries(changed).flatMap(([name, entry]) =>
            filesOf(name, entry),
          ),
        }),
    plans,
  }).findings.filter(({ rule }) => rule.startsWith('TF-'));
}

/** What is not as it should be: rule, outcome and environments. */
function problems(change: (entry: Repository) => void) {
  return findings(change)
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    .map(
      ({ rule, outcome, environments }) =>
        `${rule} ${outcome} ${environments.join(' ')}`,
    );
}

function plan(
  resources: {
    address: string;
    type: string;
    actions?: string[];
    after?: Record<string, unknown>;
  }[],
  more: Record<string, unknown> = {},
) {
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    timestamp: '2026-11-20T06:00:00Z',
    variables: {},
    resource_changes: resources.map(({ actions, after, ...rest }) => ({
      mode: 'managed',
      ...rest,
      change: { actions: actions ?? ['create'], after: after ?? {} },
    })),
    ...more,
  };
}

const DATABASE = {
  address: 'module.database[0].aws_db_instance.this',
  type: 'aws_db_instance',
  after: {
    deletion_protection: true,
    backup_retention_period: 14,
    skip_final_snapshot: false,
    storage_encrypted: true,
    publicly_accessible: false,
    multi_az: true,
  },
};
const FIREWALL = {
  address: 'module.edge.aws_wafv2_web_acl.this',
  type: 'aws_wafv2_web_acl',
};

describe('rules about Terraform', () => {
  it('find nothing wrong with roots that differ where they may', () => {
    expect(problems(() => {})).toEqual([]);
    const outcomes = new Map(
      findings(() => {}).map(({ rule, outcome }) => [rule, outcome]),
    );
    expect(outcomes.get('TF-03')).toBe('pass');
    expect(outcomes.get('TF-14')).toBe('unknown');
  });

  it('say which source is missing when no repository is given', () => {
    const all = findings(() => {}, { files: false });
    expect(all.map(({ outcome }) => outcome)).toEqual(all.map(() => 'unknown'));
    expect(all[0]).toMatchObject({
      missing: 'terraform',
      reason:
        'The infrastructure repository was not given: pass --infrastructure DIR',
    });
    expect(all.find(({ rule }) => rule === 'TF-14')).toMatchObject({
      missing: 'plan',
    });
  });

  it.each<[string, (entry: Repository) => void, string[]]>([
    [
      'another main.tf',
      r => {
        r.staging.main =
          'module "vpc" {\n  source = "../../modules/other"\n}\n';
      },
      ['TF-01 fail staging', 'TF-11 fail staging'],
    ],
    [
      'main.tf in another layout, which is the same',
      r => {
        r.staging.main =
          'module "vpc" {\n    source   =   "../../modules/vpc"\n\n}\n';
      },
      [],
    ],
    [
      'a variable that one environment forgets',
      r => {
        delete r.dev.tfvars.db_multi_az;
      },
      ['TF-02 fail dev'],
    ],
    [
      'a state at the place of another',
      r => {
        r.staging.backend.key = r.dev.backend.key;
      },
      ['TF-03 fail dev', 'TF-03 fail staging', 'TF-06 fail staging'],
    ],
    [
      'production in the bucket of the others, although it has an account of its own',
      r => {
        r.prod.backend.bucket = r.dev.backend.bucket;
      },
      ['TF-03 fail prod'],
    ],
    [
      'a state that nothing locks',
      r => {
        delete r.prod.backend.use_lockfile;
      },
      ['TF-04 fail prod'],
    ],
    [
      'a state that is locked in the old way',
      r => {
        delete r.prod.backend.use_lockfile;
        r.prod.backend.dynamodb_table = 'locks';
      },
      ['TF-04 warn prod'],
    ],
    [
      'a state that is not encrypted',
      r => {
        r.dev.backend.encrypt = false;
      },
      ['TF-04 fail dev'],
    ],
    [
      'the variables of another environment',
      r => {
        r.staging.tfvars.environment = 'prod';
      },
      ['TF-05 fail staging', 'TF-06 fail staging'],
    ],
    [
      'a host of another environment',
      r => {
        for (const name of ['dev', 'staging', 'prod'] as const) {
          r[name].tfvars.hostname = 'checkout.dev.example.com';
        }
        r.nonprod.tfvars.hostname = '';
      },
      ['TF-06 fail staging', 'TF-06 fail prod'],
    ],
    [
      'staging with a larger database than production',
      r => {
        r.staging.tfvars.db_instance_class = 'db.m7g.2xlarge';
      },
      ['TF-07 fail prod'],
    ],
    [
      'more nodes outside of production',
      r => {
        r.nonprod.tfvars.node_count = 9;
      },
      ['TF-07 fail prod'],
    ],
    [
      'production without a standby',
      r => {
        r.prod.tfvars.db_multi_az = false;
      },
      ['TF-08 fail prod'],
    ],
    [
      'a standby in dev',
      r => {
        r.dev.tfvars.db_multi_az = true;
      },
      ['TF-08 warn dev'],
    ],
    [
      'staging without a firewall',
      r => {
        r.staging.tfvars.enable_waf = false;
      },
      ['TF-09 fail staging'],
    ],
    [
      'another version of the provider',
      r => {
        r.dev.versions = {
          aws: { source: 'hashicorp/aws', version: '~> 5.0' },
        };
      },
      ['TF-11 fail dev'],
    ],
    [
      'networks that overlap',
      r => {
        r.prod.tfvars.vpc_cidr = '10.10.128.0/20';
      },
      ['TF-17 fail prod'],
    ],
    [
      'no guard on the account',
      r => {
        delete r.prod.provider.allowed_account_ids;
      },
      ['TF-18 fail prod'],
    ],
    [
      'the account of another environment',
      r => {
        r.prod.tfvars.aws_account_id = '111111111111';
      },
      ['TF-18 fail prod'],
    ],
    [
      'a literal password',
      r => {
        for (const name of ['nonprod', 'dev', 'staging', 'prod'] as const) {
          r[name].tfvars.db_password = name === 'prod' ? 'hunter2' : '';
        }
      },
      ['TF-19 fail prod'],
    ],
    [
      'a plan with a check that fails',
      r => {
        r.prod.plan = plan([DATABASE, FIREWALL], {
          checks: [{ address: { to_display: 'check.health' }, status: 'fail' }],
        });
      },
      ['TF-14 fail prod'],
    ],
    [
      'a plan that replaces the database',
      r => {
        r.prod.plan = plan([
          { ...DATABASE, actions: ['delete', 'create'] },
          FIREWALL,
        ]);
      },
      ['TF-15 fail prod'],
    ],
    [
      'a plan that found a change by hand',
      r => {
        r.prod.plan = plan([DATABASE, FIREWALL], {
          resource_drift: [{ address: 'aws_security_group.db' }],
        });
      },
      ['TF-16 fail prod'],
    ],
    [
      'a plan of yesterday morning',
      r => {
        r.prod.plan = plan([DATABASE, FIREWALL], {
          timestamp: '2026-11-19T06:00:00Z',
        });
      },
      ['TF-20 warn prod'],
    ],
    [
      'a database of production without protection',
      r => {
        r.prod.plan = plan([
          {
            ...DATABASE,
            after: { ...DATABASE.after, deletion_protection: false },
          },
          FIREWALL,
        ]);
      },
      ['TF-12 fail prod'],
    ],
    [
      'a database of staging that is not encrypted',
      r => {
        r.prod.plan = plan([DATABASE, FIREWALL]);
        r.staging.plan = plan([
          { ...DATABASE, after: { storage_encrypted: false, multi_az: false } },
          FIREWALL,
        ]);
      },
      ['TF-13 fail staging'],
    ],
    [
      'a resource that staging lacks',
      r => {
        r.prod.plan = plan([DATABASE, FIREWALL]);
        r.staging.plan = plan([FIREWALL]);
      },
      ['TF-10 fail staging'],
    ],
    [
      'three of a thing instead of one, which are the same thing',
      r => {
        r.prod.plan = plan([
          DATABASE,
          FIREWALL,
          { address: 'aws_nat_gateway.this[0]', type: 'aws_nat_gateway' },
          { address: 'aws_nat_gateway.this[1]', type: 'aws_nat_gateway' },
        ]);
        r.staging.plan = plan([
          { ...DATABASE, after: { ...DATABASE.after, multi_az: false } },
          FIREWALL,
          { address: 'aws_nat_gateway.this["a"]', type: 'aws_nat_gateway' },
        ]);
      },
      [],
    ],
    [
      'a plan without a firewall',
      r => {
        r.prod.tfvars.enable_waf = false;
        r.prod.plan = plan([DATABASE]);
      },
      ['TF-09 fail prod'],
    ],
    [
      'a password that would stand in the state',
      r => {
        r.prod.plan = plan([
          { ...DATABASE, after: { ...DATABASE.after, password: 'hunter2' } },
          FIREWALL,
        ]);
      },
      ['TF-19 fail prod'],
    ],
  ])('%s', (_, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  it('point at the line, and never repeat a secret', () => {
    const found = findings(r => {
      for (const name of ['nonprod', 'dev', 'staging', 'prod'] as const) {
        r[name].tfvars.db_password = name === 'prod' ? 'hunter2' : '';
      }
    }).find(({ outcome }) => outcome === 'fail');
    expect(found).toMatchObject({
      subject: 'terraform environments/prod',
      pointer: '/db_password',
      locations: { prod: 'environments/prod/prod.tfvars:11' },
    });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('refuse what is no plan, with a sentence', () => {
    const broken = (value: unknown) => () =>
      verify({ intent, manifests: {}, now: NOW, plans: { prod: value } });
    expect(broken([])).toThrow(PlanError);
    expect(broken({ format_version: '1.0', values: {} })).toThrow(
      'the plan of prod says nothing of resources; it may be a state, and a plan is needed',
    );
    expect(broken({ format_version: '0.1', resource_changes: [] })).toThrow(
      'the plan of prod has format 0.1; 1.x can be read',
    );
  });
});
