/**
 * Which repository a mutation is made to: one with a database and a host, on AWS, or without a cloud and with separate clusters; or one of AWS
 * whose workflows sign in with tokens of GitHub.
 */
export type MutatedRepository = 'aws' | 'local' | 'github';

/** What has to notice. */
export type Catch =
  /** A rule of the engine, over the files alone. */
  | { readonly by: 'rule'; readonly rule: string; readonly outcome?: 'warn' }
  /** `terraform plan` of a root, with the words that it says. */
  | {
      readonly by: 'plan';
      readonly root: string;
      readonly says: string;
      readonly account?: string;
      readonly varFile?: string;
    }
  /** A look at the roles of pipelines, and at who may take them. */
  | { readonly by: 'identities'; readonly says: string }
  /** `terraform test` of a module. */
  | { readonly by: 'module'; readonly module: string; readonly says: string };

/** One thing done wrong to a generated infrastructure repository. */
export interface InfrastructureMutation {
  readonly name: string;
  readonly repository: MutatedRepository;
  /** Files that change, and how; none where the command is what is wrong. */
  readonly edits: readonly {
    readonly file: RegExp;
    readonly from: string | RegExp;
    readonly to: string;
  }[];
  readonly caught: Catch;
}

const values = (root: string) =>
  new RegExp(`^environments/${root}/${root}\\.tfvars$`);
const backend = (root: string) =>
  new RegExp(`^environments/${root}/backend\\.tf$`);

/** A value of production that only its guard refuses. */
function inProduction(
  name: string,
  from: string | RegExp,
  to: string,
  says: string,
): InfrastructureMutation {
  return {
    name,
    repository: 'local',
    edits: [{ file: values('prod'), from, to }],
    caught: { by: 'plan', root: 'prod', says },
  };
}

function byRule(
  name: string,
  rule: string,
  file: RegExp,
  from: string | RegExp,
  to: string,
  outcome?: 'warn',
): InfrastructureMutation {
  return {
    name,
    repository: 'aws',
    edits: [{ file, from, to }],
    caught: { by: 'rule', rule, ...(outcome ? { outcome } : {}) },
  };
}

function inModule(
  name: string,
  module: string,
  file: string,
  from: string | RegExp,
  to: string,
  says: string,
): InfrastructureMutation {
  return {
    name,
    repository: 'aws',
    edits: [{ file: new RegExp(`^modules/${module}/${file}$`), from, to }],
    caught: { by: 'module', module, says },
  };
}

function inBootstrap(
  name: string,
  file: string,
  from: string | RegExp,
  to: string,
  says: string,
): InfrastructureMutation {
  return {
    name,
    repository: 'github',
    edits: [{ file: new RegExp(`^bootstrap/${file}$`), from, to }],
    caught: { by: 'identities', says },
  };
}

export const infrastructureMutations: readonly InfrastructureMutation[] = [
  byRule(
    'two roots keep their state under one key',
    'TF-03',
    backend('staging'),
    'checkout/staging/terraform.tfstate',
    'checkout/dev/terraform.tfstate',
  ),
  byRule(
    'production keeps its state in the bucket of the others',
    'TF-03',
    backend('prod'),
    'checkout-terraform-state-222222222222',
    'checkout-terraform-state-111111111111',
  ),
  byRule(
    'a state that nothing locks',
    'TF-04',
    backend('prod'),
    /\n\s+use_lockfile = true/,
    '',
  ),
  byRule(
    'a state that is not encrypted',
    'TF-04',
    backend('prod'),
    /encrypt( +)= true/,
    'encrypt$1= false',
  ),
  byRule(
    'a lock table, which is deprecated',
    'TF-04',
    backend('prod'),
    /(\n\s+)use_lockfile = true/,
    '$1use_lockfile = true$1dynamodb_table = "locks"',
    'warn',
  ),
  byRule(
    'a root that says that it is another',
    'TF-05',
    values('dev'),
    'environment = "dev"',
    'environment = "prod"',
  ),
  byRule(
    'a file that one root has otherwise',
    'TF-01',
    /^environments\/prod\/main\.tf$/,
    'count  = var.create_database ? 1 : 0',
    'count  = 1',
  ),
  byRule(
    'a value that one root lacks',
    'TF-02',
    values('staging'),
    /\nenable_waf = \S+/,
    '',
  ),
  byRule(
    'a root that names another environment',
    'TF-06',
    values('dev'),
    'namespace   = "checkout-dev"',
    'namespace   = "checkout-prod"',
  ),
  byRule(
    'a database of production that is smaller than that of staging',
    'TF-07',
    values('prod'),
    'db.m7g.large',
    'db.t4g.micro',
  ),
  byRule(
    'a database of production without a standby',
    'TF-08',
    values('prod'),
    /db_multi_az( +)= true/,
    'db_multi_az$1= false',
  ),
  byRule(
    'production without a firewall',
    'TF-09',
    values('prod'),
    'enable_waf = true',
    'enable_waf = false',
  ),
  byRule(
    'another version of the provider in one root',
    'TF-11',
    /^environments\/prod\/versions\.tf$/,
    '~> 6.25',
    '~> 5.0',
  ),
  byRule(
    'networks that overlap',
    'TF-17',
    values('prod'),
    '10.20.0.0/16',
    '10.10.0.0/17',
  ),
  byRule(
    'production in the account of the others',
    'TF-18',
    values('prod'),
    'aws_account_id = "222222222222"',
    'aws_account_id = "111111111111"',
  ),
  byRule(
    'a provider that takes any account',
    'TF-18',
    /^environments\/[^/]+\/providers\.tf$/,
    /\n\s+allowed_account_ids = .*/,
    '',
  ),
  byRule(
    'a password among the values',
    'TF-19',
    values('prod'),
    'zone_id    = null',
    'zone_id    = null\ndb_password = "correct-horse-battery"',
  ),
  byRule(
    'a document that the facts have left behind',
    'ENV-10',
    /^docs\/environment-architecture\.md$/,
    /facts: "[0-9a-f]+"/,
    'facts: "0000000000000000"',
  ),
  {
    name: 'the values of one environment in the folder of another',
    repository: 'local',
    edits: [],
    caught: {
      by: 'plan',
      root: 'dev',
      varFile: '../prod/prod.tfvars',
      says: 'these are the values of another environment',
    },
  },
  inProduction(
    'production that a plan may destroy',
    'deletion_protection = true',
    'deletion_protection = false',
    'deletion_protection must be true',
  ),
  inProduction(
    'production without a standby',
    /db_multi_az( +)= true/,
    'db_multi_az$1= false',
    'db_multi_az must be true',
  ),
  inProduction(
    'production with backups of a day',
    /db_backup_retention_days = \d+/,
    'db_backup_retention_days = 1',
    'kept for seven days at least',
  ),
  inProduction(
    'production with one way out',
    /single_nat_gateway( +)= false/,
    'single_nat_gateway$1= true',
    'single_nat_gateway must be false',
  ),
  inProduction(
    'production on two nodes',
    /node_count( +)= \d+/,
    'node_count$1= 2',
    'three nodes at least',
  ),
  inProduction(
    'production exposed without a firewall',
    'enable_waf = true',
    'enable_waf = false',
    'enable_waf must be true',
  ),
  inProduction(
    'a host name that answers for everything',
    'checkout.example.com',
    '*.example.com',
    'a wildcard would answer for every environment',
  ),
  inProduction(
    'an API server that everyone reaches',
    'api_allowed_cidrs       = []',
    'api_allowed_cidrs       = ["0.0.0.0/0"]',
    'must not open the API server to the whole internet',
  ),
  inProduction(
    'a network that is too small',
    /vpc_cidr( +)= "[^"]+"/,
    'vpc_cidr$1= "10.99.0.0/24"',
    'range of /20 or larger',
  ),
  inProduction(
    'a patch version of Kubernetes',
    /kubernetes_version( +)= "1.34"/,
    'kubernetes_version$1= "1.34.1"',
    'must be a minor version',
  ),
  inProduction(
    'a value whose name is misspelt',
    'db_multi_az ',
    'db_multi_azz',
    'variable "db_multi_az" is not set',
  ),
  {
    name: 'credentials of another account',
    repository: 'aws',
    edits: [],
    caught: {
      by: 'plan',
      root: 'prod',
      account: '111111111111',
      says: 'AWS account ID not allowed: 111111111111',
    },
  },
  inModule(
    'an argument that AWS does not have',
    'database',
    'main.tf',
    'multi_az  ',
    'multi_azz ',
    'Did you mean "multi_az"?',
  ),
  inModule(
    'a database that is not encrypted',
    'database',
    'main.tf',
    /storage_encrypted( +)= true/,
    'storage_encrypted$1= false',
    'The database must be encrypted',
  ),
  inModule(
    'a password in the state',
    'database',
    'main.tf',
    /manage_master_user_password( +)= true/,
    'password$1= "correct-horse-battery"',
    'RDS makes the password; none is written here.',
  ),
  inModule(
    'network policies that nobody enforces',
    'kubernetes-cluster',
    'nodes.tf',
    'enableNetworkPolicy = "true"',
    'enableNetworkPolicy = "false"',
    'Network policies must be enforced in every cluster.',
  ),
  inModule(
    'a role that could be given any right',
    'kubernetes-cluster',
    'roles.tf',
    /(name_prefix +)= "eks-nodes-"((?:\n.*)?)\n +permissions_boundary.*/,
    '$1= "eks-nodes-"$2',
    'A role without the boundary could be given any right.',
  ),
  inModule(
    'addons that stay behind',
    'kubernetes-cluster',
    'nodes.tf',
    /kubernetes_version = var\.kubernetes_version\n\}/,
    'kubernetes_version = "1.30"\n}',
    'Addons must be of the version of the cluster.',
  ),
  inModule(
    'pods that borrow the rights of their node',
    'kubernetes-cluster',
    'nodes.tf',
    'http_put_response_hop_limit = 1',
    'http_put_response_hop_limit = 2',
    'Pods must not reach the metadata of their node.',
  ),
  inModule(
    'a snapshot that goes with the protection',
    'database',
    'main.tf',
    '!var.final_snapshot\n  final',
    '!var.deletion_protection\n  final',
    'What holds real data leaves a snapshot and its backups.',
  ),
  inBootstrap(
    'a plan that reads secrets',
    'roles.tf',
    '"rds:Describe*",',
    '"secretsmanager:GetSecretValue", "rds:Describe*",',
    'a plan may secretsmanager:GetSecretValue',
  ),
  inBootstrap(
    'a plan that reads everything in the account',
    'roles.tf',
    'resource "aws_iam_role_policy_attachment" "apply" {',
    'resource "aws_iam_role_policy_attachment" "plan" {\n  role       = aws_iam_role.plan["prod"].name\n  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\n}\n\nresource "aws_iam_role_policy_attachment" "apply" {',
    'a plan has arn:aws:iam::aws:policy/ReadOnlyAccess',
  ),
  inBootstrap(
    'an apply that makes itself an administrator',
    'roles.tf',
    'variable = "iam:PermissionsBoundary"',
    'variable = "aws:RequestedRegion"',
    'an apply may iam:AttachRolePolicy without a boundary',
  ),
  inBootstrap(
    'an apply from a pull request',
    'trust.tf',
    /:environment:\$\{each\.key\}"\]/,
    ':*"]',
    'apply takes tokens of repo:acme/pay-infrastructure:*',
  ),
  inBootstrap(
    'an apply behind the environment of the plans',
    'trust.tf',
    /:environment:\$\{each\.key\}"\]/,
    ':environment:${each.key}-plan"]',
    'apply takes tokens of repo:acme/pay-infrastructure:environment:${each.key}-plan',
  ),
];
