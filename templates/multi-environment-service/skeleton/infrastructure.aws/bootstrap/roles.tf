# Two roles for each root: one that reads, for plans, and one that changes. Both see the state of their root alone.
data "aws_partition" "current" {}

locals {
  arn      = "arn:${data.aws_partition.current.partition}"
  policies = "${local.arn}:iam::aws:policy"
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

  # ReadOnlyAccess and PowerUserAccess would read every object of the account.
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

data "aws_iam_policy_document" "change" {
  for_each = local.account.roots

  statement {
    sid       = "WriteState"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.state.arn}/${each.value.state_key}"]
  }

  # The roles that the modules make, by the beginnings of their names, and no others: not the ones of this folder.
  statement {
    sid = "RolesOfModules"
    actions = [
      "iam:CreateRole", "iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
      "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PassRole",
    ]
    resources = [
      "${local.arn}:iam::${local.account.id}:role/eks-*",
      "${local.arn}:iam::${local.account.id}:role/flow-logs-*",
    ]
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
      "s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy",
      "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
    ]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
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

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = local.account.roots

  role       = aws_iam_role.plan[each.key].name
  policy_arn = "${local.policies}/ReadOnlyAccess"
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

# Who administers the clusters: people of the account who may take this role, which is recorded when they do.
data "aws_iam_policy_document" "cluster_admin" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["${local.arn}:iam::${local.account.id}:root"]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}

resource "aws_iam_role" "cluster_admin" {
  name                 = "${var.service}-cluster-admin"
  assume_role_policy   = data.aws_iam_policy_document.cluster_admin.json
  max_session_duration = 3600
}
