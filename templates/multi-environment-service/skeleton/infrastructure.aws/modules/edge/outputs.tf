output "certificate_ref" {
  description = "The certificate of the host name; null where there is none."
  value       = one(aws_acm_certificate.this[*].arn)
}

output "policy_ref" {
  description = "The firewall that a load balancer is to be associated with; null where there is none."
  value       = one(aws_wafv2_web_acl.this[*].arn)
}

output "validation_record" {
  description = "The DNS record that proves the ownership of the host name; null where nothing has to be created."
  value = var.hostname == null || var.zone_id != null ? null : {
    name  = try(local.validation.resource_record_name, null)
    type  = try(local.validation.resource_record_type, null)
    value = try(local.validation.resource_record_value, null)
  }
}
