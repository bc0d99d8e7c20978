variable "name" {
  description = "Name of the network."
  type        = string
}

variable "cidr" {
  description = "Address range, /20 or larger."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && tonumber(split("/", var.cidr)[1]) <= 20
    error_message = "cidr must be an IPv4 range of /20 or larger."
  }
}

variable "zones" {
  description = "Number of availability zones."
  type        = number
  default     = 3

  validation {
    condition     = var.zones >= 2 && var.zones <= 4
    error_message = "zones must be 2 to 4: one zone alone is no high availability, and the address plan has room for four."
  }
}

variable "permissions_boundary" {
  description = "Policy that bounds what the roles made here can do; null where nothing does."
  type        = string
}

variable "single_nat_gateway" {
  description = "Whether all zones share one NAT gateway: cheaper, and the loss of its zone is the loss of the way out."
  type        = bool
}
