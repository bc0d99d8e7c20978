terraform {
  required_version = ">= {% if terraform == "opentofu" %}1.10{% else %}1.11{% endif %}"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}
