# Run with the values of this root: terraform test -var-file={= root.name =}.tfvars
run "is_this_environment" {
  command = plan

  assert {
    condition     = output.parity.environment == "{= root.name =}"
    error_message = "The outputs must name this environment."
  }

  assert {
    condition     = output.parity.network_policy_engine == "enforcing"
    error_message = "Network policies must be enforced."
  }
}

run "refuses_the_values_of_another" {
  command = plan

  variables {
    environment = "another"
  }

  expect_failures = [var.environment]
}
