variable "name" {
  description = "Name of the database server."
  type        = string
}

variable "database_name" {
  description = "Name of the database in it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_name))
    error_message = "database_name must start with a letter and have letters, digits and underscores only."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "17"
}

variable "instance_class" {
  description = "Machine class of the server."
  type        = string

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class must be a class of databases such as db.t4g.medium."
  }
}

variable "storage" {
  description = "Storage in GiB; it may grow to four times as much."
  type        = number

  validation {
    condition     = var.storage >= 20
    error_message = "storage must be 20 GiB or more."
  }
}

variable "highly_available" {
  description = "Whether a standby in another zone takes over."
  type        = bool
}

variable "backup_retention_days" {
  description = "Days that backups are kept."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "backup_retention_days must be 1 to 35."
  }
}

variable "log_retention_days" {
  description = "Days that its logs are kept."
  type        = number
}

variable "deletion_protection" {
  description = "Whether the database refuses to be destroyed."
  type        = bool
}

variable "final_snapshot" {
  description = "Whether the database leaves a snapshot and its backups when it goes, even after its protection was taken off."
  type        = bool
}

variable "network_id" {
  description = "Network that the database lives in."
  type        = string
}

variable "subnets" {
  description = "Subnets of the database tier, one per zone."
  type        = list(string)
}

variable "client_selector" {
  description = "What selects the machines that may connect: the nodes of the cluster."
  type        = string
}
