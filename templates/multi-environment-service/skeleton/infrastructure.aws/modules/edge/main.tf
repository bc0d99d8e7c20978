# The certificate of the host name, for a load balancer that ends TLS.
locals {
  validation = try(tolist(aws_acm_certificate.this[0].domain_validation_options)[0], null)
}

resource "aws_acm_certificate" "this" {
  count = var.hostname == null ? 0 : 1

  domain_name       = var.hostname
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  count = var.hostname == null || var.zone_id == null ? 0 : 1

  zone_id         = var.zone_id
  name            = local.validation.resource_record_name
  type            = local.validation.resource_record_type
  records         = [local.validation.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  count = var.hostname == null || var.zone_id == null ? 0 : 1

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.validation[0].fqdn]
}
