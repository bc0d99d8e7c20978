output "endpoint" {
  description = "Host and port."
  value       = aws_db_instance.this.endpoint
}

output "credentials_secret_ref" {
  description = "Where the credentials are; never the credentials."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "highly_available" {
  description = "Whether a standby in another zone takes over."
  value       = aws_db_instance.this.multi_az
}

output "backup_retention_days" {
  description = "Days that backups are kept."
  value       = aws_db_instance.this.backup_retention_period
}
