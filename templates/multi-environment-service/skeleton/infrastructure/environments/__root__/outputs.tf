output "platform" {
  description = "What roots that share this cluster read."
  value       = local.platform
}

output "parity" {
  description = "What is compared between environments; known when planned."
  value = {
    environment           = var.environment
    production            = var.production
    cluster_name          = local.platform.cluster_name
    kubernetes_version    = local.platform.kubernetes_version
    network_policy_engine = local.platform.network_policy_engine
    namespace             = var.namespace
    hostname              = var.hostname
    firewall              = var.enable_waf
    deletion_protection   = var.deletion_protection
    database = var.create_database ? {
      instance    = var.db_instance
      multi_az    = var.db_multi_az
      backup_days = var.db_backup_retention_days
    } : null
  }
}

output "database" {
  description = "Where the database is, and where its credentials are; null where there is none."
  value = var.create_database ? {
    endpoint               = module.database[0].endpoint
    credentials_secret_ref = module.database[0].credentials_secret_ref
  } : null
}

output "edge" {
  description = "What a load balancer is to use, and the record that is still to be created; null where there is nothing."
  value = length(module.edge) == 0 ? null : {
    certificate_ref   = module.edge[0].certificate_ref
    policy_ref        = module.edge[0].policy_ref
    validation_record = module.edge[0].validation_record
  }
}
