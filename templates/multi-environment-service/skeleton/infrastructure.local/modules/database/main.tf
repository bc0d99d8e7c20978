# A PostgreSQL server. This flavour provisions no cloud; its interface is that of the flavours that do.
resource "terraform_data" "database" {
  input = {
    name                  = var.name
    database_name         = var.database_name
    engine                = "postgres ${var.engine_version}"
    instance_class        = var.instance_class
    storage               = var.storage
    highly_available      = var.highly_available
    backup_retention_days = var.backup_retention_days
    log_retention_days    = var.log_retention_days
    deletion_protection   = var.deletion_protection
    final_snapshot        = var.final_snapshot
    network_id            = var.network_id
    subnets               = var.subnets
    clients               = var.client_selector
  }
}
