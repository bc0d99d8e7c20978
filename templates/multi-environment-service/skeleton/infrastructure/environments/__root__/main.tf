# The same file in every root. A root either has a cluster of its own, or shares the one of its platform root.
data "terraform_remote_state" "platform" {
  count   = var.platform_state == null ? 0 : 1
  backend = "local"

  config = {
    path = var.platform_state
  }
}

module "vpc" {
  source = "../../modules/vpc"
  count  = var.create_cluster ? 1 : 0

  name = var.cluster_name
  cidr = var.vpc_cidr
}

module "cluster" {
  source = "../../modules/kubernetes-cluster"
  count  = var.create_cluster ? 1 : 0

  name                = var.cluster_name
  kubernetes_version  = var.kubernetes_version
  network_id          = module.vpc[0].id
  node_subnets        = module.vpc[0].node_subnets
  node_type           = var.node_type
  node_count          = var.node_count
  deletion_protection = var.deletion_protection
}

locals {
  platform = var.create_cluster ? {
    cluster_name          = module.cluster[0].name
    kubernetes_version    = module.cluster[0].kubernetes_version
    network_policy_engine = module.cluster[0].network_policy_engine
    network_id            = module.vpc[0].id
  } : data.terraform_remote_state.platform[0].outputs.platform
}

resource "terraform_data" "environment" {
  input = {
    environment  = var.environment
    cluster_name = local.platform.cluster_name
    namespace    = var.namespace
  }
}
