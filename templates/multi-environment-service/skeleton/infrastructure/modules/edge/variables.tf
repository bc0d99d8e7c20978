variable "name" {
  description = "Name of what stands at the edge."
  type        = string
}

variable "hostname" {
  description = "Host name that the service answers to; null where it is not exposed."
  type        = string

  validation {
    condition     = var.hostname == null ? true : !strcontains(var.hostname, "*")
    error_message = "hostname must name one host: a wildcard would answer for every environment."
  }
}

variable "zone_id" {
  description = "DNS zone that proves the ownership of the host name; null: the record is an output, to be created by hand."
  type        = string
}

variable "enable_waf" {
  description = "Whether a web application firewall filters the requests."
  type        = bool
}

variable "rate_limit" {
  description = "Requests that one address may send within five minutes."
  type        = number
  default     = 2000
}
