# Two roles for each root: one that reads, for plans, and one that changes. Both see the state of their root alone.
data "aws_partition" "current" {}

locals {
  arn      = "arn:${data.aws_partition.current.partition}"
  policies = "${local.arn}:iam::aws:policy"
  module_roles = [
    "${local.arn}:iam::${local.account.id}:role/eks-*",
    "${local.arn}:iam::${local.account.id}:role/flow-logs-*",
  ]
}

data "aws_iam_policy_document" "state" {
  for_each = local.account.roots

  statement {
    sid       = "FindStates"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.state.arn]
  }

  statement {
    sid     = "ReadStates"
    actions = ["s3:GetObject"]
    resources = concat(
      ["${aws_s3_bucket.state.arn}/${each.value.state_key}"],
      each.value.platform_key == null ? [] : ["${aws_s3_bucket.state.arn}/${each.value.platform_key}"],
    )
  }

  statement {
    sid       = "LockState"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.state.arn}/${each.value.state_key}.tflock"]
  }

  # PowerUserAccess would read every object of the account.
  statement {
    sid     = "ReadNoOtherState"
    effect  = "Deny"
    actions = ["s3:GetObject", "s3:GetObjectVersion"]
    not_resources = concat(
      ["${aws_s3_bucket.state.arn}/${each.value.state_key}", "${aws_s3_bucket.state.arn}/${each.value.state_key}.tflock"],
      each.value.platform_key == null ? [] : ["${aws_s3_bucket.state.arn}/${each.value.platform_key}"],
    )
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.state.arn]
  }
}

# What the modules are made of, as far as a plan has to see it, and no data: no object, no parameter, no secret and no line of a log. Any
# branch may ask for a plan. A module that uses another service adds it here.
data "aws_iam_policy_document" "read" {
  statement {
    actions = [
      "acm:Describe*", "acm:List*",
      "ec2:Describe*",
      "eks:Describe*", "eks:List*",
      "iam:Get*", "iam:List*",
      "kms:Describe*", "kms:Get*", "kms:List*",
      "logs:Describe*", "logs:List*",
      "rds:Describe*", "rds:List*",
      "route53:Get*", "route53:List*",
      "wafv2:Get*", "wafv2:List*",
    ]
    resources = ["*"]
  }
}

# The most that a role made by an apply can do, whatever is attached to it: otherwise an apply could make itself an administrator.
data "aws_iam_policy_document" "boundary" {
  statement {
    sid         = "WorkOfMachines"
    not_actions = ["iam:*", "sts:*", "organizations:*", "account:*"]
    resources   = ["*"]
  }

  statement {
    sid       = "LinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["*"]
  }

  statement {
    sid       = "NoStates"
    effect    = "Deny"
    actions   = ["s3:*", "kms:*"]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*", aws_kms_key.state.arn]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "${var.service}-boundary"
  description = "Boundary of the roles that Terraform makes for ${var.service}"
  policy      = data.aws_iam_policy_document.boundary.json
}

data "aws_iam_policy_document" "change" {
  for_each = local.account.roots

  statement {
    sid       = "WriteState"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.state.arn}/${each.value.state_key}"]
  }

  # The roles that the modules make, by the beginnings of their names, and no others: not the ones of this folder.
  statement {
    sid       = "KeepRolesOfModules"
    actions   = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:PassRole"]
    resources = local.module_roles
  }

  statement {
    sid = "GiveRightsWithinTheBoundary"
    actions = [
      "iam:CreateRole", "iam:PutRolePermissionsBoundary",
      "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
    ]
    resources = local.module_roles

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid       = "ReadIdentities"
    actions   = ["iam:Get*", "iam:List*"]
    resources = ["*"]
  }

  statement {
    sid    = "LeaveOtherStatesAlone"
    effect = "Deny"
    actions = [
      "s3:DeleteBucket*", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
      "s3:PutReplicationConfiguration", "s3:DeleteObjectVersion",
    ]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
  }

  # Without its key every state of the account is lost.
  statement {
    sid       = "LeaveTheKeyAlone"
    effect    = "Deny"
    actions   = ["kms:ScheduleKeyDeletion", "kms:Disable*", "kms:PutKeyPolicy", "kms:CreateGrant"]
    resources = [aws_kms_key.state.arn]
  }

  statement {
    sid     = "WriteNoOtherState"
    effect  = "Deny"
    actions = ["s3:PutObject", "s3:DeleteObject"]
    not_resources = [
      "${aws_s3_bucket.state.arn}/${each.value.state_key}",
      "${aws_s3_bucket.state.arn}/${each.value.state_key}.tflock",
    ]
  }
}

resource "aws_iam_role" "plan" {
  for_each = local.account.roots

  name                 = "${var.service}-${each.key}-plan"
  assume_role_policy   = data.aws_iam_policy_document.plan[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "read" {
  for_each = local.account.roots

  name   = "read"
  role   = aws_iam_role.plan[each.key].name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "plan" {
  for_each = local.account.roots

  name   = "state"
  role   = aws_iam_role.plan[each.key].name
  policy = data.aws_iam_policy_document.state[each.key].json
}

resource "aws_iam_role" "apply" {
  for_each = local.account.roots

  name                 = "${var.service}-${each.key}-apply"
  assume_role_policy   = data.aws_iam_policy_document.apply[each.key].json
  max_session_duration = 7200
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = local.account.roots

  role       = aws_iam_role.apply[each.key].name
  policy_arn = "${local.policies}/PowerUserAccess"
}

resource "aws_iam_role_policy" "apply" {
  for_each = local.account.roots

  name   = "state"
  role   = aws_iam_role.apply[each.key].name
  policy = data.aws_iam_policy_document.state[each.key].json
}

resource "aws_iam_role_policy" "change" {
  for_each = local.account.roots

  name   = "change"
  role   = aws_iam_role.apply[each.key].name
  policy = data.aws_iam_policy_document.change[each.key].json
}

# Who administers the clusters: people who may take this role, which is recorded when they do.
data "aws_iam_policy_document" "cluster_admin" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = length(var.cluster_admin_principals) > 0 ? var.cluster_admin_principals : ["${local.arn}:iam::${local.account.id}:root"]
    }

    # Roles of IAM Identity Center ask for the second factor when people sign in, and do not tell of it afterwards.
    dynamic "condition" {
      for_each = length(var.cluster_admin_principals) > 0 ? [] : ["true"]

      content {
        test     = "Bool"
        variable = "aws:MultiFactorAuthPresent"
        values   = [condition.value]
      }
    }
  }
}

# What finds the clusters; what may be done in them is up to their access entries.
data "aws_iam_policy_document" "find_clusters" {
  statement {
    actions   = ["eks:DescribeCluster"]
    resources = ["${local.arn}:eks:*:${local.account.id}:cluster/${var.service}-*"]
  }

  statement {
    actions   = ["eks:ListClusters"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "cluster_admin" {
  name   = "find-clusters"
  role   = aws_iam_role.cluster_admin.name
  policy = data.aws_iam_policy_document.find_clusters.json
}

resource "aws_iam_role" "cluster_admin" {
  name                 = "${var.service}-cluster-admin"
  assume_role_policy   = data.aws_iam_policy_document.cluster_admin.json
  max_session_duration = 3600
}
