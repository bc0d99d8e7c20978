output "id" {
  description = "Identity of the network."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Address range."
  value       = aws_vpc.this.cidr_block
}

output "node_subnets" {
  description = "Subnets that nodes are placed in, one per zone."
  value       = [for subnet in aws_subnet.nodes : subnet.id]
}

output "database_subnets" {
  description = "Subnets that databases are placed in, one per zone."
  value       = [for subnet in aws_subnet.database : subnet.id]
}
