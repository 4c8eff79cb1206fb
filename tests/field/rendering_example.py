"""examples/rendering for tests: its packages, made once below build/, and copies of them that are packed in seconds."""

import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def alone():
    """Of all tests that run at once."""
    (REPOSITORY / "build").mkdir(exist_ok=True)
    with (REPOSITORY / "build/.rendering-package.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made_package(language="node"):
    """build/rendering-package, made by the example's own script when it is not there or out of date."""
    name = "build/rendering-package" + ("" if language == "node" else f"-{language}")
    flags = [] if language == "node" else [f"--{language}"]
    with alone():
        result = subprocess.run([REPOSITORY / "scripts/make-rendering-package", *flags, name], cwd=REPOSITORY, capture_output=True,
                                text=True, timeout=600)
    if result.returncode != 0:
        if "Debian" in result.stderr or "download" in result.stderr:
            raise unittest.SkipTest(result.stderr.strip())
        raise AssertionError(result.stderr)
    return REPOSITORY / name


def copy_package(target, language="node"):
    """A copy, with hard links where that can be, and a level that packs it in seconds: compression is not what is tested."""
    return copy_of(made_package(language), pathlib.Path(target))


def link_or_copy(source, target):
    if subprocess.run(["cp", "-al", source, target], capture_output=True).returncode != 0:
        subprocess.run(["rm", "-rf", target], check=True)
        subprocess.run(["cp", "-a", source, target], check=True)


def copy_of(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(source, target)
    settings = target / "ballast.toml"
    text = settings.read_text()
    settings.unlink()
    settings.write_text(text.replace('name = "rendering"\n', 'name = "rendering"\ncodec = "zstd"\nlevel = 1\n', 1))
    return target


def packed(into, language, ballast):
    """The slim package of `copy_package`, in the directory `into`, and beside it what is to be pushed. It is packed once for a package and
    a `ballast`, and kept below build/."""
    package = made_package(language)
    made_of = package.with_suffix(".made").read_bytes() + b"".join((ballast.parent / name).read_bytes() for name in ("ballast", "ballast-run"))
    directory = REPOSITORY / f"build/rendering-packed/{language}-{ballast.parent.parent.name}"
    stamp, digest = directory / "made", hashlib.sha256(made_of).hexdigest()
    with alone():
        if not stamp.exists() or stamp.read_text() != digest:
            shutil.rmtree(directory, ignore_errors=True)
            copy_of(package, directory / "package")
            subprocess.run([ballast, "pack", directory / "package", "--out", directory / "slim", "--version", "test", "--quiet"], check=True,
                           capture_output=True, timeout=600)
            shutil.rmtree(directory / "package")
            stamp.write_text(digest)
        for name in ("slim", "slim.packs"):
            link_or_copy(directory / name, into / name)
    return into / "slim"
