output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name
}

output "endpoint" {
  description = "Address of the API server."
  value       = aws_eks_cluster.this.endpoint
}

output "kubernetes_version" {
  description = "Minor version of Kubernetes."
  value       = aws_eks_cluster.this.version
}

output "network_policy_engine" {
  description = "Whether network policies are enforced."
  value       = try(jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy, "") == "true" ? "enforcing" : "none"
}

output "workload_identity_issuer" {
  description = "Who vouches for the identity of workloads."
  value       = aws_eks_cluster.this.identity[0].oidc[0].issuer
}

output "client_selector" {
  description = "What selects the nodes, for those that let them in: a security group."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "nodes" {
  description = "Type and number of nodes."
  value = {
    type  = var.node_type
    count = var.node_count
    max   = var.node_max
  }
}
