"""What can go wrong: each a clear error with its exit code, and never a tree in part."""

import fcntl
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from support import BIN, CliTest, snapshot

IS_ROOT = os.geteuid() == 0


class Kills(CliTest):
    POINTS = 50
    # What changes the disk or publishes; a kill between any two of these is a kill at a different state.
    CALLS = "openat,write,pwrite64,mkdirat,linkat,symlinkat,renameat,unlinkat,fchmod,ftruncate,flock"
    # Sanitizers map memory all the time, mostly before there is anything to resume.
    CALLS += "" if os.environ.get("BALLAST_SANITIZE") else ",mmap,munmap"

    def strace(self, *options, cores="0"):
        return subprocess.run(["taskset", "-c", cores, "strace", "-f", "-qq", "-o", self.dir / "trace", *options,
                               self.dir / "slim/ballast-run", "hydrate", "--root", self.root], capture_output=True, text=True)

    def points(self, share):
        """(system call, how manieth) spread evenly over what a whole hydration does, as far as `share` of each."""
        trace = (self.dir / "trace").read_text()
        counts = collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.MULTILINE))
        found = [(call, n) for call in sorted(counts) for n in range(1, max(2, int(counts[call] * share) + 1))]
        return [found[i * len(found) // self.POINTS] for i in range(self.POINTS)]

    def kill_and_hydrate(self, call, when, expected, cores):
        shutil.rmtree(self.root, ignore_errors=True)
        where = f"killed at {call} number {when} on cores {cores}"
        result = self.strace("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}", cores=cores)
        tree = self.tree()
        if tree is not None:
            self.assertEqual(snapshot(tree), expected, f"a tree in part, {where}")
        report = json.loads(self.hydrate("--json").stdout)
        self.assertEqual(snapshot(self.tree()), expected, where)
        self.assertFalse((self.tree().parent / "staging").exists(), where)
        return result.returncode != 0, report["resumed"]

    def test_killed_at_any_point_the_next_hydration_ends_right(self):
        package = self.make_package(noise_bytes=6_000_000)
        (package / "usr/share/other-name").write_bytes((package / "usr/share/many/03.txt").read_bytes())
        self.pack(package)
        whole = self.strace("-e", f"trace={self.CALLS}")
        if whole.returncode != 0 and "ptrace" in whole.stderr.lower():
            self.skipTest("strace may not trace here")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        expected = snapshot(self.tree())
        # One core is one thread, so that every point is reached; with more, a thread's own count may not
        # come to it.
        ways = [("0", 1.0)] + ([(f"0-{os.cpu_count() - 1}", 0.5)] if os.cpu_count() > 1 else [])
        for cores, share in ways:
            outcomes = [self.kill_and_hydrate(call, n, expected, cores) for call, n in self.points(share)]
            killed = sum(was_killed for was_killed, _ in outcomes)
            resumed = sum(was_resumed for _, was_resumed in outcomes)
            self.assertGreater(killed, self.POINTS - 1 if cores == "0" else self.POINTS // 2, cores)
            # Sanitizers open and map so much before it begins that few points fall into a hydration.
            if not os.environ.get("BALLAST_SANITIZE"):
                self.assertGreater(resumed, self.POINTS // 4, cores)

    def test_killed_while_groups_are_published(self):
        package = self.make_package(noise_bytes=100_000)
        self.write("package/ballast.toml", '[groups]\ntexts = ["usr/share/many/"]\n')
        self.pack(package)
        self.hydrate()
        expected = snapshot(self.tree())
        for point in range(0, 90, 6):
            shutil.rmtree(self.root)
            self.hydrate("--group", "default")
            result = self.strace("-e", "inject=renameat:signal=SIGKILL:when=%d" % (point + 1))
            for name, content in snapshot(self.tree()).items():
                if content[0] != "directory":
                    self.assertEqual(content, expected[name], "what is there is whole")
            self.hydrate()
            self.assertEqual(snapshot(self.tree()), expected)


class Together(CliTest):
    def test_sixteen_at_once_make_one_hydration(self):
        self.pack(self.make_package())
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            results = list(pool.map(lambda _: self.hydrate("--json"), range(16)))
        starts = [json.loads(result.stdout)["ballast"] for result in results]
        self.assertEqual(sorted(starts), ["cold"] + ["warm"] * 15)
        self.assert_verified()

    def test_a_deadline_ends_the_wait_for_another_process(self):
        self.pack(self.make_package(noise_bytes=200_000))
        self.hydrate()
        place = self.tree().parent
        (place / "complete").unlink()
        with open(place / "hydrate.lock", "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = self.hydrate("--timeout", "1s", status=6)
            self.assertIn("the deadline passed while another process held the lock", result.stderr)
        self.hydrate("--timeout", "60s")
        self.assert_verified()

    def test_a_program_that_runs_keeps_its_version(self):
        package = self.make_package()
        self.pack(package, "slim", "--version", "v1")
        self.write("package/usr/share/data.bin", b"x" * 1000)
        self.pack(package, "slim2", "--version", "v2")
        run = subprocess.Popen([self.dir / "slim/ballast-run", "exec", "--root", self.root, "--", "sh", "-c", "echo up; read x"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(run.kill)
        self.assertEqual(run.stdout.readline(), b"up\n")
        self.hydrate(slim="slim2")
        self.assertEqual(len(list(self.root.glob("*/tree"))), 2)
        run.communicate(b"\n")


class Removed(CliTest):
    def test_a_tree_that_somebody_removed_is_not_warm(self):
        """As cleaners of /tmp do, and who follows the hint of verify."""
        package = self.make_package(noise_bytes=200_000)
        self.write("package/ballast.toml", '[groups]\nprograms = ["/usr/bin/"]\nrest = ["*"]\n')
        self.pack(package)
        for asked in ((), ("--group", "programs")):
            self.hydrate("--group", "rest")
            self.hydrate("--group", "programs")
            self.hydrate()
            shutil.rmtree(self.tree())
            self.hydrate(*asked)
            self.assertTrue((self.tree() / "usr/bin/cat").exists())
        # The markers of the groups that went with it are gone, too.
        self.assertFalse((self.tree() / "usr/share/data.bin").exists())
        self.hydrate("--group", "rest")
        self.assertTrue((self.tree() / "usr/share/data.bin").exists())
        self.hydrate()
        self.assert_verified()

    def test_the_hint_of_verify_mends_the_tree(self):
        self.pack(self.make_package(noise_bytes=200_000))
        self.hydrate()
        expected = snapshot(self.tree())
        (self.tree() / "usr/bin/cat").write_bytes(b"evil")
        result = self.ballast("verify", "--package", "slim", "--root", self.root, status=1)
        hint = re.search(r"^hint: remove (.*), then hydrate again$", result.stderr, re.MULTILINE)
        shutil.rmtree(hint[1])
        self.hydrate()
        self.assertEqual(snapshot(self.tree()), expected)


class Damage(CliTest):
    def setUp(self):
        super().setUp()
        self.pack(self.make_package(noise_bytes=200_000))
        self.packs = sorted((self.store / "packs").iterdir())

    def flip(self, path, bit):
        data = bytearray(path.read_bytes())
        data[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(data)

    def test_flipped_bits_of_packs_and_manifest_are_detected(self):
        for path, what in ((self.packs[0], "pack"), (self.dir / "slim/ballast.manifest", "manifest")):
            good = path.read_bytes()
            first = 16 * 8 if what == "pack" else 0  # nothing reads a pack's header
            for bit in range(first, len(good) * 8, len(good) * 8 // 40):
                self.flip(path, bit)
                result = self.hydrate(status=4)
                self.assertRegex(result.stderr, r"^ballast-run: error: .*(packs/|ballast\.manifest)")
                self.assertIsNone(self.tree())
                path.write_bytes(good)
                shutil.rmtree(self.root, ignore_errors=True)  # else frames that were right are taken up
        self.hydrate()
        self.assert_verified()

    def test_a_truncated_pack_is_told(self):
        os.truncate(self.packs[0], self.packs[0].stat().st_size // 2)
        result = self.hydrate(status=4)
        self.assertIn("ends before the bytes that were asked for", result.stderr)
        self.assertIsNone(self.tree())

    def test_a_missing_pack_is_told(self):
        self.packs[0].unlink()
        result = self.hydrate(status=3)
        self.assertIn(f"{self.packs[0]}: cannot open: No such file or directory", result.stderr)
        self.assertIsNone(self.tree())

    def test_a_damaged_lock_is_refused(self):
        lock = self.dir / "slim/ballast.lock"
        good = lock.read_text()
        lock.write_text(good[:-10])
        self.assertIn("ballast.lock: not a JSON object", self.hydrate(status=4).stderr)
        lock.write_text(good.replace('"ballast": 1', '"ballast": 9'))
        self.assertIn("lock format 9 is not known", self.hydrate(status=4).stderr)
        lock.unlink()
        self.assertIn("not a slim package: it has no ballast.lock", self.hydrate(status=3).stderr)


class Root(CliTest):
    def setUp(self):
        super().setUp()
        self.packed = self.pack(self.make_package(noise_bytes=6_000_000))

    def test_a_symlink_as_root_is_refused(self):
        (self.dir / "elsewhere").mkdir()
        self.root.symlink_to(self.dir / "elsewhere")
        result = self.hydrate(status=5)
        self.assertIn("the root is a symlink or a file, not a directory", result.stderr)
        self.assertEqual(list((self.dir / "elsewhere").iterdir()), [])

    def test_roots_that_cannot_be_are_refused(self):
        for root, what in (("/", "is the file system's top"), (f"{self.dir}/a:b", "holds ':'"), (f"{self.dir}/x/../y", "'..' component"),
                           ("relative", "is not an absolute path")):
            for options in ({"env": {"BALLAST_ROOT": root}}, {}):
                arguments = [] if options else ["--root", root]
                result = self.run_program(self.dir / "slim/ballast-run", "hydrate", *arguments, status=2, **options)
                self.assertIn(what, result.stderr)

    def test_a_parent_that_became_a_symlink_is_not_followed(self):
        (self.dir / "elsewhere").mkdir()
        self.hydrate()
        place = self.tree().parent
        shutil.rmtree(place)
        place.symlink_to(self.dir / "elsewhere")
        result = self.hydrate(status=4)
        self.assertIn("a symlink or a file stands where a directory belongs", result.stderr)
        self.assertEqual(list((self.dir / "elsewhere").iterdir()), [])

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_full_disk_is_told(self):
        self.root.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", self.root], check=True)
        self.addCleanup(subprocess.run, ["umount", self.root], check=True)
        result = self.hydrate(status=7)
        self.assertRegex(result.stderr, r"needs \S+ MB \(\d+ bytes\), but \S+ MB \(\d+ bytes\) are free")
        self.assertIn("hint: raise the function's ephemeral storage", result.stderr)
        self.assertIsNone(self.tree())

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_disk_that_fills_meanwhile_is_told(self):
        # Room enough by statvfs, but the inodes run out.
        self.root.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=30,mode=0700", "tmpfs", self.root], check=True)
        self.addCleanup(subprocess.run, ["umount", self.root], check=True)
        result = self.hydrate(status=7)
        self.assertIn("No space left on device", result.stderr)
        self.assertIsNone(self.tree())
        self.assertEqual([p for p in self.root.glob("*/staging")], [], "what was staged is given back")

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_old_versions_of_the_family_make_room(self):
        self.write("package/usr/share/data.bin", os.urandom(6_000_000))
        self.pack(self.dir / "package", "slim2")
        self.root.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=10m,mode=0700", "tmpfs", self.root], check=True)
        self.addCleanup(subprocess.run, ["umount", self.root], check=True)
        self.hydrate(slim="slim")
        run = subprocess.Popen([self.dir / "slim/ballast-run", "exec", "--root", self.root, "--", "sh", "-c", "echo up; read x"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(run.kill)
        self.assertEqual(run.stdout.readline(), b"up\n")
        held = self.hydrate(slim="slim2", status=7)
        self.assertIn("are free", held.stderr, "a version whose lock is held is never removed")
        run.communicate(b"\n")
        self.hydrate(slim="slim2")
        self.assert_verified("slim2")
        self.assertEqual(len(list(self.root.glob("*/tree"))), 1)

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_read_only_root_serves_a_tree_that_is_there(self):
        self.root.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700,ro", "tmpfs", self.root], check=True)
        self.addCleanup(subprocess.run, ["umount", self.root], check=True)
        result = self.hydrate(status=5)
        self.assertIn("Read-only file system", result.stderr)
        subprocess.run(["mount", "-o", "remount,rw", self.root], check=True)
        self.hydrate()
        subprocess.run(["mount", "-o", "remount,ro", self.root], check=True)
        self.hydrate()  # warm needs no writing
        self.run_program(self.dir / "slim/ballast-run", "exec", "--root", self.root, "--", "true")

    @unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "sanitizers need a dynamic program")
    @unittest.skipUnless(IS_ROOT, "chroot needs root")
    def test_runs_in_an_empty_chroot(self):
        chroot = self.dir / "chroot"
        (chroot / "tmp").mkdir(parents=True)
        shutil.copytree(self.dir / "slim", chroot / "slim")
        shutil.copytree(self.store, chroot / "store")
        result = subprocess.run(["chroot", chroot, "/slim/ballast-run", "hydrate", "--package", "/slim", "--store", "/store",
                                 "--root", "/tmp/ballast"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.root = chroot / "tmp/ballast"
        self.assert_verified()
        self.assertNotIn("INTERP", subprocess.run(["readelf", "-l", self.dir / "slim/ballast-run"], capture_output=True,
                                                  text=True).stdout)

    @unittest.skipUnless(IS_ROOT, "becoming another user needs root")
    def test_an_ordinary_user_with_a_read_only_package(self):
        os.chmod(self.dir, 0o755)
        home = self.dir / "home"
        home.mkdir()
        os.chown(home, 993, 993)
        command = ["setpriv", "--reuid=993", "--regid=993", "--clear-groups", self.dir / "slim/ballast-run", "exec", "--root",
                   home / "ballast", "--", "true"]
        for _ in range(2):
            result = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stderr)


@unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "sanitizers take memory of their own")
class Memory(CliTest):
    def test_peak_memory_does_not_grow_with_the_tree(self):
        """A bound, not a time: 64 MiB, for a tree of 300 MB."""
        package = self.make_package(noise_bytes=300_000_000)
        self.write("package/ballast.toml", 'codec = "zstd"\nlevel = 1\n')
        self.pack(package)
        environment = dict(os.environ)
        result = subprocess.run(["python3", "-c", (
            "import resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"),
            self.dir / "slim/ballast-run", "hydrate", "--root", self.root], capture_output=True, text=True, env=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLess(int(result.stdout), 64 * 1024)


if __name__ == "__main__":
    unittest.main()
