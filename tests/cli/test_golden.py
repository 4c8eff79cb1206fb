"""Bytes that must not change: versions as the first release wrote them.

`raw` is packed without a compression library in between, so packing the same input must give the same
bytes on any machine. `mixed` holds a frame of every codec; it must stay readable. To make them anew, after
a deliberate change of format (docs/format.md, "Versioning"):

    cd tests/cli && BALLAST_BIN=$PWD/../../build/release/bin BALLAST_GOLDEN=write python3 -B -m unittest test_golden
"""

import os
import pathlib
import shutil
import subprocess
import unittest

from support import CliTest, snapshot

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"
WRITE = os.environ.get("BALLAST_GOLDEN") == "write"


class Golden(CliTest):
    def make_input(self):
        """A little of everything: modes, links, an empty directory, equal files, a group, what does not compress."""
        self.write("golden/bin/hello", "#!/bin/sh\necho hello\n", 0o755)
        self.write("golden/lib/same.txt", "the same bytes\n" * 20)
        self.write("golden/lib/too.txt", "the same bytes\n" * 20)
        (self.dir / "golden/lib/link.txt").symlink_to("same.txt")
        (self.dir / "golden/share/empty").mkdir(parents=True)
        self.write("golden/share/zero", "")
        state, noise = 1, bytearray()
        for _ in range(70_000):
            state = (state * 1103515245 + 12345) % (1 << 31)
            noise.append(state >> 16 & 0xFF)
        self.write("golden/share/noise", bytes(noise))
        self.write("golden/share/text", "".join(f"line {i}\n" for i in range(9000)))
        for directory in (self.dir / "golden").rglob("*"):
            if directory.is_dir():
                directory.chmod(0o755)
        return self.dir / "golden"

    def pack_golden(self, codec):
        self.write("golden/ballast.toml", f'{codec}\nframe = "64KB"\ninclude = ["*"]\n[groups]\nlibraries = ["lib/"]\n')
        self.pack(self.make_input(), "slim", "--version", "v1", "--root", "/tmp/ballast")
        return self.dir / "slim"

    def test_packs_to_the_same_bytes(self):
        slim = self.pack_golden('codec = "raw"')
        if WRITE:
            self.save("raw", slim)
        self.assertEqual((slim / "ballast.manifest").read_bytes(), (GOLDEN / "raw/ballast.manifest").read_bytes())
        for kind in ("packs", "manifests"):
            written = {p.name: p.read_bytes() for p in (self.store / kind).iterdir()}
            golden = {p.name: p.read_bytes() for p in (GOLDEN / "raw/store" / kind).iterdir()}
            self.assertEqual(written, golden)

    def test_reads_what_was_written(self):
        if WRITE:
            self.save_mixed()
        expected = snapshot(self.make_input())
        self.assertIn(b"share/empty", expected)
        for name in ("raw", "mixed"):
            with self.subTest(name):
                slim = self.dir / name
                shutil.copytree(GOLDEN / name, slim)
                self.ballast("hydrate", "--package", slim, "--store", slim / "store", "--root", self.root / name)
                tree = next((self.root / name).glob("*/tree"))
                self.assertEqual(snapshot(tree), expected)

    def save_mixed(self):
        """Two versions of one family, each in a codec: the second refers to the first's frames."""
        package = self.make_input()
        self.write("golden/ballast.toml", 'codec = "zstd"\nlevel = 19\nframe = "64KB"\ninclude = ["share/"]\n')
        self.pack(package, "first", "--version", "v0")
        shutil.rmtree(self.dir / "golden")
        self.save("mixed", self.pack_golden('codec = "lz4"\nlevel = 12'))
        shutil.rmtree(self.dir / "golden")

    def save(self, name, slim):
        shutil.rmtree(GOLDEN / name, ignore_errors=True)
        (GOLDEN / name).mkdir(parents=True)
        for file in ("ballast.lock", "ballast.manifest"):
            shutil.copy(slim / file, GOLDEN / name / file)
        lock = GOLDEN / name / "ballast.lock"
        lock.write_text(lock.read_text().replace(str(self.store), ""))
        shutil.copytree(self.store, GOLDEN / name / "store")


if __name__ == "__main__":
    unittest.main()
