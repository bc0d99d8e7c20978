output "name" {
  description = "Name of the cluster."
  value       = terraform_data.cluster.input.name
}

output "kubernetes_version" {
  description = "Minor version of Kubernetes."
  value       = terraform_data.cluster.input.kubernetes_version
}

output "network_policy_engine" {
  description = "Whether network policies are enforced."
  value       = terraform_data.cluster.input.network_policy_engine
}

output "nodes" {
  description = "Type and number of nodes."
  value = {
    type  = terraform_data.cluster.input.node_type
    count = terraform_data.cluster.input.node_count
  }
}
