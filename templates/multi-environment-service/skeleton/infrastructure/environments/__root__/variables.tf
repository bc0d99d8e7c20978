variable "environment" {
  description = "Name of this root. Has to be the name of its folder, so that values of one environment cannot be applied to another."
  type        = string

  validation {
    condition     = var.environment == basename(abspath(path.root))
    error_message = "environment is not the name of this folder: these are the values of another environment."
  }
}

variable "service" {
  description = "Name of the service."
  type        = string
}

variable "production" {
  description = "Whether real users depend on it."
  type        = bool
}

variable "namespace" {
  description = "Namespace of the service; null in a platform root."
  type        = string
}
{%- if cloud == "aws" %}

variable "aws_account_id" {
  description = "The one account that this root may be applied to."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must have 12 digits."
  }
}

variable "region" {
  description = "Region of everything here."
  type        = string
}
{%- endif %}

variable "create_cluster" {
  description = "Whether this root has a cluster of its own."
  type        = bool
}

variable "platform_state" {
  description = "Where the state of the platform root is whose cluster this root shares; null where it has its own."
  type        = map(string)

  validation {
    condition     = (var.platform_state == null) == var.create_cluster
    error_message = "A root either creates a cluster or names the platform_state of the one it shares."
  }
}

variable "cluster_name" {
  description = "Name of the cluster that the environment runs in."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes; null where the cluster is shared."
  type        = string

  validation {
    condition     = var.kubernetes_version == null ? !var.create_cluster : can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version must be a minor version such as 1.34."
  }
}

variable "vpc_cidr" {
  description = "Address range of the network; null where the cluster is shared."
  type        = string

  validation {
    condition     = (var.vpc_cidr != null) == var.create_cluster
    error_message = "A root that creates a cluster needs a vpc_cidr, and one that shares a cluster has none."
  }
}

variable "single_nat_gateway" {
  description = "Whether all zones share one NAT gateway; null where the cluster is shared."
  type        = bool

  validation {
    condition     = !(coalesce(var.single_nat_gateway, false) && var.production && var.create_cluster)
    error_message = "Production needs a NAT gateway in every zone: single_nat_gateway must be false."
  }
}

variable "node_type" {
  description = "Machine type of the nodes; null where the cluster is shared."
  type        = string
}

variable "node_count" {
  description = "Number of nodes that are there from the start; null where the cluster is shared."
  type        = number

  validation {
    condition     = coalesce(var.node_count, 0) >= 3 || !(var.production && var.create_cluster)
    error_message = "Production needs three nodes at least, one for each zone."
  }
}

variable "node_max" {
  description = "Number of nodes that the group may grow to; null where the cluster is shared."
  type        = number
}

variable "cluster_admin_role_arns" {
  description = "Roles that administer the cluster."
  type        = list(string)
}

variable "api_allowed_cidrs" {
  description = "Networks outside that reach the API server; none: it is private."
  type        = list(string)
}

variable "log_retention_days" {
  description = "Days that logs of the control plane and of the database are kept."
  type        = number
}

variable "permissions_boundary" {
  description = "Policy that bounds what the roles made here can do; null where nothing does."
  type        = string
}

variable "create_database" {
  description = "Whether this root has a database."
  type        = bool
}

variable "db_instance" {
  description = "Machine class of the database; null in a platform root."
  type        = string

  validation {
    condition     = var.db_instance != null || !var.create_database
    error_message = "A root with a database needs a db_instance."
  }
}

variable "db_multi_az" {
  description = "Whether a standby in another zone takes over."
  type        = bool

  validation {
    condition     = var.db_multi_az || !(var.production && var.create_database)
    error_message = "The database of production needs a standby: db_multi_az must be true."
  }
}

variable "db_storage" {
  description = "Storage of the database in GiB; null in a platform root."
  type        = number
}

variable "db_backup_retention_days" {
  description = "Days that backups are kept; null in a platform root."
  type        = number

  validation {
    condition     = !(var.production && var.create_database) || coalesce(var.db_backup_retention_days, 0) >= 7
    error_message = "Backups of production are kept for seven days at least."
  }
}

variable "enable_waf" {
  description = "Whether a web application firewall filters the requests."
  type        = bool

  validation {
    condition     = var.enable_waf || !(var.production && var.hostname != null)
    error_message = "What real users reach stands behind a firewall: enable_waf must be true."
  }
}

variable "hostname" {
  description = "Host name that the service answers to; null where it is not exposed."
  type        = string
}

variable "zone_id" {
  description = "DNS zone of the host name; null: the record that proves its ownership is created by hand."
  type        = string
}

variable "deletion_protection" {
  description = "Whether what holds state refuses to be destroyed."
  type        = bool

  validation {
    condition     = var.deletion_protection || !var.production
    error_message = "Production must not be destroyed by a plan: deletion_protection must be true."
  }
}
