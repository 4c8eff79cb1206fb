variable "package" {
  description = "The function's package: a directory or a .zip, as it would be deployed without Ballast."
  type        = string
}

variable "name" {
  description = "The family of versions, and the slim package's file name. One a function."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._+-]*$", var.name))
    error_message = "name: use letters, digits and . _ + -, beginning with a letter or digit."
  }
}

variable "store" {
  description = "Where the packs go, and where the function finds them: s3://bucket/prefix?region=..., or a directory."
  type        = string

  validation {
    condition     = length(var.store) > 0
    error_message = "store: name a bucket (s3://bucket/prefix) or a directory."
  }
}

variable "root" {
  description = "Where the function hydrates. Null: ballast.toml's, else /tmp/ballast."
  type        = string
  default     = null
}

variable "include" {
  description = "What leaves, as gitignore patterns, instead of the default. All other settings stand in ballast.toml beside the package."
  type        = list(string)
  default     = []
}

variable "exclude" {
  description = "What stays in any case."
  type        = list(string)
  default     = []
}

variable "slim" {
  description = "The slim zip to make. Null: .ballast/<name>.zip in the root module."
  type        = string
  default     = null
}

variable "fingerprint" {
  description = "What the package is, when another step knows it already: a new value packs anew. Null: a digest of all its files."
  type        = string
  default     = null
}

variable "program" {
  description = "The ballast to run."
  type        = string
  default     = "ballast"
}

variable "partition" {
  description = "The AWS partition of the bucket, for the policy."
  type        = string
  default     = "aws"
}
