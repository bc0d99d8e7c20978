# A state of its own: nothing that is done to another root can reach this one.
terraform {
  backend "local" {
    path = "../../.state/{= root.name =}/terraform.tfstate"
  }
}
