variables {
  name                 = "test"
  kubernetes_version   = "1.34"
  network_id           = "network"
  node_subnets         = ["10.0.0.0/20", "10.0.16.0/20"]
  node_type            = "standard-2"
  node_count           = 2
  node_max             = 4
  admin_role_arns      = []
  api_allowed_cidrs    = []
  log_retention_days   = 30
  permissions_boundary = null
  deletion_protection  = false
}

run "enforces_network_policies" {
  command = plan

  assert {
    condition     = output.network_policy_engine == "enforcing"
    error_message = "Network policies must be enforced in every cluster."
  }
}

run "keeps_the_api_private" {
  command = plan

  assert {
    condition     = terraform_data.cluster.input.api_is_private
    error_message = "Without networks that are let in, the API server must be private."
  }
}

run "refuses_a_patch_version" {
  command = plan

  variables {
    kubernetes_version = "1.34.1"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_the_whole_internet" {
  command = plan

  variables {
    api_allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_allowed_cidrs]
}

run "refuses_to_grow_to_less" {
  command = plan

  variables {
    node_max = 1
  }

  expect_failures = [var.node_max]
}
