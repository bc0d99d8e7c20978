# Credentials of any other account are refused before anything is read or made.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      Environment = var.environment
      Service     = var.service
      ManagedBy   = "terraform"
    }
  }
}
