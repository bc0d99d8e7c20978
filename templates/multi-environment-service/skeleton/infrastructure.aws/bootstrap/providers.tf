provider "aws" {
  region              = local.account.region
  allowed_account_ids = [local.account.id]

  default_tags {
    tags = {
      Service   = var.service
      ManagedBy = "terraform"
      Purpose   = "bootstrap"
    }
  }
}
