terraform {
  required_version = ">= {% if terraform == "opentofu" %}1.10{% else %}1.11{% endif %}"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }

  # What holds the states cannot keep its own state in itself: one small file per account, kept where people keep such files.
  backend "local" {}
}
