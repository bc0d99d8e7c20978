variables {
  name                  = "test"
  database_name         = "test"
  instance_class        = "db.t4g.small"
  storage               = 20
  highly_available      = true
  backup_retention_days = 7
  log_retention_days    = 30
  deletion_protection   = true
  final_snapshot        = true
  network_id            = "network"
  subnets               = ["10.0.128.0/20", "10.0.144.0/20"]
  client_selector       = "nodes:test"
}

run "hands_out_a_reference_and_no_password" {
  command = plan

  assert {
    condition     = output.credentials_secret_ref == "secret:test"
    error_message = "Credentials leave the module as a reference only."
  }
}

run "refuses_a_database_without_backups" {
  command = plan

  variables {
    backup_retention_days = 0
  }

  expect_failures = [var.backup_retention_days]
}

run "refuses_a_class_of_machines" {
  command = plan

  variables {
    instance_class = "m7g.large"
  }

  expect_failures = [var.instance_class]
}
