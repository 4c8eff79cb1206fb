"""Whatever a network does meanwhile: a tree that is right byte for byte, or a clear error and no tree.

BALLAST_FAULT_SEEDS (default 200) runs; BALLAST_FAULT_FIRST_SEED begins elsewhere. A failure names the seed, which does
it again: what happens to request N depends on the seed and N alone.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time

from fault_proxy import FaultProxy
from field_support import BIN, GatewayTest, main, noise, snapshot

SEEDS = int(os.environ.get("BALLAST_FAULT_SEEDS", 200))
FIRST_SEED = int(os.environ.get("BALLAST_FAULT_FIRST_SEED", 1))
HARMS = ("reset_before", "reset_head", "reset_body", "truncate", "stall", "corrupt", "error", "html", "duplicate", "duplicate_request",
         "slow", "refuse")
TIMES = {"stall_seconds": 1, "slow_seconds": 0.5, "refuse_seconds": 0.2, "error_burst": 3, "error_status": [500, 503],
         "retry_after_seconds": 1}
# What a client must come through, if each is rare: nothing that it was sent is wrong, only late or cut.
MILD = ("reset_before", "reset_head", "reset_body", "truncate", "stall", "error", "slow", "refuse", "duplicate", "duplicate_request")


def faults_of(seed):
    """A quarter of the seeds are mild: some harms, rare. The others may be anything, and as often as half of all requests."""
    dice = random.Random(seed)
    mild = seed % 4 == 0
    harms = dice.sample(MILD if mild else HARMS, dice.randint(1, 4))
    most = 0.03 if mild else dice.choice([0.05, 0.2, 0.5])
    faults = {harm: round(dice.uniform(most / 3, most) / len(harms), 4) for harm in harms}
    if dice.random() < 0.3:
        faults["jitter_seconds"] = 0.05
    return mild, faults | TIMES | {"seed": seed, "idle_seconds": 5}


def harms_of(faults):
    """What tells the seeds apart, for a message."""
    return {name: value for name, value in faults.items() if name in HARMS or name == "jitter_seconds"}


class FaultTest(GatewayTest):
    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(FaultProxy(self.gateway.endpoint))
        self.through_proxy = self.url(self.proxy.endpoint)

    def run_in_any_case(self, program, *arguments, seconds=60):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), **self.environment()}
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=seconds)

    def assert_clear_error(self, result, where):
        """An exit code of the store's kind, one line that names an object, and nothing of the machinery."""
        self.assertIn(result.returncode, (2, 3, 4, 5, 6), f"{where}: {result.stderr}")
        errors = [line for line in result.stderr.splitlines() if ": error: " in line]
        self.assertEqual(len(errors), 1, f"{where}: {result.stderr}")
        self.assertIn(f"s3://{self.bucket}/", errors[0], where)
        self.assertNotRegex(result.stderr, r"(?i)terminate called|assert|exception|segmentation", where)


class Hydration(FaultTest):
    def test_each_seed_ends_right_or_with_a_clear_error(self):
        # A tree that grew version by version lies in as many packs: many requests, so that faults find some to harm.
        package = self.make_package(noise_bytes=1_500_000)
        for version in range(16):
            self.write(f"package/usr/share/grown/{version}", noise(250_000, seed=version))
            self.pack(package, "slim", "--version", f"v{version}")
        self.hydrate()
        expected = snapshot(self.tree())
        outcomes = {True: [], False: []}
        harmed = requests = 0
        start = time.monotonic()
        for seed in range(FIRST_SEED, FIRST_SEED + SEEDS):
            mild, faults = faults_of(seed)
            where = f"seed {seed}: {harms_of(faults)}"
            with self.subTest(seed=seed):
                self.proxy.set(**faults)
                shutil.rmtree(self.root, ignore_errors=True)
                began = time.monotonic()
                result = self.run_in_any_case(self.dir / "slim/ballast-run", "hydrate", "--root", self.root, "--store",
                                              self.through_proxy, "--timeout", "4s")
                self.assertLess(time.monotonic() - began, 12, f"--timeout 4s ends it; {where}")
                if result.returncode == 0:
                    self.assertEqual(snapshot(self.tree()), expected, where)
                    log = self.cold_log(result)
                    self.assertEqual(log["ballast"], "cold", where)
                else:
                    self.assert_clear_error(result, where)
                    self.assertIsNone(self.tree(), where)
                counters = self.proxy.counters()
                requests += counters["requests"]
                harmed += counters["faults"] > 0
                outcomes[mild].append(result.returncode == 0)
        took = time.monotonic() - start
        print(f"faults: {SEEDS} seeds in {took:.0f} s; {harmed} of them met faults, {requests} requests; came through: {sum(outcomes[True])} of "
              f"{len(outcomes[True])} mild, {sum(outcomes[False])} of {len(outcomes[False])} others", flush=True)
        if SEEDS >= 50:
            self.assertGreater(harmed, SEEDS // 5, "the faults must be met at all")
            self.assertGreaterEqual(sum(outcomes[True]), 0.9 * len(outcomes[True]), "mild faults are lived with")
            self.assertGreater(sum(outcomes[False]), 0.3 * len(outcomes[False]))

    def test_after_a_failure_the_next_takes_up_what_is_there(self):
        package = self.make_package(noise_bytes=20_000_000)
        self.pack(package)
        # The first bytes come, then nothing more.
        self.proxy.set(bytes_per_second=2_000_000, burst_bytes=8_000_000)
        failed = self.run_in_any_case(self.dir / "slim/ballast-run", "hydrate", "--root", self.root, "--store", self.through_proxy,
                                      "--timeout", "2s")
        self.assert_clear_error(failed, "slow")
        self.assertEqual(failed.returncode, 6)
        self.assertIsNone(self.tree())
        self.proxy.set()
        log = self.cold_log(self.hydrate("--store", self.through_proxy))
        self.assertTrue(log["resumed"])
        # A sanitized program has written less when its time is over.
        self.assertLess(self.proxy.counters()["bytes_down"], 20_000_000 if os.environ.get("BALLAST_SANITIZE") else 17_000_000)
        self.assert_verified()

    def test_frozen_with_its_connections_lost_it_goes_on(self):
        """As Lambda does between invocations: everything stops, and the network forgets; or it is frozen for longer than a silence is
        borne (10 s), so that every timer has run out at the thaw."""
        package = self.make_package(noise_bytes=20_000_000)
        self.pack(package)
        self.hydrate()
        expected = snapshot(self.tree())
        for cut_while_frozen in (True, False):
            shutil.rmtree(self.root)
            self.proxy.set(bytes_per_second=12_000_000, burst_bytes=1_000_000)
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), **self.environment()}
            run = subprocess.Popen([self.dir / "slim/ballast-run", "hydrate", "--root", self.root, "--store", self.through_proxy],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
            self.addCleanup(run.kill)
            while self.proxy.counters()["bytes_down"] < 4_000_000:
                self.assertIsNone(run.poll(), "ended before it was frozen")
                time.sleep(0.02)
            run.send_signal(signal.SIGSTOP)
            if cut_while_frozen:
                self.proxy.cut()
            else:
                time.sleep(11)  # the only way to let its timers run out
            run.send_signal(signal.SIGCONT)
            _, said = run.communicate(timeout=20)
            self.assertEqual(run.returncode, 0, said)
            self.assertEqual(snapshot(self.tree()), expected)

    def test_a_warm_tree_needs_no_network(self):
        self.pack(self.small_package())
        self.hydrate()
        self.proxy.set(reset_before=1)
        self.hydrate("--store", self.through_proxy)
        self.assertEqual(self.proxy.counters()["connections"], 0)

    def test_slow_down_is_obeyed(self):
        """A server that is busy for good gets few requests (test_s3_errors holds each to its Retry-After)."""
        self.pack(self.small_package())
        self.proxy.set(error=0.9999, error_burst=1, error_status=[503], retry_after_seconds=1, seed=1)
        run = threading.Thread(target=lambda: self.run_in_any_case(
            self.dir / "slim/ballast-run", "hydrate", "--root", self.root, "--store", self.through_proxy, "--timeout", "6s"))
        run.start()
        run.join()
        counters = self.proxy.counters()
        self.assertLess(counters["requests"], 40, "no storm")
        self.assertGreater(counters["requests"], 2, "but not given up at once")

    def test_a_slow_tail_is_overtaken_by_a_second_request(self):
        """One response in twenty waits 3 s: then there is a second request (unit.Fetch shows that it wins)."""
        self.pack(self.make_package(noise_bytes=30_000_000))
        slow = 0
        for seed in range(20):
            self.proxy.set(slow=0.05, slow_seconds=3, seed=seed)
            shutil.rmtree(self.root, ignore_errors=True)
            log = self.cold_log(self.hydrate("--store", self.through_proxy))
            if self.proxy.counters()["fault_slow"]:
                slow += 1
                self.assertGreater(log["second_requests"], 0, f"seed {seed}")
        self.assertGreater(slow, 2)


class Push(FaultTest):
    SEEDS = max(1, SEEDS // 10)

    def versions(self):
        return [key for key in self.s3.keys(self.bucket) if "/versions/" in key]

    def assert_no_half_version(self, where):
        """A version that can be seen has its manifest and its packs, whole."""
        keys = self.s3.keys(self.bucket)
        for key in keys:
            if "/packs/" in key or "/manifests/" in key:
                self.assertEqual(hashlib.sha256(self.s3.get(self.bucket, key)).hexdigest(), key.rsplit("/", 1)[1], where)
        for version in self.versions():
            record = json.loads(self.s3.get(self.bucket, version))
            self.assertIn(f"some/prefix/manifests/{record['manifest']}", keys, where)

    def test_each_seed_pushes_all_or_shows_nothing(self):
        package = self.make_package(noise_bytes=2_000_000)
        came_through = 0
        for seed in range(FIRST_SEED, FIRST_SEED + self.SEEDS):
            faults = faults_of(seed)[1]
            where = f"seed {seed}: {harms_of(faults)}"
            with self.subTest(seed=seed):
                self.bucket = self.gateway.create_bucket()
                self.proxy.set(**faults)
                self.write("package/usr/share/seed", str(seed))
                shutil.rmtree(self.dir / "slim", ignore_errors=True)
                shutil.rmtree(self.dir / "slim.packs", ignore_errors=True)
                result = self.run_in_any_case(BIN / "ballast", "pack", package, "--out", self.dir / "slim",
                                              "--store", self.url(self.proxy.endpoint), "--push", "--quiet", "--version", "v1", seconds=120)
                self.assert_no_half_version(where)
                if result.returncode == 0:
                    came_through += 1
                    self.assertEqual(len(self.versions()), 1, where)
                else:
                    self.assert_clear_error(result, where)
                    # Once the network is well, the same command, or the push that it suggests, succeeds.
                    self.ballast("pack", package, "--out", "slim", "--store", self.url(), "--push", "--quiet", "--version", "v1")
                shutil.rmtree(self.root, ignore_errors=True)
                self.hydrate("--store", self.url())
                self.assert_verified()
                self.assertEqual(self.s3.uploads(self.bucket), [], f"no upload is left in part; {where}")
        print(f"faults: {came_through} of {self.SEEDS} pushes came through", flush=True)
        self.assertGreater(came_through, 0)

    def test_killed_while_it_pushes_shows_no_version(self):
        package = self.make_package(noise_bytes=40_000_000)
        for after_bytes in (1_000_000, 15_000_000, 35_000_000):
            self.bucket = self.gateway.create_bucket()
            store = self.url(self.proxy.endpoint)
            self.proxy.set()
            shutil.rmtree(self.dir / "slim", ignore_errors=True)
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), **self.environment()}
            run = subprocess.Popen([BIN / "ballast", "pack", package, "--out", self.dir / "slim", "--store", store,
                                    "--push", "--quiet", "--version", "v1"], env=environment, stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
            while run.poll() is None and self.proxy.counters()["bytes_up"] < after_bytes:
                time.sleep(0.005)
            run.kill()
            run.wait()
            self.assert_no_half_version(f"killed after {after_bytes} bytes")
            shutil.rmtree(self.dir / "slim", ignore_errors=True)
            self.ballast("pack", package, "--out", "slim", "--store", self.url(), "--push", "--quiet", "--version", "v1")
            shutil.rmtree(self.root, ignore_errors=True)
            self.hydrate("--store", self.url())
            self.assert_verified()

    def test_interrupted_it_leaves_no_upload_in_part(self):
        package = self.make_package(noise_bytes=40_000_000)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), **self.environment()}
        run = subprocess.Popen([BIN / "ballast", "pack", package, "--out", self.dir / "slim", "--store",
                                self.through_proxy, "--push", "--quiet"], env=environment, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, text=True)
        while run.poll() is None and self.proxy.counters()["bytes_up"] < 10_000_000:
            time.sleep(0.005)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=30)
        if run.returncode == 0:
            self.skipTest("it was done before the interrupt came")
        self.assertIn(run.returncode, (130, -signal.SIGINT), said)
        self.assertEqual(self.versions(), [])
        self.assertEqual(self.s3.uploads(self.bucket), [])

    def test_killed_it_is_taken_up_where_it_stopped(self):
        package = self.make_package(noise_bytes=60_000_000)
        self.ballast("pack", package, "--out", "slim", "--store", self.through_proxy, "--version", "v1", "--quiet")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), **self.environment()}
        run = subprocess.Popen([BIN / "ballast", "push", self.dir / "slim", "--quiet"], env=environment)
        # Until some parts are whole in the store, and others under way.
        while run.poll() is None and self.proxy.counters()["bytes_up"] < 45_000_000:
            time.sleep(0.002)
        run.kill()
        if run.wait() == 0:
            self.skipTest("it was done before it was killed")
        self.assertEqual(self.versions(), [])
        self.assertEqual(len(self.s3.uploads(self.bucket)), 1)
        self.proxy.set()
        self.ballast("push", "slim", "--quiet")
        self.assertLess(self.proxy.counters()["bytes_up"], 55_000_000, "parts that are there are not sent again")
        self.assertEqual(self.s3.uploads(self.bucket), [])
        self.hydrate()
        self.assert_verified()


if __name__ == "__main__":
    main()
