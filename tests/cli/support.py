"""What the tests of the real programs share: a fresh directory, and ballast run in it."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import stat
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["BALLAST_BIN"]).resolve()


class CliTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="ballast-cli-"))
        self.addCleanup(self.remove_dir)
        self.root = self.dir / "root"
        self.store = self.dir / "store"

    def remove_dir(self):
        subprocess.run(["chmod", "-R", "u+rwx", self.dir], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def run_program(self, program, *arguments, status=0, env=None, cwd=None):
        """Runs ballast or ballast-run; fails unless it exits with `status`."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BALLAST_", "LAMBDA_", "LD_"))}
        environment.update(env or {})
        result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, env=environment,
                                cwd=cwd or self.dir, timeout=300)
        self.assertEqual(result.returncode, status, f"{program} {arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def ballast(self, *arguments, **options):
        return self.run_program(BIN / "ballast", *arguments, **options)

    def ballast_run(self, *arguments, **options):
        return self.run_program(BIN / "ballast-run", *arguments, **options)

    def write(self, path, content, mode=0o644):
        """Makes a file below the test's directory, with its parents."""
        full = self.dir / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content if isinstance(content, bytes) else content.encode())
        full.chmod(mode)
        return full

    def make_package(self, name="package", noise_bytes=3_000_000):
        """A small function: source, a dependency, real executables and libraries, data that goes with them."""
        self.write(f"{name}/handler.js", "exports.handler = async () => 'ok';\n")
        self.write(f"{name}/node_modules/left-pad/index.js", "module.exports = (s) => s;\n")
        self.write(f"{name}/node_modules/left-pad/package.json", '{"name": "left-pad", "version": "1.3.0"}\n')
        for program in ("/bin/true", "/bin/cat", "/usr/bin/git"):
            self.write(f"{name}/usr/bin/{pathlib.Path(program).name}", pathlib.Path(program).read_bytes(), 0o755)
        library = next(pathlib.Path("/usr/lib/x86_64-linux-gnu").glob("libz.so.1.*"))
        self.write(f"{name}/usr/lib/{library.name}", library.read_bytes())
        (self.dir / name / "usr/lib/libz.so.1").symlink_to(library.name)
        self.write(f"{name}/usr/share/data.bin", noise(noise_bytes))
        for i in range(40):
            self.write(f"{name}/usr/share/many/{i:02}.txt", f"file {i}\n" * 200)
        (self.dir / name / "usr/share/empty").mkdir()
        # The default's level costs seconds that only the tests of codecs are about.
        self.write(f"{name}/ballast.toml", 'codec = "zstd"\nlevel = 1\n')
        return self.dir / name

    def pack(self, package, out="slim", *arguments, **options):
        result = self.ballast("pack", package, "--out", out, "--store", self.store, "--push", "--json", "--quiet",
                              *arguments, **options)
        return json.loads(result.stdout)

    def hydrate(self, *arguments, slim="slim", **options):
        return self.run_program(self.dir / slim / "ballast-run", "hydrate", "--root", self.root, *arguments, **options)

    def tree(self):
        """The one published tree in the root, or None."""
        trees = list(self.root.glob("*/tree"))
        self.assertLessEqual(len(trees), 1)
        return trees[0] if trees else None

    def assert_verified(self, slim="slim"):
        self.ballast("verify", "--package", slim, "--root", self.root)


def noise(size, seed=7):
    """Bytes that do not compress, the same for the same seed."""
    generator = random.Random(seed)
    return b"".join(generator.randbytes(min(1 << 20, size - at)) for at in range(0, size, 1 << 20))


def snapshot(top):
    """Every path below `top` with kind, mode and bytes, to compare trees."""
    found = {}
    for path in sorted(pathlib.Path(top).rglob("*")):
        info = path.lstat()
        name = os.fsencode(path.relative_to(top))
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_dir():
            found[name] = ("directory", stat.S_IMODE(info.st_mode))
        else:
            found[name] = ("file", stat.S_IMODE(info.st_mode), hashlib.sha256(path.read_bytes()).hexdigest())
    return found
