output "endpoint" {
  description = "Host and port."
  value       = "${terraform_data.database.input.name}.database.internal:5432"
}

output "credentials_secret_ref" {
  description = "Where the credentials are; never the credentials."
  value       = "secret:${terraform_data.database.input.name}"
}

output "highly_available" {
  description = "Whether a standby in another zone takes over."
  value       = terraform_data.database.input.highly_available
}

output "backup_retention_days" {
  description = "Days that backups are kept."
  value       = terraform_data.database.input.backup_retention_days
}
