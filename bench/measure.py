"""What bench/run and bench/s3 share: where things are, how competitors take turns, how results are shown."""

import contextlib
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
BIN = TOP / "build/release/bin"
WORK = TOP / "build/bench"
TREE = WORK / "tree"


def sh(command, **options):
    subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True, stdout=subprocess.DEVNULL, **options)


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def settle(directory):
    """Removes what a measurement wrote, and waits until the disk is at rest."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.sync()


@contextlib.contextmanager
def fresh_disk():
    """An ext4 of its own in memory, as a function's /tmp is: small and fresh, so that neither an old large
    file system nor a slow disk behind it is what is measured. Without root: a directory of $TMPDIR."""
    if os.geteuid() != 0:
        with tempfile.TemporaryDirectory(prefix="ballast-bench-") as path:
            print("  (not root: measured on the disk of $TMPDIR)")
            yield pathlib.Path(path)
        return
    image = pathlib.Path(tempfile.mkstemp(prefix="ballast-bench-", suffix=".img", dir="/dev/shm")[1])
    mount = pathlib.Path(tempfile.mkdtemp(prefix="ballast-bench-"))
    try:
        os.truncate(image, 2 << 30)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        subprocess.run(["mount", "-o", "loop", image, mount], check=True)
        try:
            yield mount
        finally:
            subprocess.run(["umount", mount], check=True)
    finally:
        mount.rmdir()
        image.unlink()


def take_turns(competitors, rounds, before):
    """The seconds of each competitor, per round; the first round warms up and does not count."""
    seconds = {name: [] for name in competitors}
    names = list(competitors)
    for round_number in range(rounds + 1):
        turn = names[round_number % len(names):] + names[:round_number % len(names)]
        for name in turn:
            before()
            taken = timed(competitors[name])
            if round_number:
                seconds[name].append(taken)
    return seconds


def summary(seconds):
    return {name: {"median_s": statistics.median(values), "min_s": min(values), "max_s": max(values), "rounds": len(values)}
            for name, values in seconds.items()}


def show(title, results, baseline):
    print(f"\n{title}")
    width = max(len(name) for name in results)
    for name, result in results.items():
        ratio = results[baseline]["median_s"] / result["median_s"]
        print(f"  {name:{width}}  {result['median_s'] * 1000:9.2f} ms  ({result['min_s'] * 1000:.2f} to "
              f"{result['max_s'] * 1000:.2f})  {ratio:6.2f}x")


def pack_reference(out, version="v1"):
    subprocess.run([BIN / "ballast", "pack", TREE, "--out", out, "--include", "**", "--name", "reference", "--version", version,
                    "--store", f"{out}.store", "--push", "--quiet"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def packed_slim():
    """The reference tree packed once; packed again when the tree or ballast changed."""
    slim = WORK / "slim"
    newest = max((BIN / "ballast").stat().st_mtime, TREE.stat().st_mtime)
    if not slim.exists() or slim.stat().st_mtime < newest:
        shutil.rmtree(slim, ignore_errors=True)
        shutil.rmtree(f"{slim}.store", ignore_errors=True)
        pack_reference(slim)
    return slim


def machine():
    return f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release().split('-')[0]}"
