"""examples/custom-runtime, built against an installed Ballast, as Lambda would run it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(TOP / "tests/cli"))

from lambda_api import Context  # noqa: E402
from support import BIN, CliTest  # noqa: E402


@unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "a fully static program cannot be built with sanitizers")
class CustomRuntime(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="ballast-runtime-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        for command in (["cmake", "--install", BIN.parent, "--prefix", cls.work / "prefix"],
                        ["cmake", "-S", TOP / "examples/custom-runtime", "-B", cls.work / "build", f"-DCMAKE_PREFIX_PATH={cls.work}/prefix"],
                        ["cmake", "--build", cls.work / "build"]):
            result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            assert result.returncode == 0, result.stdout + result.stderr

    def setUp(self):
        super().setUp()
        shutil.copy(self.work / "build/bootstrap", self.write("function/bootstrap", ""))
        (self.dir / "function/bootstrap").chmod(0o755)
        self.write("function/ballast.toml", 'include = ["/usr/"]\ncodec = "zstd"\nlevel = 1\n[env]\nGREETING = "{tree}/usr/share/greeting"\n')
        self.write("function/usr/share/greeting", "hello from the tree\n")
        self.write("function/usr/bin/echo-event", '#!/bin/sh\ncat "$GREETING" -\n', 0o755)
        self.write("function/usr/bin/fails", "#!/bin/sh\nexit 7\n", 0o755)
        self.pack(self.dir / "function")

    def context(self, handler="usr/bin/echo-event", **env):
        settings = {"_HANDLER": handler, "BALLAST_ROOT": str(self.root), **env}
        return Context(self.dir / "slim", [self.dir / "slim/bootstrap"], env=settings)

    def test_it_needs_nothing_of_the_base_image(self):
        self.assertIn("statically linked", subprocess.run(["file", self.dir / "slim/bootstrap"], capture_output=True, text=True).stdout)

    def test_cold_then_warm(self):
        with self.context() as context:
            self.assertEqual(context.init(), "ready")
            self.assertTrue((self.tree() / "usr/bin/echo-event").exists(), "hydrated during init")
            shutil.rmtree(self.store)
            for event in ({"page": 1}, {"page": 2}):
                self.assertEqual(context.invoke(event), ("response", "hello from the tree\n" + json.dumps(event)))
            context.kill()
            cold = [line for line in context.log if '"ballast":"cold"' in line]
            self.assertEqual(len(cold), 1, context.log)
        with self.context() as context:
            self.assertEqual(context.invoke({})[0], "response")
            context.kill()
            self.assertEqual(context.log, [], "a warm start says nothing")

    def test_a_store_that_is_down_is_told_to_the_caller(self):
        with self.context(BALLAST_STORE=str(self.dir / "nowhere")) as context:
            how, answer = context.invoke({})
            self.assertEqual(how, "error")
            self.assertIn("nowhere", json.loads(answer)["errorMessage"])
            (self.dir / "nowhere").symlink_to(self.store)
            self.assertEqual(context.invoke({})[0], "response", "the next invocation takes it up")

    def test_what_fails_is_an_error(self):
        for handler, text in (("usr/bin/fails", "ended with status 7"), ("usr/bin/none", "the tree has no such entry")):
            with self.context(handler) as context:
                how, answer = context.invoke({})
                self.assertEqual(how, "error")
                self.assertIn(text, json.loads(answer)["errorMessage"])

    def test_without_a_package_init_fails(self):
        (self.dir / "slim/ballast.lock").unlink()
        with self.context() as context:
            self.assertEqual(context.init(), "error")
            self.assertEqual(context.api.init_error[0], "Runtime.NoPackage")
            self.assertIn("ballast.lock", context.api.init_error[1]["errorMessage"])


if __name__ == "__main__":
    unittest.main()
