# What stands between the internet and the service. This flavour provisions no cloud; its interface is that of the flavours that do.
resource "terraform_data" "edge" {
  input = {
    name       = var.name
    hostname   = var.hostname
    waf        = var.enable_waf
    rate_limit = var.rate_limit
    validated  = var.zone_id == null ? "by hand" : var.zone_id
  }
}
