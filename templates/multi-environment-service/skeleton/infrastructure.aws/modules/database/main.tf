# PostgreSQL on RDS. The password is made and rotated by RDS in Secrets Manager: it is in no state and in no variable.
resource "aws_kms_key" "this" {
  description             = "Storage, insights and credentials of the database ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}-database"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnets
}

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "Database ${var.name}: reached from the nodes of the cluster only"
  vpc_id      = var.network_id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.client_selector
  description                  = "PostgreSQL from the nodes of the cluster"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres${var.engine_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Made here and not by RDS, which would keep them for ever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_db_instance" "this" {
  identifier     = var.name
  db_name        = var.database_name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  username                      = "postgres"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.this.arn

  storage_type          = "gp3"
  allocated_storage     = var.storage
  max_allocated_storage = var.storage * 4
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.this.arn

  multi_az               = var.highly_available
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name
  publicly_accessible    = false

  backup_retention_period  = var.backup_retention_days
  delete_automated_backups = !var.final_snapshot
  copy_tags_to_snapshot    = true

  # Two values: a snapshot that went with the protection would be missing at the very moment that it is needed.
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.final_snapshot
  final_snapshot_identifier = var.final_snapshot ? "${var.name}-final" : null

  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = keys(aws_cloudwatch_log_group.this)
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.this.arn
}
