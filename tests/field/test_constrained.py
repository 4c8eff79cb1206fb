"""With as little as the smallest function has: 128 MB of memory and half a core, an ordinary user, a package that cannot be written
to, 512 MB of /tmp, and a kernel that denies what Lambda is reported to deny."""

import json
import os
import subprocess
import tempfile
import unittest

from emulator_cases import ORDINARY_USER, EmulatorTest
from field_support import BIN, main
from lambda_platforms import HERE, PYTHON, Constrained, ConstrainedPython
from rendering_example import packed

TMP_BYTES = 512 << 20


@unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "sanitizers take memory of their own")
class ConstrainedTest(EmulatorTest):
    platform_class = Constrained

    def constrained(self, *command, slim, status=0):
        """Runs a program in such a context; what it printed, and what it came to."""
        environment = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(slim), "LAMBDA_RUNTIME_DIR": str(HERE), **self.environment(),
                       "BALLAST_STORE": self.url(self.proxy.endpoint)}
        result = subprocess.run([HERE / "constrain", "--report", self.dir / "report", "--", HERE / "context", *command], env=environment,
                                capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout, json.loads((self.dir / "report").read_text())

    def disk_in_memory(self):
        """The image of an ext4 of 512 MB. A tmpfs would count as the function's memory, and the tree is larger than that."""
        file, name = tempfile.mkstemp(prefix="ballast-tmp-", dir="/dev/shm")
        self.addCleanup(os.unlink, name)
        os.truncate(file, TMP_BYTES)
        os.close(file)
        subprocess.run(["mkfs.ext4", "-q", "-m0", "-E", "lazy_itable_init=0", name], check=True)
        return name

    def test_the_limits_are_there(self):
        stdout, _ = self.constrained(PYTHON, "/var/runtime/probe.py", slim=HERE / "function")
        denied = {name: "EPERM" for name in ("io_uring_setup", "userfaultfd", "ptrace", "unshare(CLONE_NEWUSER)", "clone(CLONE_NEWUSER)",
                                             "prctl(PR_SET_NO_NEW_PRIVS)", "fallocate")}
        self.assertEqual(json.loads(stdout), denied | {
            "clone3": "ENOSYS", "/var/task/new": "EROFS", "/dev/shm/new": "EROFS", "/tmp/new": "allowed", "user": ORDINARY_USER,
            "tmp_bytes": TMP_BYTES})
        grow = "import os; b = bytearray(200 << 20); print(len(b))"
        _, report = self.constrained(PYTHON, "-c", grow, slim=HERE / "function", status=137)
        self.assertEqual(report["killed_for_memory"], 1)
        count = "import time; e = time.process_time() + 1\nwhile time.process_time() < e: pass"
        _, report = self.constrained(PYTHON, "-c", count, slim=HERE / "function")
        self.assertGreater(report["seconds"], 1.7, "a second of work takes two")

    def test_a_program_out_of_the_tree_runs(self):
        slim = self.pack_edition(1)
        stdout, report = self.constrained("./ballast-run", "exec", "--", "sh", "-c", "cat $BALLAST_TREE/usr/share/edition.txt; which cat", slim=slim)
        self.assertRegex(stdout, r"^1\n/tmp/ballast/[0-9a-f]{32}/tree/usr/bin/cat\n$")
        self.assertEqual(report["killed_for_memory"], 0)
        self.assertGreater(self.requests(), 0)

    def test_a_function_runs(self):
        self.deploy("render", self.pack_edition(1))
        self.assertEqual(self.call("render", 1)["start"], "cold")
        self.assertGreater(self.requests(), 0)
        self.assertEqual(self.call("render", 1)["start"], "warm")
        self.assertEqual(self.requests(), 0)
        report = self.platform.report("render")
        self.assertEqual(report["killed_for_memory"], 0)
        self.assertLessEqual(report["memory_peak_bytes"], 128 << 20)

    def test_the_rendering_function_runs_with_all_of_its_tree(self):
        slim = packed(self.dir, self.platform.language, BIN / "ballast")
        self.ballast("push", slim, "--store", self.store, "--quiet")
        self.deploy("rendering", slim, tmp=self.disk_in_memory())
        for sample in ("pdf", "svg", "ps"):
            result = self.platform.invoke("rendering", {"sample": sample, "dpi": 72})
            self.assertIsNone(result.error, f"{result.payload}\n{self.platform.log()}")
            self.assertGreater(result.payload["ink"], 0.001)
            self.assertEqual(self.requests() > 0, sample == "pdf", "the first call alone is cold")
        self.assertEqual(self.platform.report("rendering")["killed_for_memory"], 0)


class ConstrainedPythonTest(ConstrainedTest):
    platform_class = ConstrainedPython
    # Nothing of these is about the language.
    test_the_limits_are_there = test_a_program_out_of_the_tree_runs = None


if __name__ == "__main__":
    main()
