import { Finding } from '@envmatrix/engine';
import { judged, told } from './judge';
import {
  Files,
  ForeignInfrastructure,
  LIFELIKE,
  local,
  parts,
  single,
} from './lifelike';

jest.setTimeout(60_000);

/** What is changed in which file: text by other text, which has to be there. */
type Change = (files: Files) => void;

const replace =
  (file: string, what: string | RegExp, by: string): Change =>
  files => {
    const before = files[file];
    if (before === undefined) {
      throw new Error(`There is no ${file}`);
    }
    files[file] = before.replace(what, by);
    if (files[file] === before) {
      throw new Error(`${file} does not say ${what}`);
    }
  };

const append =
  (file: string, text: string): Change =>
  files => {
    files[file] = `${files[file] ?? ''}${text}`;
  };

const remove =
  (file: string): Change =>
  files => {
    if (!(file in files)) {
      throw new Error(`There is no ${file}`);
    }
    delete files[file];
  };

const move =
  (from: string, to: string): Change =>
  files => {
    files[to] = files[from];
    remove(from)(files);
  };

const all =
  (...changes: Change[]): Change =>
  files =>
    changes.forEach(change => change(files));

const everywhere = (change: (name: string, index: number) => Change): Change =>
  all(...['dev', 'staging', 'prod'].map(change));

/** What is changed, where, and every finding that it brings. */
type Case = [string, ForeignInfrastructure, Change, string[]];

const BREAKS: Case[] = [
  // Roots that are made of other files.
  [
    'a part that production alone has',
    parts,
    all(
      append('live/prod/dr/main.tf', 'resource "aws_vpc" "dr" {\n}\n'),
      append(
        'live/prod/dr/backend.tf',
        'terraform {\n  backend "s3" {\n    bucket = "acme-tfstate-222222222222"\n    key = "shop/prod/dr.tfstate"\n    encrypt = true\n    use_lockfile = true\n  }\n}\n',
      ),
      append(
        'live/prod/dr/providers.tf',
        'provider "aws" {\n  allowed_account_ids = ["222222222222"]\n  default_tags {\n    tags = { Environment = "prod" }\n  }\n}\n',
      ),
    ),
    ['fail TF-01 [prod] live/prod/dr'],
  ],
  [
    'a file that one environment has beside the others',
    parts,
    append(
      'live/prod/data/extra.tf',
      'resource "aws_sns_topic" "extra" {\n}\n',
    ),
    [
      'fail TF-01 [dev] live/dev/data',
      'fail TF-01 [staging] live/staging/data',
    ],
  ],
  [
    'an argument that one environment changed in its copy',
    parts,
    replace(
      'live/staging/data/main.tf',
      'scope = "REGIONAL"',
      'scope = "CLOUDFRONT"',
    ),
    ['fail TF-01 [staging] live/staging/data/main.tf'],
  ],
  [
    'an override file',
    parts,
    append(
      'live/prod/data/override.tf',
      'module "db" {\n  multi_az = false\n}\n',
    ),
    [
      'fail TF-01 [dev] live/dev/data',
      'fail TF-01 [staging] live/staging/data',
      'fail TF-08 [prod] live/prod/data/override.tf:2',
    ],
  ],
  // Variables.
  [
    'a variable that a file in JSON leaves out',
    parts,
    replace(
      'live/staging/network/terraform.tfvars.json',
      /,\n {2}"vpc_cidr.*/,
      '',
    ),
    ['fail TF-02 [staging] live/staging/network/terraform.tfvars.json'],
  ],
  [
    'a variable that one file for an environment leaves out',
    single,
    replace('terraform/vars/prod.tfvars', /region .*\n/, ''),
    ['fail TF-02 [prod] terraform/vars/prod.tfvars'],
  ],
  // States.
  [
    'the key of another part',
    parts,
    replace('live/dev/data/backend.tf', 'data.tfstate', 'network.tfstate'),
    [
      'fail TF-03 [dev] live/dev/network/backend.tf:4',
      'fail TF-03 [dev] live/dev/data/backend.tf:4',
    ],
  ],
  [
    'the key of another environment, with a slash before it',
    parts,
    replace(
      'live/staging/data/backend.tf',
      '"shop/staging/data',
      '"/shop/dev/data',
    ),
    [
      'fail TF-03 [dev] live/dev/data/backend.tf:4',
      'fail TF-03 [staging] live/staging/data/backend.tf:4',
      'fail TF-06 [staging] live/staging/data/backend.tf:4',
    ],
  ],
  [
    'the state of production in the bucket of the others',
    single,
    replace('terraform/backends/prod.hcl', '222222222222', '111111111111'),
    ['fail TF-03 [prod] terraform/backends/prod.hcl:1'],
  ],
  [
    'the same key in two files for the backend',
    single,
    replace('terraform/backends/staging.hcl', 'staging/shop', 'dev/shop'),
    [
      'fail TF-03 [dev] terraform/backends/dev.hcl:2',
      'fail TF-03 [staging] terraform/backends/staging.hcl:2',
      'fail TF-06 [staging] terraform/backends/staging.hcl:2',
    ],
  ],
  [
    'the workspace of another environment in the cloud',
    local,
    replace('environments/prod/terraform.tf', 'shop-prod', 'shop-staging'),
    [
      'fail TF-03 [staging] environments/staging/terraform.tf:6',
      'fail TF-03 [prod] environments/prod/terraform.tf:6',
      'fail TF-06 [prod] environments/prod/terraform.tf:6',
    ],
  ],
  [
    'no backend at all',
    local,
    everywhere(name =>
      replace(
        `environments/${name}/terraform.tf`,
        / {2}cloud[\s\S]*?\n {2}\}\n/,
        '',
      ),
    ),
    [
      'fail TF-03 [dev] environments/dev',
      'fail TF-03 [staging] environments/staging',
      'fail TF-03 [prod] environments/prod',
    ],
  ],
  [
    'no lock in a file for the backend',
    single,
    replace('terraform/backends/prod.hcl', /use_lockfile.*\n/, ''),
    ['fail TF-04 [prod] terraform/versions.tf:6'],
  ],
  [
    'a state that is not encrypted, said in words',
    parts,
    replace(
      'live/prod/network/backend.tf',
      '= true\n    use',
      '= "false"\n    use',
    ),
    ['fail TF-04 [prod] live/prod/network/backend.tf:6'],
  ],
  // The name of the environment.
  [
    'the name of another environment in variables',
    single,
    replace('terraform/vars/staging.tfvars', '"staging"', '"dev"'),
    [
      'fail TF-05 [staging] terraform/vars/staging.tfvars:1',
      'fail TF-06 [staging] terraform/vars/staging.tfvars:1',
      'fail TF-09 [staging] stacks/shop/main.tf:22',
    ],
  ],
  [
    'the name of another environment in a local',
    local,
    replace(
      'environments/prod/main.tofu',
      'environment = "prod"',
      'environment = "staging"',
    ),
    [
      'fail TF-05 [prod] environments/prod/main.tofu:2',
      'fail TF-06 [prod] environments/prod/main.tofu:2',
    ],
  ],
  [
    'the name of another environment in an argument',
    local,
    replace(
      'environments/prod/main.tofu',
      '= local.environment\n  number',
      '= "staging"\n  number',
    ),
    [
      'fail TF-05 [prod] environments/prod/main.tofu:7',
      'fail TF-06 [prod] environments/prod/main.tofu:7',
    ],
  ],
  [
    'a default that counts where nothing is set',
    parts,
    remove('live/prod/data/prod.auto.tfvars'),
    [
      'fail TF-02 [prod] live/prod/data',
      'fail TF-05 [prod] live/prod/data/variables.tf:3',
      'fail TF-06 [prod] live/prod/data/variables.tf:3',
      'fail TF-07 [prod] live/prod/data/main.tf:5',
      'fail TF-08 [prod] live/prod/data/main.tf:6',
      'fail TF-18 [prod] live/prod/data/providers.tf:3',
    ],
  ],
  [
    'a file of variables of another environment',
    parts,
    move('live/prod/data/prod.auto.tfvars', 'live/prod/data/dev.auto.tfvars'),
    ['fail TF-05 [prod] live/prod/data/dev.auto.tfvars'],
  ],
  // References to other environments.
  [
    'the remote state of another environment',
    parts,
    replace(
      'live/prod/data/main.tf',
      'shop/${var.environment}/network',
      'shop/staging/network',
    ),
    [
      'fail TF-01 [dev] live/dev/data/main.tf',
      'fail TF-01 [staging] live/staging/data/main.tf',
      'fail TF-06 [prod] live/prod/data/main.tf:28',
    ],
  ],
  [
    'the name of another environment put together by a function',
    parts,
    replace(
      'live/prod/data/main.tf',
      'format("shop-%s", var.environment)',
      'join("-", ["shop", "staging"])',
    ),
    [
      'fail TF-01 [dev] live/dev/data/main.tf',
      'fail TF-01 [staging] live/staging/data/main.tf',
      'fail TF-06 [prod] live/prod/data/main.tf:4',
    ],
  ],
  [
    'another environment in capitals',
    single,
    append('terraform/vars/prod.tfvars', 'owner = "team-STAGING"\n'),
    [
      'fail TF-02 [dev] terraform/vars/dev.tfvars',
      'fail TF-02 [staging] terraform/vars/staging.tfvars',
      'fail TF-06 [prod] terraform/vars/prod.tfvars:10',
    ],
  ],
  [
    'another environment in its entry of a map',
    parts,
    replace(
      'live/prod/providers.tf'.replace('prod/', 'prod/data/'),
      'prod    = "222222222222"',
      'prod    = "db-of-staging"',
    ),
    [
      'fail TF-01 [dev] live/dev/data/providers.tf',
      'fail TF-01 [staging] live/staging/data/providers.tf',
      'fail TF-06 [prod] live/prod/data/providers.tf:14',
      'fail TF-18 [prod] live/prod/data/providers.tf:3',
    ],
  ],
  // Sizes.
  [
    'a smaller database in production, in a map with a default',
    parts,
    everywhere(name =>
      replace(
        `live/${name}/data/variables.tf`,
        'prod    = "db.m7g.xlarge"',
        'prod    = "db.t4g.small"',
      ),
    ),
    [
      'fail TF-07 [prod] live/prod/data/main.tf:5',
      'fail TF-07 [prod] live/prod/data/main.tf:5',
    ],
  ],
  [
    'a smaller database in production, in an object',
    single,
    replace('terraform/vars/prod.tfvars', 'db.m7g.xlarge', 'db.t4g.micro'),
    [
      'fail TF-07 [prod] stacks/shop/main.tf:11',
      'fail TF-07 [prod] stacks/shop/main.tf:11',
    ],
  ],
  [
    'fewer nodes in production, in a map of a module',
    local,
    replace(
      'modules/shop/main.tf',
      'nodes = 4, type = "m7i.xlarge"',
      'nodes = 1, type = "m7i.large"',
    ),
    [
      'fail TF-07 [prod] modules/shop/main.tf:12',
      'fail TF-07 [prod] modules/shop/main.tf:12',
    ],
  ],
  [
    'no standby, by a condition',
    parts,
    everywhere(name =>
      replace(
        `live/${name}/data/main.tf`,
        'var.environment == "prod" ? true : false',
        '!contains(["dev", "staging", "prod"], var.environment)',
      ),
    ),
    ['fail TF-08 [prod] live/prod/data/main.tf:6'],
  ],
  [
    'no standby, by a field that is not there',
    single,
    replace('terraform/vars/prod.tfvars', /standby.*\n/, ''),
    ['fail TF-08 [prod] stacks/shop/main.tf:12'],
  ],
  [
    'no firewall in staging, by a count',
    single,
    replace('stacks/shop/main.tf', '["staging", "prod"]', '["prod"]'),
    ['fail TF-09 [staging] stacks/shop/main.tf:22'],
  ],
  // Versions.
  [
    'another tag of a module',
    parts,
    replace('live/staging/data/main.tf', 'ref=v3.2.0', 'ref=v3.3.0'),
    [
      'fail TF-01 [staging] live/staging/data/main.tf',
      'fail TF-11 [staging] live/staging/data/main.tf:2',
    ],
  ],
  [
    'another version of a module',
    parts,
    replace('live/dev/network/main.tf', '5.16.0', '5.15.0'),
    [
      'fail TF-01 [dev] live/dev/network/main.tf',
      'fail TF-11 [dev] live/dev/network/main.tf:3',
    ],
  ],
  [
    'a module without a version',
    parts,
    replace('live/dev/network/main.tf', /version = "5.16.0"\n/, ''),
    [
      'fail TF-01 [dev] live/dev/network/main.tf',
      'fail TF-11 [dev] live/dev/network/main.tf:2',
    ],
  ],
  [
    'another folder in place of the module',
    local,
    all(
      replace(
        'environments/dev/main.tofu',
        '../../modules/shop',
        '../../modules/shop2',
      ),
      files => {
        files['modules/shop2/main.tf'] = files['modules/shop/main.tf'];
        files['modules/shop2/variables.tf'] =
          files['modules/shop/variables.tf'];
      },
    ),
    ['fail TF-11 [dev] environments/dev/main.tofu:6'],
  ],
  [
    'another constraint of a provider',
    local,
    replace('environments/staging/terraform.tf', '~> 5.80', '~> 5.0'),
    [
      'fail TF-01 [staging] environments/staging/terraform.tf',
      'fail TF-11 [staging] environments/staging/terraform.tf:12',
    ],
  ],
  [
    'no constraint of a provider',
    local,
    replace('environments/prod/terraform.tf', /\n.*version = "~> 5.80"/, ''),
    [
      'fail TF-01 [dev] environments/dev/terraform.tf',
      'fail TF-01 [staging] environments/staging/terraform.tf',
      'fail TF-11 [prod] environments/prod',
    ],
  ],
  [
    'another version in the lock file',
    parts,
    replace('live/dev/data/.terraform.lock.hcl', '"5.84.0"', '"5.83.1"'),
    ['fail TF-11 [dev] live/dev/data/.terraform.lock.hcl:3'],
  ],
  [
    'another package of the same version in the lock file',
    parts,
    replace(
      'live/dev/data/.terraform.lock.hcl',
      /"h1:[\s\S]*"zh:.*"/,
      '"h1:AAAA", "zh:ffff"',
    ),
    ['fail TF-11 [dev] live/dev/data/.terraform.lock.hcl:3'],
  ],
  [
    'no lock file in one environment',
    parts,
    remove('live/prod/data/.terraform.lock.hcl'),
    ['fail TF-11 [prod] live/prod/data'],
  ],
  [
    'another version of Terraform',
    parts,
    replace('live/dev/data/terraform.tf', '>= 1.9', '>= 1.5'),
    [
      'fail TF-01 [dev] live/dev/data/terraform.tf',
      'fail TF-11 [dev] live/dev/data/terraform.tf:2',
    ],
  ],
  // Networks and accounts.
  [
    'a network inside of another, in JSON',
    parts,
    replace(
      'live/prod/network/terraform.tfvars.json',
      '10.20.0.0/16',
      '10.10.64.0/18',
    ),
    ['fail TF-17 [prod] live/prod/network/terraform.tfvars.json:3'],
  ],
  [
    'a network that a function computes twice',
    local,
    replace(
      'environments/prod/main.tofu',
      'number      = 3',
      'number      = 2',
    ),
    ['fail TF-17 [prod] modules/shop/main.tf:28'],
  ],
  [
    'the account of another environment, as a literal',
    parts,
    replace(
      'live/prod/data/providers.tf',
      '[local.accounts[var.environment]]',
      '["111111111111"]',
    ),
    [
      'fail TF-01 [dev] live/dev/data/providers.tf',
      'fail TF-01 [staging] live/staging/data/providers.tf',
      'fail TF-18 [prod] live/prod/data/providers.tf:3',
    ],
  ],
  [
    'the account of another environment, by a role',
    local,
    replace('environments/prod/main.tofu', '222222222222', '111111111111'),
    ['fail TF-18 [prod] environments/prod/main.tofu:11'],
  ],
  [
    'an empty list of accounts',
    single,
    replace(
      'terraform/main.tf',
      /allowed_account_ids = \[var.account_id\]/,
      'allowed_account_ids = []',
    ),
    [
      'fail TF-18 [dev] terraform/main.tf:9',
      'fail TF-18 [staging] terraform/main.tf:9',
      'fail TF-18 [prod] terraform/main.tf:9',
    ],
  ],
  [
    'no guard on one of two providers',
    single,
    replace(
      'terraform/main.tf',
      /(alias[^]*?)\n\s*allowed_account_ids = .*/,
      '$1',
    ),
    [
      'fail TF-18 [dev] terraform/main.tf:17',
      'fail TF-18 [staging] terraform/main.tf:17',
      'fail TF-18 [prod] terraform/main.tf:17',
    ],
  ],
  [
    'no provider at all',
    parts,
    remove('live/prod/data/providers.tf'),
    [
      'fail TF-01 [dev] live/dev/data/providers.tf',
      'fail TF-01 [staging] live/staging/data/providers.tf',
      'fail TF-18 [prod] live/prod/data',
    ],
  ],
  [
    'no tag for the environment',
    single,
    replace('terraform/main.tf', 'Environment = var.env', 'Team = "shop"'),
    ['dev', 'staging', 'prod'].flatMap(name => [
      `warn TF-18 [${name}] terraform/main.tf:9`,
      `warn TF-18 [${name}] terraform/main.tf:17`,
    ]),
  ],
  // Secrets.
  ...(
    [
      [
        'of an object',
        'terraform/vars/prod.tfvars',
        'standby = true',
        'standby = true\n  password = "hunter2"',
        9,
      ],
    ] as const
  ).map(
    ([what, file, from, to, line]): Case => [
      `a password ${what}`,
      single,
      replace(file, from, to),
      [`fail TF-19 [prod] ${file}:${line}`],
    ],
  ),
  [
    'a token in capitals and humps',
    parts,
    everywhere(name =>
      append(
        `live/${name}/data/${name}.auto.tfvars`,
        'datadogApiKey = "0123456789abcdef"\n',
      ),
    ),
    ['dev', 'staging', 'prod'].map(
      name => `fail TF-19 [${name}] live/${name}/data/${name}.auto.tfvars:3`,
    ),
  ],
  [
    'a password as the default of a variable',
    single,
    append(
      'terraform/variables.tf',
      'variable "db_password" {\n  default = "hunter2"\n}\n',
    ),
    ['dev', 'staging', 'prod'].map(
      name => `fail TF-19 [${name}] terraform/variables.tf:21`,
    ),
  ],
  [
    'a secret key in a provider',
    single,
    replace(
      'terraform/main.tf',
      'alias  ',
      'secret_key = "wJalrXUtnFEMI"\n  alias  ',
    ),
    ['dev', 'staging', 'prod'].map(
      name => `fail TF-19 [${name}] terraform/main.tf:18`,
    ),
  ],
];

/** What is said in another way, and is the same. */
const SPELLINGS: [string, ForeignInfrastructure, Change][] = [
  [
    'white space and comments',
    parts,
    all(
      replace(
        'live/dev/data/main.tf',
        'module "db" {',
        '// the database\n\nmodule   "db"   {',
      ),
      replace('live/dev/data/main.tf', 'scope = ', 'scope    =    '),
      replace(
        'live/dev/data/providers.tf',
        '[local.accounts[var.environment]]',
        '[ local.accounts[ var.environment ] ]',
      ),
    ),
  ],
  [
    'arguments in another order',
    parts,
    replace(
      'live/dev/network/main.tf',
      /( {2}source .*\n)( {2}version .*\n)/,
      '$2$1',
    ),
  ],
  [
    'line ends of Windows',
    parts,
    everywhere(name => files => {
      files[`live/${name}/data/main.tf`] = files[
        `live/${name}/data/main.tf`
      ].replace(/\n/g, '\r\n');
    }),
  ],
  [
    'variables in HCL in place of JSON',
    parts,
    everywhere((name, index) =>
      all(
        remove(`live/${name}/network/terraform.tfvars.json`),
        append(
          `live/${name}/network/terraform.tfvars`,
          `vpc_cidr = "10.${index}0.0.0/16"\nenvironment = "${name}"\n`,
        ),
      ),
    ),
  ],
  [
    'variables that Terraform takes by itself, in several files',
    parts,
    everywhere((name, index) =>
      all(
        remove(`live/${name}/network/terraform.tfvars.json`),
        append(
          `live/${name}/network/a.auto.tfvars.json`,
          `{ "vpc_cidr": "10.${index}0.0.0/16" }`,
        ),
        append(
          `live/${name}/network/b.auto.tfvars`,
          `environment = "${name}"\n`,
        ),
      ),
    ),
  ],
  [
    'a file that decides over another',
    parts,
    everywhere(name =>
      append(
        `live/${name}/data/terraform.tfvars`,
        'environment = "anything"\n',
      ),
    ),
  ],
  [
    'files of OpenTofu',
    parts,
    everywhere(name =>
      move(`live/${name}/data/main.tf`, `live/${name}/data/main.tofu`),
    ),
  ],
  [
    'a file of OpenTofu beside the one of Terraform that it stands in for',
    parts,
    everywhere(name =>
      all(append(`live/${name}/data/main.tofu`, ''), files => {
        files[`live/${name}/data/main.tofu`] =
          files[`live/${name}/data/main.tf`];
        files[`live/${name}/data/main.tf`] =
          'locals {\n  nothing = "of-prod-and-dev"\n}\n';
      }),
    ),
  ],
  [
    'one file in place of many, everywhere',
    parts,
    everywhere(name => files => {
      const folder = `live/${name}/data`;
      files[`${folder}/all.tf`] = [
        'main',
        'variables',
        'providers',
        'terraform',
      ]
        .map(file => files[`${folder}/${file}.tf`])
        .join('\n');
      for (const file of ['main', 'variables', 'providers', 'terraform']) {
        delete files[`${folder}/${file}.tf`];
      }
    }),
  ],
  [
    'a backend in JSON',
    parts,
    everywhere(name => files => {
      const folder = `live/${name}/data`;
      const account = name === 'prod' ? '222222222222' : '111111111111';
      delete files[`${folder}/backend.tf`];
      files[`${folder}/backend.tf.json`] = JSON.stringify({
        terraform: {
          backend: {
            s3: {
              bucket: `acme-tfstate-${account}`,
              key: `shop/${name}/data.tfstate`,
              encrypt: true,
              use_lockfile: 'true',
            },
          },
        },
      });
    }),
  ],
  [
    'a constraint with its parts in another order',
    parts,
    everywhere(name =>
      name === 'dev'
        ? replace('live/dev/data/terraform.tf', '>= 1.9, < 2.0', '<2.0,>=1.9')
        : () => {},
    ),
  ],
  [
    'the account from a map by a function',
    parts,
    everywhere(name =>
      replace(
        `live/${name}/data/providers.tf`,
        'local.accounts[var.environment]',
        'lookup(local.accounts, var.environment)',
      ),
    ),
  ],
  [
    'a size by an index, and a standby by a comparison',
    parts,
    everywhere(name =>
      all(
        replace(
          `live/${name}/data/main.tf`,
          'lookup(var.sizes, var.environment, "db.t4g.medium")',
          'try(var.sizes[var.environment], "db.t4g.medium")',
        ),
        replace(
          `live/${name}/data/main.tf`,
          'var.environment == "prod" ? true : false',
          '!(var.environment != "prod")',
        ),
      ),
    ),
  ],
  [
    'a local in place of a variable',
    parts,
    everywhere(name =>
      all(
        append(
          `live/${name}/data/main.tf`,
          '\nlocals {\n  prefix = "shop-${local.stage_name}"\n  stage_name = var.environment\n}\n',
        ),
        replace(
          `live/${name}/data/main.tf`,
          'format("shop-%s", var.environment)',
          'local.prefix',
        ),
      ),
    ),
  ],
  [
    'a host below a domain that ends like an environment, and a device',
    single,
    everywhere(name =>
      append(
        `terraform/vars/${name}.tfvars`,
        `host = "${name}.shop.dev"\nhomepage = "https://shop.dev/start"\ndisk = "/dev/sdf"\n`,
      ),
    ),
  ],
  [
    'the whole word for production',
    single,
    all(
      replace('terraform/vars/prod.tfvars', '"prod"', '"production"'),
      replace(
        'stacks/shop/main.tf',
        '["staging", "prod"]',
        '["staging", "production"]',
      ),
    ),
  ],
  [
    'folders with the whole word',
    parts,
    files => {
      for (const file of Object.keys(files)) {
        if (file.startsWith('live/prod/')) {
          move(file, file.replace('live/prod/', 'live/production/'))(files);
        }
      }
    },
  ],
  [
    'files for the backend with the ending of their kind',
    single,
    everywhere(name =>
      move(`terraform/backends/${name}.hcl`, `terraform/${name}.s3.tfbackend`),
    ),
  ],
  [
    'files for an environment in folders beside the root',
    single,
    everywhere(name =>
      all(
        move(
          `terraform/vars/${name}.tfvars`,
          `environments/${name}/terraform.tfvars`,
        ),
        move(
          `terraform/backends/${name}.hcl`,
          `environments/${name}/backend.hcl`,
        ),
      ),
    ),
  ],
  [
    'files for an environment in folders with a prefix',
    single,
    everywhere(name =>
      all(
        move(
          `terraform/vars/${name}.tfvars`,
          `terraform/env-${name}/main.tfvars`,
        ),
        move(
          `terraform/backends/${name}.hcl`,
          `terraform/env-${name}/state.tfvars`,
        ),
      ),
    ),
  ],
  [
    'a folder that is called after the backend of a service',
    single,
    files => {
      for (const file of Object.keys(files)) {
        if (file.startsWith('terraform/')) {
          move(file, file.replace('terraform/', 'backend/'))(files);
        }
      }
    },
  ],
  [
    'a common file of variables',
    single,
    all(
      everywhere(name =>
        replace(`terraform/vars/${name}.tfvars`, /region .*\n/, ''),
      ),
      append('terraform/common.auto.tfvars', 'region = "eu-central-1"\n'),
    ),
  ],
  [
    'the name of a secret',
    single,
    everywhere(name =>
      append(
        `terraform/vars/${name}.tfvars`,
        `db_secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:shop"\napi_token = "shop/${name}/token"\n`,
      ),
    ),
  ],
  [
    'names of secrets in a list, and a token that is not one',
    single,
    everywhere(name =>
      append(
        `terraform/vars/${name}.tfvars`,
        'secrets = ["DATABASE_URL", "PAYMENT_KEY"]\ntoken_ttl = "30m"\nsecret_name = "shop"\n',
      ),
    ),
  ],
  [
    'comments of the other kind, quoted keys, and blocks in one line',
    single,
    all(
      everywhere(name =>
        replace(
          `terraform/vars/${name}.tfvars`,
          /env .*=/,
          '/* prod, staging\n or dev = "x" */\nenv =',
        ),
      ),
      replace(
        'stacks/shop/main.tf',
        'cidr_block = var.cidr',
        'cidr_block = "${var.cidr}"',
      ),
      replace(
        'terraform/main.tf',
        '  default_tags {\n    tags = local.tags\n  }',
        '  default_tags { tags = { "Environment" : "${var.env}", "Service" : "shop" } }',
      ),
    ),
  ],
  [
    'values of JSON in place of variables of HCL',
    single,
    everywhere((name, index) =>
      all(remove(`terraform/vars/${name}.tfvars`), files => {
        files[`terraform/vars/${name}.tfvars.json`] = JSON.stringify({
          database: {
            standby: name === 'prod',
            class: `db.${['t4g.small', 'm7g.large', 'm7g.xlarge'][index]}`,
          },
          vpc_cidr: `10.${index + 1}.0.0/16`,
          account_id: name === 'prod' ? '222222222222' : '111111111111',
          env: name,
          region: 'eu-central-1',
        });
      }),
    ),
  ],
  [
    'a module written as JSON',
    single,
    files => {
      delete files['stacks/shop/variables.tf'];
      files['stacks/shop/variables.tf.json'] = JSON.stringify({
        variable: { name: {}, env: {}, cidr: {}, database: {} },
      });
    },
  ],
  [
    'a module that another module stands between',
    single,
    all(
      replace('terraform/main.tf', '../stacks/shop', '../stacks/outer'),
      append(
        'stacks/outer/main.tf',
        'variable "name" {}\nvariable "env" {}\nvariable "database" {}\nvariable "cidr" {}\n\nmodule "inner" {\n  source   = "../shop"\n  name     = var.name\n  env      = var.env\n  database = merge({ standby = false }, var.database)\n  cidr     = var.cidr\n}\n',
      ),
    ),
  ],
  [
    'defaults in place of variables that are set',
    local,
    all(
      append(
        'modules/shop/variables.tf',
        'variable "number_of" {\n  default = { dev = 1, staging = 2, prod = 3 }\n}\n',
      ),
      replace(
        'modules/shop/main.tf',
        'var.number)',
        'var.number_of[var.environment])',
      ),
    ),
  ],
  [
    'blocks in another order, and a local that counts',
    local,
    all(
      replace('modules/shop/main.tf', 'nodes = 4,', 'nodes = 2 * 2,'),
      replace(
        'environments/prod/main.tofu',
        'number      = 3',
        'number      = length(["a", "b", "c"])',
      ),
    ),
  ],
  [
    'accounts and tags behind a conditional that nothing outside decides',
    single,
    replace(
      'terraform/main.tf',
      'region              = "us-east-1"',
      'region              = true ? "us-east-1" : var.region',
    ),
  ],
];

const bad = (findings: readonly Finding[]) => told(findings);

describe('infrastructure that is not ours', () => {
  it.each(LIFELIKE.map(repository => [repository.name, repository] as const))(
    '%s: nothing is wrong but what is',
    async (_, repository) => {
      const findings = await judged(repository.files());
      expect(bad(findings)).toEqual(repository.wrong);
      // What is not known says which source would tell.
      for (const { reason } of findings.filter(
        ({ outcome }) => outcome === 'unknown',
      )) {
        expect(reason).toMatch(/--plan|-backend-config|--infrastructure/);
      }
    },
  );

  it.each(BREAKS)('%s (%#)', async (_, repository, change, expected) => {
    const files = repository.files();
    change(files);
    const findings = bad(await judged(files));
    expect(findings.filter(found => !repository.wrong.includes(found))).toEqual(
      expected,
    );
  });

  it.each(SPELLINGS)('%s is no difference', async (_, repository, change) => {
    const without = (findings: readonly Finding[]) =>
      findings
        .map(
          ({ rule, outcome, environments }) =>
            `${outcome} ${rule} ${environments}`,
        )
        .sort();
    const files = repository.files();
    change(files);
    expect(without(await judged(files))).toEqual(
      without(await judged(repository.files())),
    );
  });
});
