output "platform" {
  description = "What roots that share this cluster read."
  value       = local.platform
}

output "parity" {
  description = "What is compared between environments; known when planned."
  value = {
    environment           = var.environment
    cluster_name          = local.platform.cluster_name
    kubernetes_version    = local.platform.kubernetes_version
    network_policy_engine = local.platform.network_policy_engine
    namespace             = var.namespace
    deletion_protection   = var.deletion_protection
  }
}
