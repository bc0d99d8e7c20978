variables {
  name       = "test"
  hostname   = "test.example.com"
  zone_id    = null
  enable_waf = true
}

run "has_a_certificate_and_a_firewall" {
  command = plan

  assert {
    condition     = output.certificate_ref == "certificate:test.example.com" && output.policy_ref == "firewall:test"
    error_message = "A host name needs a certificate, and enable_waf a firewall."
  }

  assert {
    condition     = output.validation_record != null
    error_message = "Without a zone, the record to create by hand must be told."
  }
}

run "refuses_a_wildcard" {
  command = plan

  variables {
    hostname = "*.example.com"
  }

  expect_failures = [var.hostname]
}
