# The network of one cluster: three tiers of subnets over the zones, of which only the first is reached from the internet.
data "aws_availability_zones" "available" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  # Keys are known before the names of the zones are, so that a plan can tell what it makes.
  zones = { for index in range(var.zones) : tostring(index) => data.aws_availability_zones.available.names[index] }
  nats  = var.single_nat_gateway ? { "0" = local.zones["0"] } : local.zones
  # A sixteenth of the range for each tier and zone, with room for four zones.
  cidrs = {
    for index, tier in ["public", "nodes", "database"] :
    tier => { for zone in range(var.zones) : tostring(zone) => cidrsubnet(var.cidr, 4, index * 4 + zone) }
  }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }
}

# What names no security group gets this one: it lets nothing in and nothing out.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-closed" }
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = local.cidrs["public"][each.key]

  tags = {
    Name                     = "${var.name}-public-${each.value}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "nodes" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = local.cidrs["nodes"][each.key]

  tags = {
    Name                              = "${var.name}-nodes-${each.value}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "database" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = local.cidrs["database"][each.key]

  tags = { Name = "${var.name}-database-${each.value}" }
}
