locals {
  slim   = coalesce(var.slim, "${path.root}/.ballast/${var.name}.zip")
  is_zip = endswith(lower(var.package), ".zip")

  files = var.fingerprint != null || local.is_zip ? [] : sort(fileset(var.package, "**"))
  fingerprint = (
    var.fingerprint != null ? var.fingerprint :
    local.is_zip ? filesha256(var.package) :
    sha256(join("\n", [for file in local.files : "${filesha256("${var.package}/${file}")} ${file}"]))
  )
  settings = "${local.is_zip ? dirname(var.package) : var.package}/ballast.toml"

  flags = concat(
    ["--name", var.name, "--store", var.store],
    var.root == null ? [] : ["--root", var.root],
    flatten([for pattern in var.include : ["--include", pattern]]),
    flatten([for pattern in var.exclude : ["--exclude", pattern]]),
  )

  bucket = one(regexall("^s3://([^/?]+)/?([^?]*)", var.store))
}

# Packs and pushes when the package or its settings are new. The output is unknown while that is planned, so all that is
# made of it waits.
resource "terraform_data" "pack" {
  input = local.slim
  triggers_replace = [
    local.fingerprint,
    fileexists(local.settings) ? filesha256(local.settings) : "",
    local.flags,
    local.slim,
  ]

  # No shell: the interpreter is ballast, and the command its last argument.
  provisioner "local-exec" {
    interpreter = concat([var.program, "pack", var.package, "--out", local.slim], local.flags, ["--quiet"])
    command     = "--push"
  }
}

# Remembers the slim package's hash, so that a plan where nothing changed asks for no file: a runner's fresh checkout has none.
resource "terraform_data" "slim" {
  input = {
    filename         = terraform_data.pack.output
    source_code_hash = fileexists(terraform_data.pack.output) ? filebase64sha256(terraform_data.pack.output) : null
  }

  lifecycle {
    ignore_changes       = [input]
    replace_triggered_by = [terraform_data.pack]
  }
}
