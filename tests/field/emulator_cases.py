"""What holds under every Lambda of lambda_platforms.py. A test file takes `EmulatorCases` with a platform of its own."""

import hashlib
import http.server
import os
import pathlib
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from fault_proxy import FaultProxy
from field_support import GatewayTest, noise
from lambda_platforms import HERE, installed, kill_tree
from support import snapshot

REPOSITORY = HERE.parents[2]
ORDINARY_USER = 993


class Gate:
    """A server that answers when `count` have asked: as many invocations are under way at once then."""

    def __init__(self, count):
        barrier = threading.Barrier(count)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                barrier.wait(120)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.url

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class EmulatorTest(GatewayTest):
    """One platform, whose contexts reach the gateway through a proxy that counts."""

    platform_class = None

    @classmethod
    def setUpClass(cls):
        installed()
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.proxy = FaultProxy(self.gateway.endpoint)
        self.proxy.__enter__()
        self.addCleanup(lambda: self.proxy and self.proxy.__exit__())
        (self.dir / "platform").mkdir()
        self.platform = self.platform_class(self.dir / "platform", (self.gateway.access_key, self.gateway.secret_key))
        self.addCleanup(self.platform.close)

    def make_function(self, edition, name="function"):
        """A function of a few frames, whose tree says its edition."""
        package = self.dir / name
        shutil.copytree(HERE / "function", package, dirs_exist_ok=True)
        if self.platform.language == "node":
            target = package / "node_modules/@ballast/run"
            shutil.copytree(REPOSITORY / "integrations/node", target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "test"))
        else:
            target = package / "ballast_run"
            shutil.copytree(REPOSITORY / "integrations/python/ballast_run", target, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__"))
        self.write(f"{name}/usr/bin/cat", pathlib.Path("/bin/cat").read_bytes(), 0o755)
        self.write(f"{name}/usr/share/data.bin", noise(1_500_000, seed=edition))
        self.write(f"{name}/usr/share/edition.txt", f"{edition}\n")
        for i in range(8):
            self.write(f"{name}/usr/share/many/{i:02}.txt", f"file {i}\n" * 100)
        # Small frames, so that a hydration can be killed between them.
        self.write(f"{name}/ballast.toml", 'name = "render"\ncodec = "zstd"\nlevel = 1\nframe = "64KB"\n')
        return package

    def pack_edition(self, edition):
        """The slim package of that edition; its packs are in the bucket."""
        slim = f"slim-{edition}"
        self.pack(self.make_function(edition), slim)
        return self.dir / slim

    def deploy(self, name, slim, tmp=None, **environment):
        # Contexts get nothing of this process's environment; but a sanitizer's settings.
        sanitizer = {name: os.environ[name] for name in ("ASAN_OPTIONS",) if name in os.environ}
        self.platform.deploy(name, slim, {"BALLAST_STORE": self.url(self.proxy.endpoint), **sanitizer, **environment}, tmp)

    def call(self, name, edition, **event):
        """Invokes, and checks that what came back is this edition's, out of the tree, by an ordinary user."""
        result = self.platform.invoke(name, event)
        self.assertIsNone(result.error, f"{result.payload}\n{self.platform.log()}")
        said = result.payload
        self.assertEqual(said["edition"], str(edition))
        self.assertEqual(said["digest"], self.digest(edition))
        self.assertRegex(said["program"], r"^/tmp/ballast/[0-9a-f]{32}/tree/usr/bin/cat$")
        self.assertEqual(said["user"], ORDINARY_USER)
        return said

    @staticmethod
    def digest(edition):
        return hashlib.sha256(noise(1_500_000, seed=edition)).hexdigest()

    def requests(self):
        """How many requests reached the store since the last time this was asked."""
        counters = self.proxy.counters()
        self.proxy.set()
        self.assertEqual(counters["requests"], counters["requests_GET"], "a function reads the store and no more")
        return counters["requests"]

    def shared_tmp(self, name):
        tmp = self.dir / name
        tmp.mkdir()
        tmp.chmod(0o1777)
        return tmp


class EmulatorCases:
    """With EmulatorTest. Every claim about requests is counted between the function and the store."""

    def test_the_first_call_is_cold_and_the_next_asks_the_store_nothing(self):
        self.deploy("render", self.pack_edition(1))
        first = self.call("render", 1)
        self.assertGreater(self.requests(), 0)
        for _ in range(3):
            warm = self.call("render", 1)
            self.assertEqual(warm["context"], first["context"], "the same process")
            self.assertEqual(warm["start"], "warm")
        self.assertEqual(self.proxy.counters()["connections"], 0)
        self.assertEqual(len(self.platform.contexts("render")), 1)
        self.assertEqual(self.platform.log().count('"ballast":"cold"'), 1, self.platform.log())

    def test_ten_calls_at_once_after_one_make_nine_more_cold_contexts(self):
        # A range that is slow on a busy machine would be asked for twice.
        self.deploy("render", self.pack_edition(1), BALLAST_SECOND_REQUESTS="off")
        first = self.call("render", 1)
        one = self.requests()
        with Gate(10) as gate, ThreadPoolExecutor(10) as pool:
            results = list(pool.map(lambda _: self.call("render", 1, gate=gate), range(10)))
        self.assertEqual(len({said["context"] for said in results}), 10)
        self.assertIn(first["context"], {said["context"] for said in results}, "the warm context served one of them")
        self.assertEqual(len(self.platform.contexts("render")), 10)
        self.assertEqual(self.platform.log().count('"ballast":"cold"'), 10)
        self.assertEqual(self.requests(), 9 * one)

    def test_a_new_version_beside_an_old_one_and_back(self):
        self.deploy("v1", self.pack_edition(1))
        self.call("v1", 1)
        before = self.s3.keys(self.bucket)
        self.deploy("v2", self.pack_edition(2))
        for _ in range(2):
            self.call("v2", 2)
            self.call("v1", 1)
        self.requests()
        self.call("v1", 1)
        self.call("v2", 2)
        self.assertEqual(self.requests(), 0)
        self.assertTrue(before.items() <= self.s3.keys(self.bucket).items(), "a deploy changes nothing that is there")
        # A rollback is the old slim package again, in new contexts.
        self.deploy("rolled-back", self.dir / "slim-1")
        self.call("rolled-back", 1)
        self.assertGreater(self.requests(), 0)
        self.call("rolled-back", 1)
        self.assertEqual(self.requests(), 0)

    def test_two_versions_in_one_tmp(self):
        tmp = self.shared_tmp("tmp")
        for edition in (1, 2):
            self.deploy(f"v{edition}", self.pack_edition(edition), tmp=tmp)
        for _ in range(2):
            self.call("v1", 1)
            self.call("v2", 2)
        self.requests()
        self.deploy("again", self.dir / "slim-1", tmp=tmp)
        self.call("again", 1)
        self.assertEqual(self.requests(), 0, "a new process finds the tree of its version")

    def kill_in_hydration(self, name):
        """Calls, and kills the context when some of the tree has come."""
        self.proxy.set(bytes_per_second=400_000, burst_bytes=300_000)
        started = len(self.platform.contexts(name))
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(self.platform.invoke, name, {})
            end = time.monotonic() + 60
            while self.proxy.counters()["bytes_down"] < 600_000:
                self.assertLess(time.monotonic(), end, self.platform.log())
                self.assertFalse(call.done(), "it was to be killed before it was done")
                time.sleep(0.02)
            [context] = self.platform.contexts(name)[started:]
            kill_tree(context)
            result = call.result(60)
        self.assertEqual(result.error, "Unhandled", result)
        self.proxy.cut()  # what it still has for who was killed would be counted
        self.proxy.set()

    def test_a_context_killed_while_it_hydrates(self):
        slim = self.pack_edition(1)
        self.deploy("render", slim)
        self.kill_in_hydration("render")
        self.call("render", 1)
        all_of_it = self.proxy.counters()["bytes_down"]
        # The platform may start a new process in the /tmp of the one that was killed.
        tmp = self.shared_tmp("tmp")
        self.deploy("restarted", slim, tmp=tmp)
        self.kill_in_hydration("restarted")
        self.assertEqual([path.name for path in tmp.glob("ballast/*/tree")], [], "nothing half-made can be seen")
        self.call("restarted", 1)
        self.assertLess(self.proxy.counters()["bytes_down"], all_of_it - 100_000, "it took up what was there")
        self.assertIn('"resumed":true', self.platform.log())
        [tree] = tmp.glob("ballast/*/tree")
        self.assertEqual(snapshot(tree / "usr"), snapshot(self.dir / "function/usr"))

    def test_the_store_is_down_on_a_warm_start(self):
        self.deploy("render", self.pack_edition(1))
        self.call("render", 1)
        logged = self.platform.log()
        self.proxy.__exit__()
        self.proxy = None
        self.call("render", 1)
        self.assertEqual(self.platform.log()[len(logged):].count("allast"), 0, "nothing is said")

    def test_the_store_is_down_on_a_cold_start(self):
        self.platform.timeout_seconds = 20
        self.deploy("render", self.pack_edition(1))
        self.proxy.set(reset_before=1)
        result = self.platform.invoke("render", {})
        self.assert_says_that_the_store_is_down(result)
        self.proxy.set()
        self.call("render", 1)

    def assert_says_that_the_store_is_down(self, result):
        """The function's own error, before its time was up; in the answer and in the log, with the store's name."""
        self.assertEqual(result.error, "Handled", result)
        self.assertIn("BallastError", str(result.payload))
        if self.platform.tells_errors:
            self.assertIn(f"s3://{self.bucket}/some/prefix", result.payload["errorMessage"])
        if self.platform.logs_errors:
            self.assertIn(f"s3://{self.bucket}/some/prefix", self.platform.log())
