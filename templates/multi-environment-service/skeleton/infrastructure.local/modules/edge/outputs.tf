output "certificate_ref" {
  description = "The certificate of the host name; null where there is none."
  value       = terraform_data.edge.input.hostname == null ? null : "certificate:${terraform_data.edge.input.hostname}"
}

output "policy_ref" {
  description = "The firewall that a load balancer is to be associated with; null where there is none."
  value       = terraform_data.edge.input.waf ? "firewall:${terraform_data.edge.input.name}" : null
}

output "validation_record" {
  description = "The DNS record that proves the ownership of the host name; null where nothing has to be created."
  value = terraform_data.edge.input.hostname == null || var.zone_id != null ? null : {
    name  = "_validation.${terraform_data.edge.input.hostname}"
    type  = "CNAME"
    value = "validation.internal"
  }
}
