"""The module under the real Terraform, with the real ballast; a function by the real AWS provider against a stand-in for Lambda."""

import base64
import glob
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

from lambda_api import LambdaApi

MODULE = pathlib.Path(__file__).resolve().parent.parent
TOP = MODULE.parent.parent
BIN = pathlib.Path(os.environ.get("BALLAST_BIN", TOP / "build/release/bin"))
TERRAFORM = shutil.which("terraform")
# Where images put providers; `terraform init` here must not need a network.
PLACES = [os.environ.get("BALLAST_TERRAFORM_PLUGINS", ""), "/usr/share/terraform/plugins", "/usr/local/share/terraform/plugins", "/opt/*"]
PROVIDERS = next((place for pattern in PLACES if pattern for place in glob.glob(pattern)
                  if glob.glob(f"{place}/registry.terraform.io/hashicorp/aws/*")), None)

PROVIDER = """
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints { lambda = "%s" }
}
"""
FUNCTION = """
resource "aws_lambda_function" "render" {
  function_name    = "render"
  role             = "arn:aws:iam::000000000000:role/render"
  runtime          = "nodejs22.x"
  handler          = "handler.handler"
  filename         = module.render.filename
  source_code_hash = module.render.source_code_hash
  environment { variables = module.render.environment }
}
"""


@unittest.skipUnless(TERRAFORM, "terraform is not installed")
class TerraformTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="ballast-terraform-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.store, self.slim = self.dir / "store", self.dir / ".ballast/render.zip"
        self.write("function/handler.js", "exports.handler = async () => 'ok';\n")
        self.write("function/usr/bin/sed", pathlib.Path("/bin/sed").read_bytes(), 0o755)
        self.write("function/ballast.toml", 'include = ["/usr/"]\ncodec = "zstd"\nlevel = 1\n')
        shutil.copytree(MODULE, self.dir / "modules/ballast", ignore=shutil.ignore_patterns("test", "example"))

    def write(self, path, content, mode=0o644):
        full = self.dir / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content if isinstance(content, bytes) else content.encode())
        full.chmod(mode)

    def configure(self, more="", **settings):
        settings = {"package": "${path.root}/function", "name": "render", "store": str(self.store), "program": str(BIN / "ballast"), **settings}
        lines = "".join(f"  {name} = {json.dumps(value)}\n" for name, value in settings.items())
        self.write("main.tf", f'module "render" {{\n  source = "./modules/ballast"\n{lines}}}\noutput "all" {{ value = module.render }}\n{more}')

    def terraform(self, *arguments, status=0, cwd=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BALLAST_", "TF_"))}
        environment.update(CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", TF_CLI_CONFIG_FILE="/dev/null")
        result = subprocess.run([TERRAFORM, *arguments], cwd=cwd or self.dir, env=environment, capture_output=True, text=True, timeout=900)
        self.assertEqual(result.returncode, status, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result.stdout + result.stderr

    def init(self, cwd=None):
        self.terraform("init", "-no-color", "-input=false", *([f"-plugin-dir={PROVIDERS}"] if PROVIDERS else []), cwd=cwd)

    def apply(self, *arguments, status=0):
        return self.terraform("apply", "-auto-approve", "-no-color", "-input=false", *arguments, status=status)

    def plan(self, status=0, cwd=None):
        """0: nothing to do; 2: something."""
        return self.terraform("plan", "-detailed-exitcode", "-no-color", "-input=false", status=status, cwd=cwd)

    def outputs(self):
        return json.loads(self.terraform("output", "-json"))["all"]["value"]

    def hash(self):
        return base64.b64encode(hashlib.sha256(self.slim.read_bytes()).digest()).decode()


class Module(TerraformTest):
    def test_it_is_formatted(self):
        self.terraform("fmt", "-check", "-diff", "-recursive", str(MODULE))

    def test_pack_push_and_again(self):
        self.configure()
        self.init()
        planned = self.plan(status=2)
        self.assertRegex(planned, r"source_code_hash = \(known after apply\)")
        self.assertFalse(self.slim.exists() or self.store.exists(), "a plan makes nothing")
        self.apply()
        self.assertEqual(self.outputs()["source_code_hash"], self.hash())
        self.assertEqual(self.outputs()["filename"], "./.ballast/render.zip")
        with zipfile.ZipFile(self.slim) as slim:
            self.assertNotIn("usr/bin/sed", slim.namelist())
            self.assertIn("ballast.lock", slim.namelist())
        self.assertEqual(len(list((self.store / "versions/render").iterdir())), 1)
        self.plan()
        first = self.hash()
        for name, content in (("function/handler.js", "// new\n"), ("function/ballast.toml", 'include = ["/usr/"]\ncodec = "lz4"\n')):
            self.write(name, content)
            self.plan(status=2)
            self.apply()
            self.assertEqual(self.outputs()["source_code_hash"], self.hash())
            self.plan()
        self.assertNotEqual(self.hash(), first)

    def test_a_fresh_checkout_has_nothing_to_do(self):
        self.configure()
        self.init()
        self.apply()
        before = self.outputs()
        shutil.rmtree(self.dir / ".ballast")
        self.plan()
        self.assertEqual(self.outputs(), before)
        self.apply("-replace=module.render.terraform_data.pack")
        self.assertEqual(self.outputs()["source_code_hash"], self.hash())

    def test_a_failed_push_fails_and_is_made_up_for(self):
        self.configure(store="/proc/nowhere")
        self.init()
        failed = self.apply(status=1)
        self.assertIn("ballast: error: /proc/nowhere", failed)
        self.configure()
        self.apply()
        self.assertEqual(self.outputs()["source_code_hash"], self.hash())

    def test_zips_settings_and_flags(self):
        subprocess.run(["zip", "-qr", "../function.zip", "."], cwd=self.dir / "function", check=True)
        shutil.move(self.dir / "function/ballast.toml", self.dir / "ballast.toml")
        self.configure(package="${path.root}/function.zip", exclude=["/usr/bin/none", "it's \"odd\""], include=["/usr/"], root="/tmp/elsewhere")
        self.init()
        self.apply()
        self.plan()
        with zipfile.ZipFile(self.slim) as slim:
            lock = json.loads(slim.read("ballast.lock"))
        self.assertEqual((lock["name"], lock["root"]), ("render", "/tmp/elsewhere"))
        self.write("ballast.toml", 'include = ["/usr/"]\ncodec = "raw"\n')
        self.plan(status=2)

    def test_a_fingerprint_of_ones_own_decides_alone(self):
        self.configure(fingerprint="1")
        self.init()
        self.apply()
        self.write("function/handler.js", "// new\n")
        self.plan()
        self.configure(fingerprint="2")
        self.plan(status=2)

    def test_the_policy_reads_the_packs(self):
        for store, resource in (("s3://bucket", "bucket/packs/*"), ("s3://bucket/", "bucket/packs/*"), ("s3://bucket/a/b/", "bucket/a/b/packs/*"),
                                ("s3://bucket/a?region=eu-central-1&x=y", "bucket/a/packs/*"), ("s3://bucket?region=x", "bucket/packs/*")):
            self.configure(store=store)
            self.init()
            planned = self.plan(status=2)
            self.assertIn(f'"arn:aws:s3:::{resource}"', planned, store)
            self.assertIn('"s3:GetObject"', planned)

    def test_wrong_settings_are_refused(self):
        for settings, text in (({"name": "a b"}, "use letters, digits"), ({"store": ""}, "name a bucket")):
            self.configure(**settings)
            self.init()
            self.assertIn(text, self.plan(status=1))


@unittest.skipUnless(PROVIDERS, "Terraform's AWS provider is not installed")
class Function(TerraformTest):
    def setUp(self):
        super().setUp()
        self.api = LambdaApi()
        self.addCleanup(self.api.close)

    def test_the_slim_zip_reaches_lambda_when_its_packs_are_there(self):
        self.configure(PROVIDER % self.api.url + FUNCTION)
        self.init()
        self.apply()
        self.assertEqual(self.api.unknown, [])
        self.assertEqual(self.api.uploads, [self.slim.read_bytes()])
        self.assertEqual(self.api.function["Environment"]["Variables"], self.outputs()["environment"])
        shutil.rmtree(self.dir / ".ballast")
        self.plan()
        self.write("function/handler.js", "// new\n")
        self.apply()
        self.assertEqual(len(self.api.uploads), 2)
        self.assertEqual(self.api.uploads[1], self.slim.read_bytes())
        self.plan()

    def test_nothing_is_deployed_when_the_push_fails(self):
        self.configure(PROVIDER % self.api.url + FUNCTION, store="/proc/nowhere")
        self.init()
        self.assertIn("ballast: error", self.apply(status=1))
        self.assertEqual(self.api.uploads, [])

    def test_the_example_plans(self):
        shutil.copytree(MODULE, self.dir / "module", ignore=shutil.ignore_patterns("test"))
        example = self.dir / "module/example"
        self.write("module/example/test.auto.tfvars", f'store = "s3://bucket/ballast"\npackage = "{self.dir}/function"\n')
        self.write("module/example/provider.tf", PROVIDER % self.api.url)
        self.init(cwd=example)
        self.terraform("validate", "-no-color", cwd=example)
        planned = self.plan(status=2, cwd=example)
        self.assertIn("Plan: 6 to add, 0 to change, 0 to destroy.", planned)
        self.assertIn('"arn:aws:s3:::bucket/ballast/packs/*"', planned)


if __name__ == "__main__":
    unittest.main()
