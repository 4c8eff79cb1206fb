"""Cold, warm, together, gone and back, groups, entries."""

import asyncio
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import unittest
import unittest.mock

from support import TOP, PackedTest

import ballast_run
from ballast_run import BallastError


class Ensure(PackedTest):
    def test_the_first_call_is_cold_the_next_warm(self):
        ballast = self.ballast()
        cold = ballast.ensure()
        self.assertEqual(cold.start, "cold")
        self.assertTrue(cold.path.startswith(f"{self.root}/"))
        self.assertGreater(cold.requests, 0)
        with open(f"{cold.path}/usr/share/texts/0.txt") as text:
            self.assertEqual(text.readline(), "some text 0\n")
        warm = ballast.ensure()
        self.assertEqual(warm, ballast_run.Report("warm", cold.path, "sample", cold.version, cold.tree))
        self.assertFalse(warm.disabled)

    def test_threads_make_one_hydration(self):
        ballast = self.ballast()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            reports = list(pool.map(lambda _: ballast.ensure(), range(16)))
        cold = [report for report in reports if report.start == "cold"]
        self.assertGreaterEqual(len(cold), 1)
        # One run's report: had there been a second run, it would have said warm in ballast-run's words.
        self.assertEqual(len(set(cold)), 1)
        self.assertTrue(all(report.total_ms == 0 for report in reports if report.start == "warm"))

    def test_coroutines_make_one_hydration(self):
        ballast = self.ballast()

        async def together():
            return await asyncio.gather(*(ballast.aensure() for _ in range(16)))

        reports = asyncio.run(together())
        self.assertEqual(len({report for report in reports if report.start == "cold"}), 1)
        self.assertEqual(asyncio.run(ballast.aensure()).start, "warm")

    def test_a_new_process_finds_a_warm_tree_without_starting_a_program(self):
        self.ballast().ensure()
        out = self.python(f"""
import subprocess
subprocess.Popen = None
import ballast_run
print(ballast_run.ensure(package={str(self.slim)!r}, root={str(self.root)!r}).start)""")
        self.assertEqual(out, "warm\n")

    def test_a_tree_that_is_gone_comes_back(self):
        ballast = self.ballast()
        tree = ballast.ensure().path
        shutil.rmtree(self.root)
        self.assertEqual(ballast.ensure().start, "cold")
        os.rename(os.path.dirname(tree), self.root / "discarded-1")
        self.assertEqual(ballast.ensure().start, "cold")
        self.assertTrue(os.path.exists(f"{tree}/usr/bin/sed"))

    def test_a_marker_of_another_boot_or_another_tree_is_not_believed(self):
        for content in ("not a digest\n", "0" * 64 + "\n00000000-0000-0000-0000-000000000000\n"):
            tree = self.ballast().ensure().path
            marker = os.path.join(os.path.dirname(tree), "complete")
            os.remove(marker)
            with open(marker, "w") as stream:
                stream.write(content)
            self.assertEqual(self.ballast().ensure().start, "cold", content)

    def test_a_root_that_others_may_write_to_is_refused(self):
        self.ballast().ensure()
        self.root.chmod(0o777)
        with self.assertRaises(BallastError) as caught:
            self.ballast(root=f"{self.root}/").ensure()
        self.assertEqual(caught.exception.code, "permission")

    def test_groups_come_one_by_one(self):
        ballast = self.ballast()
        texts = ballast.ensure(groups=["texts"])
        self.assertEqual(texts.start, "cold")
        self.assertEqual(os.listdir(f"{texts.path}/usr"), ["share"])
        self.assertEqual(ballast.ensure(groups=["texts"]).start, "warm")
        self.assertEqual(self.ballast(groups=["default"]).ensure().start, "cold")
        self.assertEqual(ballast.ensure(groups=("texts", "default", "texts")).start, "warm")

    def test_what_a_start_hydrates_is_the_packages_then_the_variables_then_the_calls(self):
        copy = self.directory / "slim"
        shutil.copytree(self.slim, copy)
        lock = json.loads((copy / "ballast.lock").read_text())
        (copy / "ballast.lock").write_text(json.dumps({**lock, "groups": ["texts"]}))
        started = self.ballast(package=copy)
        there = lambda report: sorted(os.listdir(f"{report.path}/usr"))
        self.assertEqual(there(started.ensure()), ["share"])
        shutil.rmtree(self.root)
        with unittest.mock.patch.dict(os.environ, {"BALLAST_GROUPS": "default"}):
            self.assertEqual(there(started.ensure()), ["bin", "lib"])
            self.assertEqual(started.ensure().start, "warm")
            self.assertEqual(there(started.ensure(groups=["texts"])), ["bin", "lib", "share"])
            shutil.rmtree(self.root)
            self.assertEqual(there(started.ensure(groups=["*"])), ["bin", "lib", "share"])
        for text in ("texts,,default", "*,texts"):
            with unittest.mock.patch.dict(os.environ, {"BALLAST_GROUPS": text}), self.assertRaises(BallastError) as caught:
                started.ensure()
            self.assertEqual(caught.exception.code, "usage")

    def test_path_hydrates_the_group_that_holds_the_entry(self):
        ballast = self.ballast()
        file = ballast.path("usr/share/texts/3.txt")
        tree = file[: -len("/usr/share/texts/3.txt")]
        self.assertFalse(os.path.exists(f"{tree}/usr/bin"))
        with unittest.mock.patch("subprocess.Popen", None):
            self.assertEqual(ballast.path("usr/share/texts/3.txt"), file)
        shutil.rmtree(self.root)
        self.assertEqual(asyncio.run(ballast.apath("usr/share/texts/3.txt")), file)
        self.assertTrue(os.path.exists(file))
        ballast.ensure()
        self.assertEqual(ballast.path("usr/bin/sed"), f"{tree}/usr/bin/sed")
        for entry in ("usr/bin/none", "../../../root", "/etc/passwd", "usr//bin/sed", "-x"):
            with self.assertRaises(BallastError, msg=entry) as caught:
                ballast.path(entry)
            self.assertEqual(caught.exception.code, "not_found")
        with self.assertRaises(BallastError) as caught:
            ballast.path("")
        self.assertEqual(caught.exception.code, "usage")

    def test_where_the_package_and_the_root_are(self):
        print_paths = "import ballast_run; print(ballast_run.ensure().path)"
        environment = {"BALLAST_ROOT": str(self.root)}
        named = self.python(print_paths, LAMBDA_TASK_ROOT=str(self.slim), **environment)
        self.assertTrue(named.startswith(f"{self.root}/"))
        copy = self.package_with("")
        shutil.copy(self.slim / "ballast-run", copy / "ballast-run")
        (copy / "main.py").write_text(print_paths)
        beside = subprocess.run([sys.executable, "-B", copy / "main.py"], check=True, capture_output=True, text=True,
                                env={**os.environ, "PYTHONPATH": str(TOP), **environment})
        self.assertEqual(beside.stdout, named)

    def test_nothing_is_written_into_the_package(self):
        copy = self.package_with("")
        shutil.copy(self.slim / "ballast-run", copy / "ballast-run")
        before = sorted(os.listdir(copy))
        copy.chmod(0o555)
        self.addCleanup(copy.chmod, 0o755)
        self.assertEqual(self.ballast(package=copy).ensure().start, "cold")
        self.assertEqual(sorted(os.listdir(copy)), before)

    def test_a_cold_start_is_logged_to_stderr(self):
        program = f"import ballast_run; ballast_run.ensure(package={str(self.slim)!r}, root={str(self.root)!r})"
        run = lambda: subprocess.run([sys.executable, "-B", "-c", program], check=True, capture_output=True, text=True,
                                     env={**os.environ, "PYTHONPATH": str(TOP), "BALLAST_LOG": ""}).stderr
        self.assertEqual(json.loads(run())["ballast"], "cold")
        self.assertEqual(run(), "")

    def test_a_report_has_no_field_that_ballast_run_has_not(self):
        printed = subprocess.run([self.slim / "ballast-run", "hydrate", "--json", "--root", self.root], check=True, capture_output=True)
        fields = set(ballast_run.Report._fields)
        self.assertEqual(fields - {"start"}, set(json.loads(printed.stdout)) - {"ballast"})


if __name__ == "__main__":
    unittest.main()
