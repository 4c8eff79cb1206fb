"""A real eviction, on a disk that holds one of two versions."""

import pathlib
import random
import subprocess
import unittest

from support import BIN, PackedTest, write

from ballast_run import BallastError


class Eviction(PackedTest):
    def setUp(self):
        super().setUp()
        self.disk = self.directory / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m,mode=0700", "ballast-test", self.disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("a small disk cannot be mounted here: " + mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk])
        self.root = self.disk / "root"
        self.old, self.new = self.version("old"), self.version("new")

    def version(self, name):
        source = self.directory / name
        write(source / "handler.py", "")
        write(source / "usr/data.bin", random.Random(name).randbytes(3_000_000))
        write(source / "ballast.toml", 'name = "data"\ninclude = ["/usr/"]\ncodec = "raw"\n')
        slim = self.directory / f"slim-{name}"
        subprocess.run([BIN / "ballast", "pack", source, "--out", slim, "--store", self.directory / "store", "--version", name, "--push",
                        "--quiet"], check=True, stdout=subprocess.DEVNULL)
        return slim

    def hydrate(self, slim):
        return subprocess.run([slim / "ballast-run", "hydrate", "--root", self.root], capture_output=True).returncode

    def test_what_this_process_holds_is_not_evicted(self):
        file = pathlib.Path(self.ballast(package=self.old).path("usr/data.bin"))
        self.assertEqual(self.hydrate(self.new), 7, "no space: the old version is in use")
        self.assertTrue(file.exists())
        with self.assertRaises(BallastError) as caught:
            self.ballast(package=self.new).ensure()
        self.assertEqual(caught.exception.code, "no_space")

    def test_what_nobody_uses_makes_room(self):
        self.assertEqual(self.hydrate(self.old), 0)
        self.assertEqual(self.ballast(package=self.new).ensure().start, "cold")
        self.assertEqual(len(list(self.root.glob("*/tree"))), 1)
        self.assertEqual(self.hydrate(self.old), 7)


if __name__ == "__main__":
    unittest.main()
