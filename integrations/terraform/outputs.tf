output "filename" {
  description = "For aws_lambda_function's filename: the slim zip. Known when it is made and its packs are in the store."
  value       = terraform_data.slim.output.filename
}

output "source_code_hash" {
  description = "For aws_lambda_function's source_code_hash."
  value       = terraform_data.slim.output.source_code_hash
}

output "environment" {
  description = "Variables that make a managed runtime start with the tree on its PATH; merge them with the function's own."
  value       = { AWS_LAMBDA_EXEC_WRAPPER = "/var/task/ballast-wrapper" }
}

output "policy" {
  description = "For the function's role: reads the packs, and nothing more. Null for a store that is not in S3."
  value = local.bucket == null ? null : jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "BallastHydrates"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:${var.partition}:s3:::${join("/", compact([local.bucket[0], trim(local.bucket[1], "/"), "packs/*"]))}"
    }]
  })
}
