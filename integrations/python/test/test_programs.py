"""Programs out of the tree, and who holds it."""

import asyncio
import fcntl
import os
import pathlib
import shutil
import subprocess
import unittest
import unittest.mock

from support import PackedTest

import ballast_run
from ballast_run import Ballast, BallastError, ensured


def is_held(tree):
    """Whether an eviction would leave the tree alone. Asked from another process: our own lock must count."""
    lock = pathlib.Path(tree).parent / "use.lock"
    return subprocess.run(["flock", "--exclusive", "--nonblock", lock, "true"]).returncode != 0


class Programs(PackedTest):
    def assert_runs_out_of(self, tree, pid):
        self.assertEqual(os.readlink(f"/proc/{pid}/exe"), f"{tree}/usr/bin/sed")
        mapped = pathlib.Path(f"/proc/{pid}/maps").read_text()
        for library in os.listdir(f"{tree}/usr/lib"):
            self.assertIn(f"{tree}/usr/lib/{library}\n", mapped)

    def test_popen_runs_the_trees_program_with_the_trees_libraries(self):
        ballast = self.ballast()
        with ballast.popen(["sed", "-u", "s/a/b/"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            program.stdin.write("banana\n")
            program.stdin.flush()
            self.assertEqual(program.stdout.readline(), "bbnana\n")
            self.assert_runs_out_of(ballast.ensure().path, program.pid)
            program.stdin.close()
        self.assertEqual(program.returncode, 0)

    def test_apopen_does_too(self):
        ballast = self.ballast()

        async def run():
            program = await ballast.apopen("sed", "-u", "s/a/b/", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            program.stdin.write(b"banana\n")
            self.assertEqual(await program.stdout.readline(), b"bbnana\n")
            self.assert_runs_out_of(ballast.ensure().path, program.pid)
            program.stdin.close()
            return await program.wait()

        self.assertEqual(asyncio.run(run()), 0)

    def test_run_hydrates_and_what_was_removed_comes_back(self):
        ballast = self.ballast()
        command = ["sh", "-c", 'sed -n 1p "$TEXTS/7.txt"']
        self.assertEqual(ballast.run(command, capture_output=True, text=True).stdout, "some text 7\n")
        shutil.rmtree(self.root)
        self.assertEqual(ballast.run(command, capture_output=True, text=True).stdout, "some text 7\n")
        with self.assertRaises(FileNotFoundError):
            ballast.run(["no-such-program"])

    def test_the_process_holds_the_tree(self):
        program = f"""
import ballast_run, sys
print(ballast_run.ensure(package={str(self.slim)!r}, root={str(self.root)!r}).path, flush=True)
sys.stdin.read()"""
        with self.started(program) as process:
            tree = process.stdout.readline().rstrip("\n")
            self.assertTrue(is_held(tree))
            process.stdin.close()
            process.wait()
        self.assertFalse(is_held(tree), "and only as long as it lives")

    def test_a_program_holds_the_tree_after_who_started_it_is_gone(self):
        program = f"""
import ballast_run, os, sys
b = ballast_run.Ballast(package={str(self.slim)!r}, root={str(self.root)!r})
print(b.ensure().path, flush=True)
b.popen(["sed", "-n", "q"], stdin=0)
os._exit(0)"""
        with self.started(program) as process:
            tree = process.stdout.readline().rstrip("\n")
            process.wait()
            self.assertTrue(is_held(tree))
            process.stdin.close()
            for _ in range(100):
                if not is_held(tree):
                    return
            self.fail("the program's end lets go of it")

    def test_a_place_that_was_made_anew_is_held_anew(self):
        ballast = self.ballast()
        ballast.ensure()
        shutil.rmtree(self.root)
        tree = ballast.ensure().path
        self.assertTrue(is_held(tree))
        descriptors = len(os.listdir("/proc/self/fd"))
        shutil.rmtree(self.root)
        ballast.ensure()
        self.assertEqual(len(os.listdir("/proc/self/fd")), descriptors, "the old hold was let go")

    def test_no_hold_is_taken_while_an_eviction_is_at_it(self):
        ballast = self.ballast()
        lock = pathlib.Path(ballast.ensure().path).parent / "use.lock"
        lock.unlink()  # this process's own hold is on the old file now
        with open(lock, "w") as evictor:
            fcntl.flock(evictor, fcntl.LOCK_EX)
            from ballast_run import _place
            with unittest.mock.patch.dict(_place._holds, clear=True):
                self.assertFalse(_place.hold(str(self.root), ballast._wanted({}).lock))
                fcntl.flock(evictor, fcntl.LOCK_UN)
                self.assertTrue(_place.hold(str(self.root), ballast._wanted({}).lock))

    def test_env_is_what_exec_gives_to_programs(self):
        ballast = self.ballast()
        base = {"PATH": "/bin", "LD_LIBRARY_PATH": "/opt/lib", "HOME": "/home"}
        own = ballast.env(base)
        show = 'echo "$PATH|$LD_LIBRARY_PATH|$TEXTS|$BALLAST_TREE|$HOME"'
        printed = subprocess.run([self.slim / "ballast-run", "exec", "--root", self.root, "--", "/bin/sh", "-c", show], check=True,
                                 capture_output=True, text=True, env={**base, "BALLAST_LOG": "off"}).stdout
        self.assertEqual("|".join(own[name] for name in ("PATH", "LD_LIBRARY_PATH", "TEXTS", "BALLAST_TREE", "HOME")), printed.strip())
        self.assertEqual(ballast.env(own), own)
        self.assertFalse(ballast.env({})["PATH"].endswith(":"), "an empty part would be the current directory")

    def test_the_decorator(self):
        class Context:
            def get_remaining_time_in_millis(self):
                return 0

        options = {"package": str(self.slim), "root": str(self.root), "groups": ["texts"]}

        @ensured(**options)
        def handler(event, context):
            """What it is."""
            return event + 1

        @ensured(**options)
        async def coroutine(event, context):
            return event + 2

        with self.assertRaises(BallastError) as caught:
            handler(1, Context())
        self.assertEqual(caught.exception.code, "interrupted", "hydration ends before the function's time does")
        self.assertFalse(self.root.exists())
        self.assertEqual(handler(1, context=None), 2)
        self.assertEqual(Ballast(**options).ensure().start, "warm")
        self.assertEqual(handler.__doc__, "What it is.")
        shutil.rmtree(self.root)
        self.assertEqual(asyncio.run(coroutine(1, None)), 3)
        self.assertEqual(Ballast(**options).ensure().start, "warm")

    def test_disabled_uses_what_is_installed(self):
        with unittest.mock.patch.dict(os.environ, BALLAST_DISABLE="1"):
            ballast = Ballast(package="/nonexistent")
            self.assertTrue(ballast.ensure().disabled)
            self.assertTrue(asyncio.run(ballast.aensure()).disabled)
            self.assertEqual(ballast.path("usr/bin/sed"), shutil.which("sed"))
            self.assertEqual(ballast.env({"PATH": "/x"}), {"PATH": "/x"})
            self.assertEqual(ballast.run(["sed", "-n", "1p"], input=b"a\nb\n", capture_output=True).stdout, b"a\n")
            self.assertTrue(ballast_run.ensure().disabled, "the module's own functions")
            with self.assertRaises(BallastError):
                ballast.path("usr/bin/none")

    def started(self, program):
        from support import TOP
        import sys
        return subprocess.Popen([sys.executable, "-B", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                env={**os.environ, "PYTHONPATH": str(TOP)})


if __name__ == "__main__":
    unittest.main()
