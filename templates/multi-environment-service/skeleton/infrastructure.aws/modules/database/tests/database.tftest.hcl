mock_provider "aws" {}

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
  network_id            = "vpc-1"
  subnets               = ["subnet-1", "subnet-2"]
  client_selector       = "sg-1"
}

run "keeps_the_password_out_of_the_state" {
  command = plan

  assert {
    condition     = aws_db_instance.this.manage_master_user_password == true && aws_db_instance.this.password == null
    error_message = "RDS makes the password; none is written here."
  }
}

run "is_encrypted_and_private" {
  command = plan

  assert {
    condition     = aws_db_instance.this.storage_encrypted == true && aws_db_instance.this.publicly_accessible == false
    error_message = "The database must be encrypted, and not be reached from the internet."
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : parameter.value if parameter.name == "rds.force_ssl"]) == "1"
    error_message = "Connections must be encrypted."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.clients.referenced_security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.clients.cidr_ipv4 == null
    error_message = "Only the nodes may connect, by their security group."
  }
}

run "leaves_a_snapshot_even_unprotected" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_db_instance.this.skip_final_snapshot == false && aws_db_instance.this.final_snapshot_identifier == "test-final" && aws_db_instance.this.delete_automated_backups == false
    error_message = "What holds real data leaves a snapshot and its backups."
  }
}

run "disposable_it_goes_without_a_trace" {
  command = plan

  variables {
    deletion_protection = false
    final_snapshot      = false
  }

  assert {
    condition     = aws_db_instance.this.skip_final_snapshot == true && aws_db_instance.this.deletion_protection == false
    error_message = "What is disposable can be destroyed in one go."
  }
}

run "keeps_its_logs_for_a_time" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_log_group.this) == 2 && alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 30])
    error_message = "Logs that RDS makes a place for are kept for ever."
  }
}

run "refuses_a_database_without_backups" {
  command = plan

  variables {
    backup_retention_days = 0
  }

  expect_failures = [var.backup_retention_days]
}
