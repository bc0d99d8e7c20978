# The same file in every root. A root either has a cluster of its own, or shares the one of its platform root.
data "terraform_remote_state" "platform" {
  count   = var.create_cluster ? 0 : 1
  backend = "{= roots[0].state.kind =}"
  config  = var.platform_state
}

module "vpc" {
  source = "../../modules/vpc"
  count  = var.create_cluster ? 1 : 0

  name                 = var.cluster_name
  cidr                 = var.vpc_cidr
  single_nat_gateway   = var.single_nat_gateway
  permissions_boundary = var.permissions_boundary
}

module "cluster" {
  source = "../../modules/kubernetes-cluster"
  count  = var.create_cluster ? 1 : 0

  name                 = var.cluster_name
  kubernetes_version   = var.kubernetes_version
  network_id           = module.vpc[0].id
  node_subnets         = module.vpc[0].node_subnets
  node_type            = var.node_type
  node_count           = var.node_count
  node_max             = var.node_max
  admin_role_arns      = var.cluster_admin_role_arns
  api_allowed_cidrs    = var.api_allowed_cidrs
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  deletion_protection  = var.deletion_protection
}

locals {
  name = "${var.service}-${var.environment}"

  platform = var.create_cluster ? {
    cluster_name          = module.cluster[0].name
    kubernetes_version    = module.cluster[0].kubernetes_version
    network_policy_engine = module.cluster[0].network_policy_engine
    network_id            = module.vpc[0].id
    database_subnets      = module.vpc[0].database_subnets
    client_selector       = module.cluster[0].client_selector
  } : data.terraform_remote_state.platform[0].outputs.platform
}

module "database" {
  source = "../../modules/database"
  count  = var.create_database ? 1 : 0

  name                  = local.name
  database_name         = replace(var.service, "-", "_")
  instance_class        = var.db_instance
  storage               = var.db_storage
  highly_available      = var.db_multi_az
  backup_retention_days = var.db_backup_retention_days
  log_retention_days    = var.log_retention_days
  deletion_protection   = var.deletion_protection
  final_snapshot        = var.production
  network_id            = local.platform.network_id
  subnets               = local.platform.database_subnets
  client_selector       = local.platform.client_selector
}

module "edge" {
  source = "../../modules/edge"
  count  = var.enable_waf || var.hostname != null ? 1 : 0

  name       = local.name
  hostname   = var.hostname
  zone_id    = var.zone_id
  enable_waf = var.enable_waf
}

# What this root is, in its state: read by people and by checks.
resource "terraform_data" "environment" {
  input = {
    environment  = var.environment
    cluster_name = local.platform.cluster_name
    namespace    = var.namespace
  }

  lifecycle {
    precondition {
      condition     = local.platform.cluster_name == var.cluster_name
      error_message = "platform_state is the state of another cluster than cluster_name."
    }
  }
}
