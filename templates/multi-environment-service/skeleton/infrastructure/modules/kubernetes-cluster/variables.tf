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
  description = "Subnets that nodes are placed in."
  type        = list(string)
}

variable "node_type" {
  description = "Machine type of the nodes."
  type        = string
}

variable "node_count" {
  description = "Number of nodes."
  type        = number

  validation {
    condition     = var.node_count >= 1
    error_message = "node_count must be at least 1."
  }
}

variable "deletion_protection" {
  description = "Whether the cluster refuses to be destroyed."
  type        = bool
}
