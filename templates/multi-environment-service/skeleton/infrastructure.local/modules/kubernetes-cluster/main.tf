# A cluster with one group of nodes. This flavour provisions no cloud; its interface is that of the flavours that do.
resource "terraform_data" "cluster" {
  input = {
    name                  = var.name
    kubernetes_version    = var.kubernetes_version
    network_id            = var.network_id
    node_subnets          = var.node_subnets
    node_type             = var.node_type
    node_count            = var.node_count
    node_max              = var.node_max
    network_policy_engine = "enforcing"
    api_is_private        = length(var.api_allowed_cidrs) == 0
    administrators        = var.admin_role_arns
    log_retention_days    = var.log_retention_days
    permissions_boundary  = var.permissions_boundary
    deletion_protection   = var.deletion_protection
  }
}
