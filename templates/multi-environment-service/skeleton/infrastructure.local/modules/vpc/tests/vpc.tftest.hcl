variables {
  name                 = "test"
  cidr                 = "10.0.0.0/16"
  single_nat_gateway   = true
  permissions_boundary = null
}

run "one_subnet_per_tier_and_zone" {
  command = plan

  assert {
    condition     = length(output.node_subnets) == 3 && length(setintersection(output.node_subnets, output.database_subnets)) == 0
    error_message = "Every tier needs a subnet of its own in every zone."
  }
}

run "a_way_out_of_every_zone" {
  command = plan

  variables {
    single_nat_gateway = false
  }

  assert {
    condition     = terraform_data.network.input.nat_gateways == 3
    error_message = "Without single_nat_gateway every zone has a NAT gateway."
  }
}

run "refuses_a_range_that_is_too_small" {
  command = plan

  variables {
    cidr = "10.0.0.0/24"
  }

  expect_failures = [var.cidr]
}
