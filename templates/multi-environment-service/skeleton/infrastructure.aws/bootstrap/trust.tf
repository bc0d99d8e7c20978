{%- if dialect == "gitea" -%}
# Who may take the roles: the machines that run the workflows. They sign in as themselves; there is no key to keep.
data "aws_iam_policy_document" "plan" {
  for_each = local.account.roots

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.runner_role_arns.plan
    }
  }
}

data "aws_iam_policy_document" "apply" {
  for_each = local.account.roots

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.runner_role_arns.apply
    }
  }
}
{%- else -%}
# Who may take the roles: workflows of this repository, with a token that lives for minutes. There is no key to keep.
locals {
  issuer   = "{= infrastructure_repository.issuer =}"
  audience = "{% if dialect == "github" %}sts.amazonaws.com{% else %}https://{= infrastructure_repository.host =}{% endif %}"
}

resource "aws_iam_openid_connect_provider" "git" {
  count = var.create_oidc_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = [local.audience]
}

data "aws_caller_identity" "current" {}

data "aws_partition" "trust" {}

locals {
  provider_arn = "arn:${data.aws_partition.trust.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.issuer}"
}

# A plan may be asked for by any branch: it can read, and change nothing.
data "aws_iam_policy_document" "plan" {
  for_each = local.account.roots

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = [local.audience]
    }

    condition {
{%- if dialect == "github" %}
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = ["repo:{= infrastructure_repository.path =}:environment:${each.key}-plan"]
{%- else %}
      test     = "StringLike"
      variable = "${local.issuer}:sub"
      values   = ["project_path:{= infrastructure_repository.path =}:ref_type:branch:ref:*"]
{%- endif %}
    }
  }
}
{% if dialect == "github" %}
# An apply has passed the environment of its root, and whoever guards it. GitHub makes an environment that a workflow names, unguarded:
# let the environments be there, open to `main` only, before this role is.
{%- else %}
# An apply comes from the protected branch. GitLab tells AWS of the branch and not of the environment.
{%- endif %}
data "aws_iam_policy_document" "apply" {
  for_each = local.account.roots

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = [local.audience]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = ["{% if dialect == "github" %}repo:{= infrastructure_repository.path =}:environment:${each.key}{% else %}project_path:{= infrastructure_repository.path =}:ref_type:branch:ref:main{% endif %}"]
    }
  }
}
{%- endif %}
