terraform {
  required_version = ">= 1.4"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "store" {
  description = "Where the packs go: s3://bucket/prefix?region=..."
  type        = string
}

# What the function is deployed as without Ballast: a directory, or the zip of one.
variable "package" {
  type    = string
  default = "../../../build/rendering-package"
}

module "render" {
  source  = "../"
  package = var.package
  name    = "render"
  store   = var.store
}

resource "aws_lambda_function" "render" {
  function_name    = "render"
  role             = aws_iam_role.render.arn
  runtime          = "nodejs22.x"
  handler          = "handler.handler"
  filename         = module.render.filename
  source_code_hash = module.render.source_code_hash
  memory_size      = 1024
  timeout          = 30

  ephemeral_storage {
    size = 1024 # MB; has to hold the tree
  }
  environment {
    variables = module.render.environment
  }
}

resource "aws_iam_role" "render" {
  name = "render"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "ballast" {
  name   = "ballast"
  role   = aws_iam_role.render.id
  policy = module.render.policy
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.render.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
