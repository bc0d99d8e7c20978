variable "environment" {
  description = "Name of this root. Has to be the name of its folder, so that values of one environment cannot be applied to another."
  type        = string

  validation {
    condition     = var.environment == basename(abspath(path.root))
    error_message = "environment is not the name of this folder: these are the values of another environment."
  }
}

variable "create_cluster" {
  description = "Whether this root has a cluster of its own."
  type        = bool
}

variable "platform_state" {
  description = "State of the platform root whose cluster this root shares; null where it has its own."
  type        = string
  default     = null

  validation {
    condition     = (var.platform_state == null) == var.create_cluster
    error_message = "A root either creates a cluster or names the platform_state of the one it shares."
  }
}

variable "cluster_name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string
}

variable "vpc_cidr" {
  description = "Address range of the network; null where the cluster is shared."
  type        = string
  default     = null
}

variable "node_type" {
  description = "Machine type of the nodes."
  type        = string
}

variable "node_count" {
  description = "Number of nodes."
  type        = number
}

variable "namespace" {
  description = "Namespace of the service; null in a platform root."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether what holds state refuses to be destroyed."
  type        = bool
}
