output "state_bucket" {
  description = "Bucket of the account's states."
  value       = aws_s3_bucket.state.bucket
}

output "roles" {
  description = "Roles of each root, for plans and for changes."
  value = {
    for name in keys(local.account.roots) : name => {
      plan  = aws_iam_role.plan[name].arn
      apply = aws_iam_role.apply[name].arn
    }
  }
}

output "boundary" {
  description = "Boundary of the roles that the modules make."
  value       = aws_iam_policy.boundary.arn
}

output "cluster_admin_role" {
  description = "Role that administers the clusters of the account."
  value       = aws_iam_role.cluster_admin.arn
}
