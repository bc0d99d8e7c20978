variables {
  name                = "test"
  kubernetes_version  = "1.34"
  network_id          = "network"
  node_subnets        = ["10.0.0.0/20"]
  node_type           = "standard-2"
  node_count          = 2
  deletion_protection = false
}

run "enforces_network_policies" {
  command = plan

  assert {
    condition     = output.network_policy_engine == "enforcing"
    error_message = "Network policies must be enforced in every cluster."
  }
}

run "refuses_a_patch_version" {
  command = plan

  variables {
    kubernetes_version = "1.34.1"
  }

  expect_failures = [var.kubernetes_version]
}
