# Needs no state and no cloud: terraform init -backend=false && terraform test -var-file={= root.name =}.tfvars
{%- if cloud == "aws" %}
mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names = ["{= root.region =}a", "{= root.region =}b", "{= root.region =}c"]
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{}"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }
}
{%- endif %}
{%- if root.platform_root %}

override_data {
  target = data.terraform_remote_state.platform[0]
  values = {
    outputs = {
      platform = {
        cluster_name          = "{= service =}-{= root.cluster_name =}"
        kubernetes_version    = "{= root.kubernetes_version =}"
        network_policy_engine = "enforcing"
        network_id            = "network"
        database_subnets      = ["subnet-1", "subnet-2"]
        client_selector       = "nodes"
      }
    }
  }
}
{%- endif %}

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

run "has_the_shape_of_its_kind" {
  command = plan

  assert {
    condition     = output.parity.production == false || output.parity.deletion_protection
    error_message = "Production must be protected from deletion."
  }

  assert {
    condition     = output.parity.database == null ? true : output.parity.production == false || output.parity.database.multi_az
    error_message = "The database of production must have a standby."
  }
}

run "refuses_the_values_of_another" {
  command = plan

  variables {
    environment = "another"
  }

  expect_failures = [var.environment]
}
