import { Intent, validateIntent } from '@envmatrix/engine';

/** Texts of an infrastructure repository by their paths, to be changed. */
export type Files = Record<string, string>;

/** A repository in a shape found in life, and what is wrong with it as it stands. */
export interface ForeignInfrastructure {
  readonly name: string;
  readonly files: () => Files;
  /** Outcome, rule, environments, and place. */
  readonly wrong: readonly string[];
}

const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
type Name = (typeof ENVIRONMENTS)[number];

const ACCOUNTS: Record<Name, string> = {
  dev: '111111111111',
  staging: '111111111111',
  prod: '222222222222',
};

const intentOf = (): Intent => {
  const result = validateIntent({
    apiVersion: 'environments.envmatrix.dev/v1alpha1',
    kind: 'Environments',
    metadata: { name: 'shop', owner: 'group:default/shop' },
    isolation: 'shared-nonprod',
    clusters: [
      { name: 'blue', environments: ['dev', 'staging'] },
      { name: 'green', environments: ['prod'] },
    ].map(cluster => ({
      ...cluster,
      aws: {
        accountId: cluster.name === 'green' ? ACCOUNTS.prod : ACCOUNTS.dev,
        region: 'eu-central-1',
      },
    })),
    environments: ENVIRONMENTS.map((name, index) => ({
      name,
      level: index + 1,
      kind: name === 'prod' ? 'production' : 'non-production',
      cluster: name === 'prod' ? 'green' : 'blue',
      namespace: `shop-${name}`,
      delivery: {
        sync: 'automatic',
        ...(index === 0 ? {} : { from: ENVIRONMENTS[index - 1] }),
      },
    })),
  });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problems));
  }
  return result.intent;
};

export const intent = intentOf();

const LOCK = `# This file is maintained automatically by "terraform init".
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.84.0"
  constraints = "~> 5.80"
  hashes = [
    "h1:OJ53RNte7HLHSMxSkzu1S6H8sC0T8qnCAOcNLjjtMpc=",
    "zh:0aeb0a7b9d0c1f4d8c5f2a1b",
  ]
}
`;

/** A folder for each part of each environment, values as literals, modules from elsewhere by a tag. */
export const parts: ForeignInfrastructure = {
  name: 'a root for each part of each environment',
  wrong: [],
  files: () => {
    const files: Files = {};
    for (const [index, name] of ENVIRONMENTS.entries()) {
      const common = {
        'terraform.tf': `terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}
`,
        'providers.tf': `provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = [local.accounts[var.environment]]

  default_tags {
    tags = merge(local.tags, { Environment = var.environment })
  }
}

locals {
  accounts = {
    dev     = "111111111111"
    staging = "111111111111"
    prod    = "222222222222"
  }
  tags = { Owner = "shop" }
}
`,
        '.terraform.lock.hcl': LOCK,
      };
      for (const part of ['network', 'data']) {
        const folder = `live/${name}/${part}`;
        files[`${folder}/backend.tf`] = `terraform {
  backend "s3" {
    bucket       = "acme-tfstate-${ACCOUNTS[name]}"
    key          = "shop/${name}/${part}.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}
`;
        for (const [file, text] of Object.entries(common)) {
          files[`${folder}/${file}`] = text;
        }
      }
      files[`live/${name}/network/main.tf`] = `module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.16.0"

  name = "shop-\${var.environment}"
  cidr = var.vpc_cidr
  azs  = [for zone in ["a", "b", "c"] : "eu-central-1\${zone}"]
}
`;
      files[`live/${name}/network/variables.tf`] = `variable "environment" {
  type = string
}

variable "vpc_cidr" {
  type        = string
  description = "One network for dev, one for staging, one for prod."
}
`;
      files[`live/${name}/network/terraform.tfvars.json`] = `{
  "environment": "${name}",
  "vpc_cidr": "10.${index}0.0.0/16"
}
`;
      files[`live/${name}/data/main.tf`] = `module "db" {
  source = "git::https://git.example.com/platform/rds.git//modules/postgres?ref=v3.2.0"

  identifier     = format("shop-%s", var.environment)
  instance_class = lookup(var.sizes, var.environment, "db.t4g.medium")
  multi_az       = var.environment == "prod" ? true : false
}

resource "aws_instance" "bastion" {
  ami           = "ami-0123456789"
  instance_type = "t3.micro"

  ebs_block_device {
    device_name = "/dev/xvdb"
  }

  user_data = <<-EOT
    #!/bin/sh
    # the same for dev, staging and prod
    echo "\${var.environment}" > /etc/motd
  EOT
}

data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "acme-tfstate-\${local.accounts[var.environment]}"
    key    = "shop/\${var.environment}/network.tfstate"
    region = "eu-central-1"
  }
}

resource "aws_wafv2_web_acl" "this" {
  name  = "shop-\${var.environment}"
  scope = "REGIONAL"

  dynamic "rule" {
    for_each = toset(["common", "sqli"])
    content {
      name = rule.value
    }
  }
}
`;
      files[`live/${name}/data/variables.tf`] = `variable "environment" {
  type    = string
  default = "dev"
}

variable "sizes" {
  type = map(string)
  default = {
    staging = "db.m7g.large"
    prod    = "db.m7g.xlarge"
  }
}
`;
      files[
        `live/${name}/data/${name}.auto.tfvars`
      ] = `# values of one environment\nenvironment = "${name}"\n`;
    }
    return files;
  },
};

/** One folder for all environments: a file of variables and a file for the backend of each. */
export const single: ForeignInfrastructure = {
  name: 'one root with files for each environment',
  wrong: [],
  files: () => {
    const files: Files = {
      'terraform/versions.tf': `terraform {
  required_version = "~> 1.10"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.80" }
  }
  backend "s3" {}
}
`,
      'terraform/main.tf': `locals {
  name = "shop-\${var.env}"
  tags = {
    Environment = var.env
    Service     = "shop"
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias               = "edge"
  region              = "us-east-1"
  allowed_account_ids = [var.account_id]
  default_tags {
    tags = local.tags
  }
}

module "stack" {
  source = "../stacks/shop"

  name     = local.name
  env      = var.env
  database = var.database
  cidr     = var.vpc_cidr
}
`,
      'terraform/variables.tf': ['env', 'region', 'account_id', 'vpc_cidr']
        .map(name => `variable "${name}" {\n  type = string\n}\n`)
        .concat(
          'variable "database" {\n  type = object({ class = string, standby = optional(bool) })\n}\n',
        )
        .join('\n'),
      'stacks/shop/main.tf': `locals {
  is_live = contains(["staging", "prod"], var.env)
}

resource "aws_vpc" "main" {
  cidr_block = var.cidr
}

resource "aws_db_instance" "main" {
  identifier        = var.name
  instance_class    = var.database.class
  multi_az          = try(var.database.standby, false)
  storage_encrypted = true

  manage_master_user_password = true
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_wafv2_web_acl" "main" {
  count = local.is_live ? 1 : 0
  name  = var.name
  scope = "REGIONAL"
}
`,
      'stacks/shop/variables.tf':
        'variable "name" {}\nvariable "env" {}\nvariable "database" {}\nvariable "cidr" {}\n',
    };
    for (const [index, name] of ENVIRONMENTS.entries()) {
      files[`terraform/vars/${name}.tfvars`] = `env        = "${name}"
region     = "eu-central-1"
account_id = "${ACCOUNTS[name]}"
vpc_cidr   = "10.${index + 1}.0.0/16"

database = {
  class   = "db.${['t4g.small', 'm7g.large', 'm7g.xlarge'][index]}"
  standby = ${name === 'prod'}
}
`;
      files[
        `terraform/backends/${name}.hcl`
      ] = `bucket       = "acme-state-${ACCOUNTS[name]}"
key          = "${name}/shop.tfstate"
region       = "eu-central-1"
encrypt      = true
use_lockfile = true
`;
    }
    return files;
  },
};

/** Folders of environments that name themselves in locals, and share a module in the repository; OpenTofu, with workspaces of a cloud. */
export const local: ForeignInfrastructure = {
  name: 'roots that name themselves in locals',
  wrong: ENVIRONMENTS.slice(0, 2).map(
    name => `fail TF-01 [${name}] environments/${name}/main.tofu`,
  ),
  files: () => {
    const files: Files = {
      'modules/shop/main.tf': `locals {
  sizes = {
    dev     = { nodes = 2, type = "m7i.large" }
    staging = { nodes = 2, type = "m7i.large" }
    prod    = { nodes = 4, type = "m7i.xlarge" }
  }
  size = local.sizes[var.environment]
}

resource "aws_eks_node_group" "main" {
  cluster_name   = "shop-\${var.environment}"
  instance_types = [local.size.type]
  scaling_config {
    desired_size = local.size.nodes
    min_size     = 1
    max_size     = 10
  }
}

resource "aws_wafv2_web_acl" "main" {
  name  = "shop-\${var.environment}"
  scope = "REGIONAL"
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.16.0"
  cidr    = cidrsubnet("10.0.0.0/8", 8, var.number)
}
`,
      'modules/shop/variables.tf':
        'variable "environment" {}\nvariable "number" {}\n',
    };
    for (const [index, name] of ENVIRONMENTS.entries()) {
      const folder = `environments/${name}`;
      files[`${folder}/main.tofu`] = `locals {
  environment = "${name}"
}

module "shop" {
  source      = "../../modules/shop"
  environment = local.environment
  number      = ${index + 1}
}

provider "aws" {
  region = "eu-central-1"
  assume_role {
    role_arn = "arn:aws:iam::${ACCOUNTS[name]}:role/apply"
  }
  default_tags {
    tags = { environment = local.environment }
  }
}
`;
      files[`${folder}/terraform.tf`] = `terraform {
  required_version = ">= 1.8"
  cloud {
    organization = "acme"
    workspaces {
      name = "shop-${name}"
    }
  }
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}
`;
    }
    return files;
  },
};

export const LIFELIKE = [parts, single, local];
