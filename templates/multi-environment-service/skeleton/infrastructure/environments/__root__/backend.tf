# A state of its own: nothing that is done to another root can reach this one.
terraform {
{%- if root.state.kind == "s3" %}
  backend "s3" {
    bucket       = "{= root.state.bucket =}"
    key          = "{= root.state.key =}"
    region       = "{= root.state.region | default: "us-east-1" =}"
    encrypt      = true
    use_lockfile = true
  }
{%- else %}
  backend "local" {
    path = "../../.state/{= root.name =}/terraform.tfstate"
  }
{%- endif %}
}
