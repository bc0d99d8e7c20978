output "id" {
  description = "Identity of the network."
  value       = terraform_data.network.input.name
}

output "cidr" {
  description = "Address range."
  value       = terraform_data.network.input.cidr
}

output "node_subnets" {
  description = "Subnets that nodes are placed in, one per zone."
  value       = terraform_data.network.input.subnets["nodes"]
}

output "database_subnets" {
  description = "Subnets that databases are placed in, one per zone."
  value       = terraform_data.network.input.subnets["database"]
}
