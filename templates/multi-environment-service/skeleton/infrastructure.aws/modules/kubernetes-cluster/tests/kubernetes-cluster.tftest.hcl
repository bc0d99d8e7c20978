mock_provider "aws" {
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

variables {
  name                 = "test"
  kubernetes_version   = "1.34"
  network_id           = "vpc-1"
  node_subnets         = ["subnet-1", "subnet-2"]
  node_type            = "m7g.large"
  node_count           = 2
  node_max             = 4
  admin_role_arns      = ["arn:aws:iam::111122223333:role/admin"]
  api_allowed_cidrs    = []
  log_retention_days   = 30
  permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  deletion_protection  = true
}

run "enforces_network_policies" {
  command = plan

  assert {
    condition     = output.network_policy_engine == "enforcing"
    error_message = "Network policies must be enforced in every cluster."
  }
}

run "keeps_the_api_private_and_names_its_administrators" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access == false
    error_message = "Without networks that are let in, the API server must be private."
  }

  assert {
    condition     = aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions == false && length(aws_eks_access_entry.admin) == 1
    error_message = "Only roles that are named administer the cluster."
  }
}

run "encrypts_logs_and_protects" {
  command = plan

  assert {
    condition     = length(aws_eks_cluster.this.encryption_config) == 1 && length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "Secrets are encrypted with a key of ours, and every log of the control plane is kept."
  }

  assert {
    condition     = aws_eks_cluster.this.deletion_protection == true
    error_message = "deletion_protection must reach the cluster."
  }
}

run "makes_no_role_without_a_boundary" {
  command = plan

  assert {
    condition     = alltrue([for role in [aws_iam_role.control_plane, aws_iam_role.nodes, aws_iam_role.volumes] : role.permissions_boundary == var.permissions_boundary])
    error_message = "A role without the boundary could be given any right."
  }
}

run "keeps_the_node_to_itself" {
  command = plan

  assert {
    condition     = aws_launch_template.nodes.metadata_options[0].http_tokens == "required" && aws_launch_template.nodes.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Pods must not reach the metadata of their node."
  }

  assert {
    condition     = aws_launch_template.nodes.block_device_mappings[0].ebs[0].encrypted == "true"
    error_message = "Disks of nodes must be encrypted."
  }
}

run "upgrades_addons_with_the_cluster" {
  command = plan

  assert {
    condition     = alltrue([for addon in data.aws_eks_addon_version.fitting : addon.kubernetes_version == var.kubernetes_version])
    error_message = "Addons must be of the version of the cluster."
  }
}

run "takes_the_image_of_the_processor" {
  command = plan

  assert {
    condition     = aws_eks_node_group.default.ami_type == "AL2023_ARM_64_STANDARD"
    error_message = "Graviton machines need an image for ARM."
  }
}

run "takes_the_image_of_the_other_processor" {
  command = plan

  variables {
    node_type = "m7i.large"
  }

  assert {
    condition     = aws_eks_node_group.default.ami_type == "AL2023_x86_64_STANDARD"
    error_message = "Machines without the letter g need an image for x86."
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
