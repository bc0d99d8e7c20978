variable "account" {
  description = "Name of the account to prepare, as accounts has it."
  type        = string

  validation {
    condition     = contains(keys(var.accounts), var.account)
    error_message = "account must be one of the names in accounts.auto.tfvars."
  }
}

variable "accounts" {
  description = "Accounts, and the roots that are applied to each."
  type = map(object({
    id     = string
    region = string
    bucket = string
    roots = map(object({
      state_key    = string
      platform_key = optional(string)
    }))
  }))
}

variable "service" {
  description = "Name of the service."
  type        = string
}
{%- if dialect == "gitea" %}

variable "runner_role_arns" {
  description = "Roles of the machines that run workflows: those that may plan, and those that may apply."
  type        = object({ plan = list(string), apply = list(string) })
}
{%- endif %}
{%- if dialect != "gitea" %}

variable "create_oidc_provider" {
  description = "Whether the account does not trust the git host yet; it can do so once only."
  type        = bool
  default     = true
}
{%- endif %}

variable "cluster_admin_principals" {
  description = "Roles that may administer clusters in an emergency, for example one of IAM Identity Center. None: users of the account, with a second factor."
  type        = list(string)
  default     = []
}

locals {
  account = var.accounts[var.account]
}
