"""Follows examples/rendering/README.md: every block of commands in it, in order, in one shell; but those that need an account."""

import json
import os
import re
import shutil
import subprocess
import unittest

from field_support import BIN, S3Test, main
from rendering_example import REPOSITORY, copy_package, made_package

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NEEDS_ACCOUNT = "# needs an account\n"


@unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "the page is about the release build")
class ExampleReadme(S3Test):
    def setUp(self):
        super().setUp()
        self.work = self.dir / "repository"
        (self.work / "build/release").mkdir(parents=True)
        for name in ("scripts", "examples", "integrations"):
            (self.work / name).symlink_to(REPOSITORY / name)
        (self.work / "build/release/bin").symlink_to(BIN.resolve())
        # As if it had been made already; so the script leaves it as it is.
        copy_package(self.work / "build/rendering-package")
        shutil.copy(made_package().with_suffix(".made"), self.work / "build")

    def test_from_zero_to_clear(self):
        blocks = BLOCK.findall((REPOSITORY / "examples/rendering/README.md").read_text())
        commands = [block for block in blocks if not block.startswith(NEEDS_ACCOUNT)]
        self.assertGreaterEqual(len(commands), 8, "the page's blocks were not found")
        self.assertFalse([block for block in commands if re.search(r"\baws |s3://", block)])
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BALLAST_", "LAMBDA_", "LD_"))}
        script = "".join(f"echo '--- {number}'\n{block}" for number, block in enumerate(commands))
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.work, env=environment, capture_output=True, text=True,
                                timeout=600)
        self.assertEqual(result.returncode, 0, f"{result.stdout[-3000:]}\n{result.stderr[-3000:]}")

        example = self.work / "build/example"
        pages = {name: json.loads((example / f"{name}.json").read_text()) for name in ("svg", "ps", "svg-v2", "rolled-back")}
        self.assertEqual({name: page["kind"] for name, page in pages.items()},
                         {"svg": "svg", "ps": "ps", "svg-v2": "svg", "rolled-back": "pdf"})
        self.assertEqual(pages["svg"]["png"], pages["svg-v2"]["png"])
        self.assertTrue((example / "proof.png").read_bytes().startswith(b"\x89PNG"))
        self.assertIn("usr", os.listdir(next((example / "context").glob("*/tree"))))
        # What the page says in words.
        self.assertIn("over the limit of 250 MB", result.stdout)
        self.assertIn("under the limit of 250 MB", result.stdout)
        self.assertRegex(result.stdout, r"changed .*etc/ImageMagick-6/policy\.xml")
        self.assertIn("1 changed", result.stdout)
        self.assertEqual(result.stderr.count("cold start:"), 3, f"two versions and a rollback were cold, and no more:\n{result.stderr}")
        self.assertEqual(os.listdir(example / "store/versions/rendering"), ["v2"])
        self.assertIn("all as the manifest says", result.stdout)


if __name__ == "__main__":
    main()
