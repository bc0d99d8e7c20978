mock_provider "aws" {}

variables {
  name       = "test"
  hostname   = "test.example.com"
  zone_id    = "Z1"
  enable_waf = true
}

run "proves_the_host_name_by_dns" {
  command = plan

  assert {
    condition     = aws_acm_certificate.this[0].validation_method == "DNS" && length(aws_route53_record.validation) == 1
    error_message = "With a zone the certificate is validated without a person."
  }
}

run "leaves_the_record_to_a_person" {
  command = plan

  variables {
    zone_id = null
  }

  assert {
    condition     = length(aws_acm_certificate.this) == 1 && length(aws_route53_record.validation) == 0
    error_message = "Without a zone there is a certificate, and no record."
  }
}

run "filters_and_limits" {
  command = plan

  assert {
    condition     = length(aws_wafv2_web_acl.this[0].rule) == 4 && length(aws_wafv2_web_acl_logging_configuration.this) == 1
    error_message = "Three groups of rules and a limit, and what they did is logged."
  }
}

run "does_without" {
  command = plan

  variables {
    enable_waf = false
    hostname   = null
    zone_id    = null
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0 && length(aws_acm_certificate.this) == 0
    error_message = "Without a host name and a firewall there is nothing to pay for."
  }
}

run "refuses_a_wildcard" {
  command = plan

  variables {
    hostname = "*.example.com"
  }

  expect_failures = [var.hostname]
}
