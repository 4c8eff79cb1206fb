"""Every way of failing, and of giving up."""

import asyncio
import concurrent.futures
import os
import shutil
import threading
import time
import unittest
import warnings

from support import PackedTest

from ballast_run import Ballast, BallastError

SLOW = 'echo $$ > "$(dirname "$0")/pid"; echo "$BALLAST_DEADLINE_MS" >> "$(dirname "$0")/deadlines"; exec sleep 60'


class Context:
    def __init__(self, milliseconds):
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self):
        return self.milliseconds


def is_gone(package):
    pid = (package / "pid").read_text().strip()
    for _ in range(100):
        if not os.path.exists(f"/proc/{pid}"):
            return True
        time.sleep(0.05)
    return False


class Errors(PackedTest):
    def failure(self, ballast, **options):
        """Both ways of asking fail, and in the same way."""
        with self.assertRaises(BallastError) as caught:
            ballast.ensure(**options)
        with self.assertRaises(BallastError) as awaited:
            asyncio.run(ballast.aensure(**options))
        said = [(error.code, error.line, error.hint) for error in (caught.exception, awaited.exception)]
        self.assertEqual(said[0], said[1])
        return caught.exception

    def test_a_store_that_is_not_there(self):
        error = self.failure(self.ballast(store="/nonexistent/store"))
        self.assertEqual(error.code, "not_found")
        self.assertRegex(error.line, "^ballast-run: error: .*/nonexistent/store")
        self.assertTrue(str(error).startswith(error.line[len("ballast-run: error: "):]))

    def test_a_pack_that_was_changed(self):
        damaged = self.directory / "damaged"
        shutil.copytree(self.store, damaged)
        for pack in (damaged / "packs").iterdir():
            pack.chmod(0o644)
            pack.write_bytes(pack.read_bytes()[:16].ljust(pack.stat().st_size, b"\0"))
        ballast = self.ballast(store=str(damaged))
        self.assertEqual(self.failure(ballast).code, "corrupt")
        self.assertEqual(ballast.ensure(store=str(self.store)).start, "cold", "a good store serves after that")

    def test_no_package(self):
        error = self.failure(self.ballast(package="/nonexistent"))
        self.assertEqual((error.code, error.line), ("not_found", "ballast-run: error: /nonexistent/ballast.lock: no such file"))
        self.assertIn("BALLAST_DISABLE=1", error.hint)

    def test_a_package_without_a_ballast_run_that_can_be_executed(self):
        copy = self.package_with("")
        (copy / "ballast-run").chmod(0o644)
        self.assertEqual(self.failure(self.ballast(package=copy)).code, "permission")
        (copy / "ballast-run").unlink()
        self.assertIn("beside ballast.lock", self.failure(self.ballast(package=copy)).hint)

    def test_a_lock_that_is_not_one(self):
        copy = self.package_with("")
        for text in ("{", "{}", "null", '{"ballast": 2}'):
            (copy / "ballast.lock").write_text(text)
            self.assertEqual(self.failure(self.ballast(package=copy)).code, "corrupt", text)

    def test_a_group_that_is_not_there(self):
        error = self.failure(self.ballast(groups=["fonts"]))
        self.assertEqual(error.code, "not_found")
        self.assertIn("its groups: ", error.hint)

    def test_options_that_do_not_exist_or_cannot_be_meant(self):
        for options in ({"group": "a"}, {"groups": "a"}, {"timeout": 0}, {"context": 1}, {"package": ""}):
            with self.assertRaises(BallastError, msg=options) as caught:
                Ballast(**options)
            self.assertEqual(caught.exception.code, "usage")

    def test_each_exit_status_has_its_code(self):
        codes = {1: "check_failed", 2: "usage", 3: "not_found", 4: "corrupt", 5: "permission", 6: "unavailable", 7: "no_space",
                 130: "interrupted"}
        for status, code in codes.items():
            script = f'echo "before" >&2; echo "ballast-run: error: thing: broke" >&2; echo "hint: mend it" >&2; exit {status}'
            error = self.failure(self.ballast(package=self.package_with(script)))
            self.assertEqual((error.code, error.line, error.hint), (code, "ballast-run: error: thing: broke", "mend it"))

    def test_a_ballast_run_that_is_killed_or_says_nothing(self):
        self.assertIn("ended by signal 9", str(self.failure(self.ballast(package=self.package_with("kill -KILL $$")))))
        error = self.failure(self.ballast(package=self.package_with("echo odd >&2; exit 9")))
        self.assertEqual((error.code, str(error)), ("unavailable", "ballast-run: exit status 9: odd"))

    def test_a_tree_that_is_evicted_each_time(self):
        # It says that it hydrated, and nothing is there.
        package = self.package_with("""echo '{"ballast": "cold", "path": "/nowhere"}'""")
        self.assertIn("evicted", str(self.failure(self.ballast(package=package))))

    def test_time_that_is_up_ends_the_program(self):
        package = self.package_with(SLOW)
        for options in ({"timeout": 0.7}, {"context": Context(950)}, {"context": Context(950), "timeout": 60}):
            (package / "deadlines").unlink(missing_ok=True)
            self.assertEqual(self.failure(self.ballast(package=package), **options).code, "interrupted")
            self.assertTrue(is_gone(package))
            first, second = map(int, (package / "deadlines").read_text().split())
            self.assertGreaterEqual(second - first, 690, "the second call began when the first one's time was over")
        self.assertEqual(self.failure(self.ballast(), context=Context(100)).code, "interrupted")

    def test_a_context_whose_time_is_over_knows_no_time(self):
        self.assertEqual(self.ballast().ensure(context=Context(5000 - time.time() * 1000)).start, "cold")

    def test_cancelling_ends_the_program(self):
        package = self.package_with(SLOW)

        async def cancelled():
            task = asyncio.create_task(self.ballast(package=package).aensure())
            while not (package / "pid").exists():
                await asyncio.sleep(0.02)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        asyncio.run(cancelled())
        self.assertTrue(is_gone(package))

    def test_who_waits_for_a_shorter_deadline_goes_on_alone(self):
        package = self.package_with(f"""
here=$(dirname "$0")
[ -e "$here/second" ] && exec "{self.slim}/ballast-run" "$@"
touch "$here/second"; exec sleep 60""")
        ballast = self.ballast(package=package)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            short = pool.submit(ballast.ensure, timeout=1)
            while not (package / "second").exists():
                time.sleep(0.01)
            long = pool.submit(ballast.ensure)
            with self.assertRaises(BallastError):
                short.result()
            self.assertEqual(long.result().start, "cold")

    def test_a_process_forked_meanwhile_does_not_wait_for_a_thread_that_it_has_not(self):
        package = self.package_with(f"""
here=$(dirname "$0")
[ -e "$here/second" ] && exec "{self.slim}/ballast-run" "$@"
touch "$here/second"; exec sleep 60""")
        ballast = self.ballast(package=package)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            leader = pool.submit(ballast.ensure, timeout=5)
            while not (package / "second").exists():
                time.sleep(0.01)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking with threads
                child = os.fork()
            if child == 0:
                os._exit(0 if ballast.ensure(timeout=4).start == "cold" else 1)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertFalse(leader.done(), "it did not wait for the other")
            with self.assertRaises(BallastError):
                leader.result()

    def test_who_waits_gets_the_failure(self):
        package = self.package_with("""
echo x >> "$(dirname "$0")/runs"; sleep 1; echo "ballast-run: error: store: down" >&2; exit 6""")
        ballast = self.ballast(package=package)
        barrier = threading.Barrier(8)

        def one():
            barrier.wait()
            with self.assertRaises(BallastError) as caught:
                ballast.ensure()
            return caught.exception.code

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            codes = [future.result() for future in [pool.submit(one) for _ in range(8)]]
        self.assertEqual(codes, ["unavailable"] * 8)
        self.assertEqual((package / "runs").read_text(), "x\n")


if __name__ == "__main__":
    unittest.main()
