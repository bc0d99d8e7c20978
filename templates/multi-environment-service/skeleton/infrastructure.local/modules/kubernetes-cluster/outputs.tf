output "name" {
  description = "Name of the cluster."
  value       = terraform_data.cluster.input.name
}

output "endpoint" {
  description = "Address of the API server."
  value       = "https://${terraform_data.cluster.input.name}.cluster.internal"
}

output "kubernetes_version" {
  description = "Minor version of Kubernetes."
  value       = terraform_data.cluster.input.kubernetes_version
}

output "network_policy_engine" {
  description = "Whether network policies are enforced."
  value       = terraform_data.cluster.input.network_policy_engine
}

output "workload_identity_issuer" {
  description = "Who vouches for the identity of workloads."
  value       = "https://${terraform_data.cluster.input.name}.cluster.internal/identity"
}

output "client_selector" {
  description = "What selects the nodes, for those that let them in."
  value       = "nodes:${terraform_data.cluster.input.name}"
}

output "nodes" {
  description = "Type and number of nodes."
  value = {
    type  = terraform_data.cluster.input.node_type
    count = terraform_data.cluster.input.node_count
    max   = terraform_data.cluster.input.node_max
  }
}
