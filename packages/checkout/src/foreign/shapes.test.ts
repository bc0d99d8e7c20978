import fs from 'fs/promises';
import os from 'os';
import path from 'path';
import { Finding } from '@envmatrix/engine';
import {
  HclError,
  loadInfrastructure,
  parseInfrastructure,
} from '../loadInfrastructure';
import { judged, told } from './judge';
import { Files, single } from './lifelike';

jest.setTimeout(60_000);

const everywhere = (files: (name: string, index: number) => Files): Files =>
  Object.assign({}, ...['dev', 'staging', 'prod'].map(files));

const reasons = (findings: readonly Finding[], rule: string) =>
  findings
    .filter(finding => finding.rule === rule)
    .map(({ outcome, environments, reason = '' }) =>
      `${outcome} [${environments}] ${reason}`.trim(),
    );

const outcomesOf = (findings: readonly Finding[], ...rules: string[]) =>
  Object.fromEntries(
    rules.map(rule => [
      rule,
      [
        ...new Set(
          findings
            .filter(finding => finding.rule === rule)
            .map(({ outcome }) => outcome),
        ),
      ].join(),
    ]),
  );

describe('shapes of infrastructure that are not read, or only in part', () => {
  it('Terragrunt: nothing is known, and a plan would tell', async () => {
    const findings = await judged({
      'terragrunt.hcl': 'remote_state {\n  backend = "s3"\n}\n',
      'modules/shop/main.tf': 'resource "aws_vpc" "a" {\n}\n',
      ...everywhere(name => ({
        [`live/${name}/terragrunt.hcl`]: 'include "root" {\n}\n',
        [`live/${name}/shop/terragrunt.hcl`]:
          'terraform {\n  source = "../../../modules//shop"\n}\n',
      })),
    });
    expect(new Set(findings.map(({ outcome }) => outcome))).toEqual(
      new Set(['unknown']),
    );
    expect(reasons(findings, 'TF-03')).toEqual(
      ['dev', 'staging', 'prod'].map(
        name =>
          `unknown [${name}] live/${name}/shop/terragrunt.hcl is run by Terragrunt, which writes the configuration when it runs`,
      ),
    );
    expect(reasons(findings, 'TF-05')[2]).toContain(
      'pass --plan prod/shop=FILE',
    );
  });

  it('Terragrunt beside Terraform: what can be read is judged', async () => {
    const findings = await judged({
      ...single.files(),
      'live/prod/edge/terragrunt.hcl': 'terraform {\n}\n',
    });
    expect(told(findings)).toEqual([]);
    expect(outcomesOf(findings, 'TF-03')).toEqual({ 'TF-03': 'pass,unknown' });
  });

  it('workspaces: the place of the state is told by them, and values by what looks them up', async () => {
    const files = {
      'main.tf': `terraform {
  backend "s3" {
    bucket       = "acme-state"
    key          = "shop.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

locals {
  env   = terraform.workspace
  class = { dev = "db.t4g.small", staging = "db.m7g.large", prod = "db.m7g.xlarge" }
}

provider "aws" {
  allowed_account_ids = [terraform.workspace == "prod" ? "222222222222" : "111111111111"]
  default_tags {
    tags = { Environment = local.env }
  }
}

resource "aws_db_instance" "main" {
  instance_class = local.class[terraform.workspace]
  multi_az       = terraform.workspace == "prod"
}
`,
    };
    const findings = await judged(files);
    // One bucket, although production has an account of its own.
    expect(told(findings)).toEqual(['fail TF-03 [prod] main.tf:3']);
    expect(outcomesOf(findings, 'TF-05', 'TF-07', 'TF-08', 'TF-18')).toEqual({
      'TF-05': 'pass',
      'TF-07': 'pass',
      'TF-08': 'pass',
      'TF-18': 'pass',
    });
    const smaller = await judged({
      'main.tf': files['main.tf'].replace('db.m7g.xlarge', 'db.t4g.micro'),
    });
    expect(told(smaller)).toContain('fail TF-07 [prod] main.tf:23');
  });

  it('one backend for all files of variables: what keeps the states apart is not known', async () => {
    const files = single.files();
    for (const name of ['dev', 'staging', 'prod']) {
      delete files[`terraform/backends/${name}.hcl`];
    }
    const partial = await judged(files);
    expect(told(partial)).toEqual([]);
    expect(reasons(partial, 'TF-03')[2]).toBe(
      'unknown [prod] Where prod keeps its state is not literal in terraform/versions.tf: bucket and key are given when Terraform is initialised',
    );
    expect(reasons(partial, 'TF-04')[0]).toMatch(
      /^unknown \[dev\] Whether use_lockfile is set for dev is not said in terraform\/versions.tf/,
    );
    const literal = await judged({
      ...files,
      'terraform/versions.tf': files['terraform/versions.tf'].replace(
        '{}',
        '{\n    bucket = "a"\n    key = "b"\n    encrypt = true\n    use_lockfile = true\n  }',
      ),
    });
    expect(reasons(literal, 'TF-03')[0]).toBe(
      'unknown [dev] terraform has one backend for every environment, and no file says by what the state of dev is kept apart',
    );
  });

  it.each<[string, (name: string) => string, string[]]>([
    [
      'containers of Azure',
      name =>
        `backend "azurerm" {\n    storage_account_name = "acme${name}"\n    container_name = "tf"\n    key = "shop"\n  }`,
      [],
    ],
    [
      'one container of Azure for two',
      name =>
        `backend "azurerm" {\n    storage_account_name = "acme"\n    container_name = "tf"\n    key = "${
          name === 'prod' ? 'prod' : 'nonprod'
        }"\n  }`,
      [
        'fail TF-03 [dev] envs/dev/main.tf:5',
        'fail TF-03 [staging] envs/staging/main.tf:5',
        'fail TF-03 [prod] envs/prod/main.tf:3',
      ],
    ],
    [
      'prefixes of one bucket of Google',
      name =>
        `backend "gcs" {\n    bucket = "acme-${name}"\n    prefix = "shop"\n  }`,
      [],
    ],
    [
      'an address that does not lock',
      name => `backend "http" {\n    address = "https://state/${name}"\n  }`,
      ['dev', 'staging', 'prod'].map(
        name => `fail TF-04 [${name}] envs/${name}/main.tf:2`,
      ),
    ],
    [
      'schemas of a database',
      name => `backend "pg" {\n    schema_name = "${name}"\n  }`,
      [],
    ],
    [
      'a path beside the root',
      name => `backend "local" {\n    path = "../${name}.tfstate"\n  }`,
      [],
    ],
    [
      'one path for all',
      () => 'backend "local" {\n    path = "../shop.tfstate"\n  }',
      ['dev', 'staging', 'prod'].map(
        name => `fail TF-03 [${name}] envs/${name}/main.tf:3`,
      ),
    ],
    [
      'a workspace of the older remote backend',
      name =>
        `backend "remote" {\n    organization = "acme"\n    workspaces {\n      name = "shop-${name}"\n    }\n  }`,
      [],
    ],
  ])('%s', async (_, backend, expected) => {
    const findings = await judged(
      everywhere(name => ({
        [`envs/${name}/main.tf`]: `terraform {\n  ${backend(
          name,
        )}\n}\nprovider "google" {\n}\n`,
        [`envs/${name}/terraform.tfvars`]: `environment = "${name}"\n`,
      })),
    );
    expect(told(findings).filter(found => !found.includes('TF-01'))).toEqual(
      expected,
    );
  });

  it('workspaces of a cloud that tags choose', async () => {
    const findings = await judged(
      everywhere(name => ({
        [`envs/${name}/main.tf`]:
          'terraform {\n  cloud {\n    organization = "acme"\n    workspaces {\n      tags = ["shop"]\n    }\n  }\n}\n',
      })),
    );
    expect(reasons(findings, 'TF-03')[0]).toBe(
      'unknown [dev] Where dev keeps its state is not literal in envs/dev/main.tf: workspaces name is given when Terraform is initialised',
    );
  });

  it.each<[string, string, string]>([
    [
      'a module that is repeated for each environment',
      'module "shop" {\n  for_each = toset(["dev", "staging", "prod"])\n  source = "./shop"\n}\n',
      'dev, staging and prod',
    ],
    [
      'modules for environments beside each other',
      'module "shop_dev" {\n  source = "./shop"\n}\nmodule "shop_production" {\n  source = "./shop"\n}\n',
      'dev and prod',
    ],
    [
      'a module that is repeated for each key of a map',
      'locals {\n  all = { staging = 1, prod = 2 }\n}\nmodule "shop" {\n  for_each = local.all\n  source = "./shop"\n}\n',
      'staging and prod',
    ],
  ])('%s in one state', async (_, text, names) => {
    const findings = await judged({
      'infra/main.tf': `terraform {\n  backend "gcs" {\n    bucket = "acme"\n  }\n}\n${text}`,
    });
    expect(reasons(findings, 'TF-03')).toEqual([
      `fail [dev,staging,prod] infra makes ${names}, and keeps them in one state`,
    ]);
  });

  it('an environment that no root is for is not passed over', async () => {
    const files = single.files();
    delete files['terraform/vars/staging.tfvars'];
    delete files['terraform/backends/staging.hcl'];
    const findings = await judged(files);
    expect(told(findings)).toEqual([]);
    expect(reasons(findings, 'TF-01')).toContain(
      'unknown [staging] No root of the infrastructure repository is for staging: no folder, variable file or workspace is named for it. Name it so, or pass --plan staging=FILE',
    );
  });

  it('files that several roots link to are read', async () => {
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'links-'));
    try {
      await fs.mkdir(path.join(directory, 'envs/dev'), { recursive: true });
      await fs.mkdir(path.join(directory, 'shared'));
      await fs.writeFile(
        path.join(directory, 'shared/providers.tf'),
        'provider "aws" {\n}\n',
      );
      await fs.symlink(
        '../../shared/providers.tf',
        path.join(directory, 'envs/dev/providers.tf'),
      );
      await fs.symlink('/etc/hosts', path.join(directory, 'envs/dev/hosts.tf'));
      await fs.symlink('nowhere', path.join(directory, 'envs/dev/gone.tf'));
      const files = await loadInfrastructure(directory);
      expect(files.map(({ name }) => name)).toEqual([
        'envs/dev/providers.tf',
        'shared/providers.tf',
      ]);
    } finally {
      await fs.rm(directory, { recursive: true, force: true });
    }
  });

  it('folders that cannot be told to be roots are not passed over', async () => {
    const findings = await judged({
      'infra/main.tf': 'resource "aws_vpc" "a" {\n}\n',
    });
    expect(new Set(findings.map(({ outcome }) => outcome))).toEqual(
      new Set(['unknown']),
    );
    expect(reasons(findings, 'TF-01')[0]).toMatch(
      /No folder of the infrastructure repository can be told to be the Terraform root/,
    );
  });

  it('is bounded by what a file may hold', async () => {
    const deep = `${'('.repeat(400)}1${')'.repeat(400)}`;
    const findings = await judged(
      everywhere(name => ({
        [`envs/${name}/main.tf`]: [
          'locals {',
          `  deep = ${deep}`,
          '  a0 = local.b',
          '  b  = local.a0',
          ...Array.from(
            { length: 400 },
            (_, index) => `  c${index} = "\${local.c${index + 1}}x"`,
          ),
          '  env = "${local.deep}"',
          '}',
          'module "itself" {',
          '  source = "../dev"',
          '  vpc_cidr = cidrsubnet("nonsense", 99, "x")',
          '}',
          'provider "aws" {',
          '  allowed_account_ids = [for k, v in local.nothing : v if k != ""]',
          '}',
        ].join('\n'),
      })),
    );
    expect(findings.length).toBeGreaterThan(20);
    expect(outcomesOf(findings, 'TF-05')).toEqual({ 'TF-05': 'unknown' });
  });

  it.each([
    ['envs/dev/main.tf', 'resource "a" "b" {\n  x = \n}\n', 2],
    ['envs/dev/terraform.tfvars', 'a = 1\nb = = 2\n', 2],
    ['envs/dev/terraform.tfvars.json', '{\n "a": 1,\n}\n', 3],
  ])(
    '%s that is broken is named with its line',
    async (name, content, line) => {
      await expect(
        parseInfrastructure([{ path: name, content }]),
      ).rejects.toThrow(new RegExp(`^${name.replace(/\./g, '\\.')}:${line}: `));
      await expect(
        parseInfrastructure([{ path: name, content }]),
      ).rejects.toBeInstanceOf(HclError);
    },
  );
});

/** A plan as `terraform show -json` prints it. */
const planOf = (
  resources: {
    address: string;
    actions?: string[];
    after?: object;
    unknown?: object;
    mode?: string;
  }[],
  more: object = {},
) => ({
  format_version: '1.2',
  terraform_version: '1.11.4',
  timestamp: '2026-11-20T06:00:00Z',
  variables: {},
  resource_changes: resources.map(
    ({ address, actions = ['no-op'], after = {}, unknown = {}, mode }) => ({
      address,
      mode: mode ?? 'managed',
      type: address
        .replace(/\[[^\]]*\]/g, '')
        .split('.')
        .at(-2),
      change: {
        actions,
        before: null,
        after: actions.join() === 'delete' ? null : after,
        after_unknown: unknown,
        after_sensitive: {},
      },
    }),
  ),
  ...more,
});

const CLUSTER = {
  address: 'module.stack.module.db["main"].aws_rds_cluster.this',
  after: {
    deletion_protection: true,
    backup_retention_period: 14,
    skip_final_snapshot: false,
    storage_encrypted: true,
    master_password: null,
  },
};

const WAF = { address: 'module.stack.aws_wafv2_web_acl.main[0]' };

describe('plans that are not ours', () => {
  const FOUND: [string, Parameters<typeof planOf>, string[]][] = [
    ['a plan as it should be', [[CLUSTER, WAF]], []],
    [
      'a database cluster without protection, deep in modules',
      [
        [
          {
            ...CLUSTER,
            after: { ...CLUSTER.after, deletion_protection: null },
          },
          WAF,
        ],
      ],
      ['fail TF-12 [prod] terraform'],
    ],
    [
      'a value that is not known before it is applied',
      [
        [
          {
            ...CLUSTER,
            after: { deletion_protection: true, storage_encrypted: true },
            unknown: { backup_retention_period: true },
          },
          WAF,
        ],
      ],
      ['unknown TF-12 [prod] terraform'],
    ],
    [
      'a database of Google without backups',
      [
        [
          {
            address: 'google_sql_database_instance.main',
            after: {
              deletion_protection: true,
              settings: [{ availability_type: 'REGIONAL' }],
            },
          },
          WAF,
        ],
      ],
      ['fail TF-12 [prod] terraform'],
    ],
    [
      'a database of Google in one zone',
      [
        [
          {
            address: 'google_sql_database_instance.main',
            after: {
              deletion_protection: true,
              settings: [
                {
                  availability_type: 'ZONAL',
                  backup_configuration: [{ enabled: true }],
                },
              ],
            },
          },
          WAF,
        ],
      ],
      ['fail TF-08 [prod] terraform'],
    ],
    [
      'an API that is open to all, as it is where nothing is said',
      [
        [
          {
            address: 'aws_eks_cluster.main',
            after: {
              enabled_cluster_log_types: ['api'],
              encryption_config: [{}],
              vpc_config: [{ endpoint_public_access: true }],
            },
          },
          WAF,
        ],
      ],
      ['fail TF-12 [prod] terraform'],
    ],
    [
      'no firewall, whatever the variables say',
      [[CLUSTER]],
      ['fail TF-09 [prod] terraform'],
    ],
    [
      'a store of data that is made anew, created first',
      [
        [
          CLUSTER,
          WAF,
          {
            address: 'aws_opensearch_domain.logs',
            actions: ['create', 'delete'],
          },
        ],
      ],
      ['fail TF-15 [prod] terraform'],
    ],
    [
      'a bucket of another cloud that goes',
      [
        [
          CLUSTER,
          WAF,
          {
            address: 'azurerm_storage_account.files["a.b"]',
            actions: ['delete'],
          },
        ],
      ],
      ['fail TF-15 [prod] terraform'],
    ],
    [
      'a group of subnets that is made anew, and data that is read',
      [
        [
          CLUSTER,
          WAF,
          {
            address: 'aws_elasticache_subnet_group.a',
            actions: ['delete', 'create'],
          },
          {
            address: 'data.aws_db_instance.x',
            actions: ['read'],
            mode: 'data',
          },
        ],
      ],
      [],
    ],
    [
      'a password that will be known when it is applied',
      [
        [
          {
            ...CLUSTER,
            after: { ...CLUSTER.after, master_password: undefined },
            unknown: { master_password: true },
          },
          WAF,
        ],
      ],
      ['fail TF-19 [prod] terraform'],
    ],
    [
      'what only moved in the files, which is no drift',
      [
        [CLUSTER, WAF],
        {
          resource_drift: [
            {
              address: 'aws_vpc.new',
              mode: 'managed',
              previous_address: 'aws_vpc.old',
              change: { actions: ['no-op'] },
            },
          ],
        },
      ],
      [],
    ],
    [
      'what somebody deleted by hand',
      [
        [CLUSTER, WAF],
        {
          resource_drift: [
            {
              address: 'aws_vpc.main',
              mode: 'managed',
              change: { actions: ['delete'] },
            },
          ],
        },
      ],
      ['fail TF-16 [prod] terraform'],
    ],
    [
      'a check that only applying will tell',
      [
        [CLUSTER, WAF],
        { checks: [{ address: { to_display: 'check.a' }, status: 'unknown' }] },
      ],
      ['unknown TF-14 [prod] terraform'],
    ],
    [
      'the name of another environment',
      [[CLUSTER, WAF], { variables: { env: { value: 'staging' } } }],
      ['fail TF-05 [prod] terraform'],
    ],
  ];

  it.each(FOUND)('%s', async (_, plan, expected) => {
    const findings = await judged(single.files(), {
      prod: planOf(...plan),
    });
    const planned = findings.filter(({ environments }) =>
      environments.includes('prod'),
    );
    expect(
      told(planned, ['fail', 'warn', 'unknown']).filter(
        found => !/\[(dev|dev,.*)\]/.test(found),
      ),
    ).toEqual(expected);
  });

  it('judges what Terragrunt runs by its plans', async () => {
    const findings = await judged(
      everywhere(name => ({
        [`live/${name}/shop/terragrunt.hcl`]: 'terraform {\n}\n',
      })),
      {
        'prod/shop': planOf([
          WAF,
          {
            address: 'aws_db_instance.main',
            after: {
              instance_class: 'db.t4g.small',
              multi_az: false,
              deletion_protection: true,
              storage_encrypted: true,
            },
          },
          { address: 'aws_vpc.main', after: { cidr_block: '10.0.0.0/16' } },
        ]),
        'staging/shop': planOf([
          WAF,
          {
            address: 'aws_db_instance.main',
            after: {
              instance_class: 'db.m7g.large',
              multi_az: false,
              storage_encrypted: true,
            },
          },
          { address: 'aws_vpc.main', after: { cidr_block: '10.0.8.0/24' } },
        ]),
      },
    );
    expect(told(findings)).toEqual([
      'fail TF-07 [prod] live/prod/shop',
      'fail TF-08 [prod] live/prod/shop',
      'fail TF-17 [prod] live/prod/shop',
    ]);
  });
});
