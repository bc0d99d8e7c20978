variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version, for example 1.34."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version must be a minor version such as 1.34."
  }
}

variable "network_id" {
  description = "Network that the cluster lives in."
  type        = string
}

variable "node_subnets" {
  description = "Subnets that nodes are placed in, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.node_subnets) >= 2
    error_message = "node_subnets must be in two zones at least."
  }
}

variable "node_type" {
  description = "Machine type of the nodes."
  type        = string
}

variable "node_count" {
  description = "Number of nodes that are there from the start."
  type        = number

  validation {
    condition     = var.node_count >= 1
    error_message = "node_count must be at least 1."
  }
}

variable "node_max" {
  description = "Number of nodes that the group may grow to."
  type        = number

  validation {
    condition     = var.node_max >= var.node_count
    error_message = "node_max must not be smaller than node_count."
  }
}

variable "admin_role_arns" {
  description = "Roles that administer the cluster. Nobody else does, the role that creates it included."
  type        = list(string)
}

variable "api_allowed_cidrs" {
  description = "Networks outside that reach the API server; none: it is private."
  type        = list(string)

  validation {
    condition     = !contains(var.api_allowed_cidrs, "0.0.0.0/0")
    error_message = "api_allowed_cidrs must not open the API server to the whole internet."
  }
}

variable "log_retention_days" {
  description = "Days that the logs of the control plane are kept."
  type        = number
}

variable "permissions_boundary" {
  description = "Policy that bounds what the roles made here can do; null where nothing does."
  type        = string
}

variable "deletion_protection" {
  description = "Whether the cluster refuses to be destroyed."
  type        = bool
}
