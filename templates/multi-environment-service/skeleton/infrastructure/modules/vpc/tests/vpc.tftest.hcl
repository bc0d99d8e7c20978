variables {
  name = "test"
  cidr = "10.0.0.0/16"
}

run "one_subnet_per_tier_and_zone" {
  command = plan

  assert {
    condition     = length(output.node_subnets) == 3 && length(setintersection(output.node_subnets, output.database_subnets)) == 0
    error_message = "Every tier needs a subnet of its own in every zone."
  }
}

run "refuses_a_range_that_is_too_small" {
  command = plan

  variables {
    cidr = "10.0.0.0/24"
  }

  expect_failures = [var.cidr]
}
