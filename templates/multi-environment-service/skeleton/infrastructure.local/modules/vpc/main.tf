# The network of one cluster: three tiers of subnets over the zones. This flavour provisions no cloud; the values are
# taken from `input`, which a plan knows, and not from `output`, which it does not.
locals {
  tiers = ["public", "nodes", "database"]
}

resource "terraform_data" "network" {
  input = {
    name         = var.name
    cidr         = var.cidr
    subnets      = { for index, tier in local.tiers : tier => [for zone in range(var.zones) : cidrsubnet(var.cidr, 4, index * 4 + zone)] }
    nat_gateways = var.single_nat_gateway ? 1 : var.zones
    boundary     = var.permissions_boundary
  }
}
