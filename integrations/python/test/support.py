"""What the tests share: a package of real programs, packed by the real ballast, and a fresh root for each test."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
BIN = pathlib.Path(os.environ.get("BALLAST_BIN", TOP.parent.parent / "build/release/bin"))

for name in list(os.environ):
    if name.startswith(("BALLAST_", "LAMBDA_", "LD_")):
        del os.environ[name]
# The cold starts' lines would stand between the tests' own.
os.environ["BALLAST_LOG"] = "off"

SETTINGS = """name = "sample"
include = ["/usr/"]
codec = "zstd"
level = 1
[groups]
texts = ["/usr/share/texts/"]
[env]
TEXTS = "{tree}/usr/share/texts"
"""


def write(path, content, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)


def libraries_of(program):
    """What Debian's sed is linked with, other than the C library."""
    lines = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout.splitlines()
    found = [line.split("=> ")[1].split()[0] for line in lines if "=> /" in line]
    return [pathlib.Path(library) for library in found if "/libc.so" not in library]


class PackedTest(unittest.TestCase):
    """slim and store: a function with sed, its libraries, and a group of texts, packed once for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.class_directory = pathlib.Path(tempfile.mkdtemp(prefix="ballast-python-"))
        cls.addClassCleanup(shutil.rmtree, cls.class_directory, ignore_errors=True)
        source = cls.class_directory / "function"
        write(source / "handler.py", "def handler(event, context): return 'ok'\n")
        write(source / "usr/bin/sed", pathlib.Path("/bin/sed").read_bytes(), 0o755)
        for library in libraries_of("/bin/sed"):
            write(source / "usr/lib" / library.name, library.read_bytes())
        for i in range(20):
            write(source / f"usr/share/texts/{i}.txt", f"some text {i}\n" * 500)
        write(source / "ballast.toml", SETTINGS)
        cls.slim, cls.store = cls.class_directory / "slim", cls.class_directory / "store"
        subprocess.run([BIN / "ballast", "pack", source, "--out", cls.slim, "--store", cls.store, "--push", "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(dir=self.class_directory))
        self.root = self.directory / "root"

    def ballast(self, **options):
        from ballast_run import Ballast
        return Ballast(**{"package": str(self.slim), "root": str(self.root), **options})

    def package_with(self, script):
        """A slim package whose ballast-run is a script, for what the real one does not do at will."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.directory)) / "slim"
        shutil.copytree(self.slim, copy)
        write(copy / "ballast-run", f"#!/bin/sh\n{script}\n", 0o755)
        return copy

    def python(self, source, **environment):
        """Runs a Python program of its own; returns what it printed."""
        file = self.directory / "program.py"
        file.write_text(source)
        result = subprocess.run([sys.executable, "-B", file], check=True, capture_output=True, text=True,
                                env={**os.environ, "PYTHONPATH": str(TOP), **environment})
        return result.stdout
