mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{}"
    }
  }
}

variables {
  name                 = "test"
  cidr                 = "10.0.0.0/16"
  single_nat_gateway   = true
  permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
}

run "three_tiers_in_three_zones" {
  command = plan

  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.nodes) == 3 && length(aws_subnet.database) == 3
    error_message = "Every tier needs a subnet in every zone."
  }

  assert {
    condition = length(distinct(concat(
      [for subnet in aws_subnet.public : subnet.cidr_block],
      [for subnet in aws_subnet.nodes : subnet.cidr_block],
      [for subnet in aws_subnet.database : subnet.cidr_block],
    ))) == 9
    error_message = "Subnets must not overlap."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 3
    error_message = "With single_nat_gateway all zones go out through one gateway."
  }
}

run "a_way_out_of_every_zone" {
  command = plan

  variables {
    single_nat_gateway = false
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "Without single_nat_gateway every zone has a NAT gateway."
  }
}

run "the_default_security_group_is_closed" {
  command = plan

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_default_security_group.closed.tags["Name"] == "test-closed"
    error_message = "The default security group is taken over without a rule, and all traffic is logged."
  }
}

run "makes_no_role_without_a_boundary" {
  command = plan

  assert {
    condition     = aws_iam_role.flow_logs.permissions_boundary == var.permissions_boundary
    error_message = "A role without the boundary could be given any right."
  }
}

run "refuses_a_range_that_is_too_small" {
  command = plan

  variables {
    cidr = "10.0.0.0/24"
  }

  expect_failures = [var.cidr]
}
