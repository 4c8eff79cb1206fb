"""Measures ballast_run in this process; prints microseconds as JSON: measure.py warm|cold SLIM ROOT"""

import asyncio
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "integrations/python"))
mode, slim, root = sys.argv[1:]
started = time.perf_counter()
from ballast_run import Ballast  # noqa: E402

load = (time.perf_counter() - started) * 1e6


def timed(work, times=1):
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) * 1e6 / times


async def awaited(ballast, times):
    start = time.perf_counter()
    for _ in range(times):
        await ballast.aensure()
    return (time.perf_counter() - start) * 1e6 / times


ballast = Ballast(package=slim, root=root)
if mode == "cold":
    measured = {"ensure()": timed(ballast.ensure)}
else:
    first = timed(ballast.ensure)
    second = timed(ballast.ensure)
    measured = {
        "importing the package": load,
        "first ensure()": first,
        "second ensure()": second,
        "ensure(), mean of 10,000": timed(ballast.ensure, 10_000),
        "await aensure(), mean of 10,000": asyncio.run(awaited(ballast, 10_000)),
        "path(), mean of 10,000": timed(lambda: ballast.path("usr/bin/sed"), 10_000),
        'run(["true"])': timed(lambda: ballast.run(["true"]), 20),
        'subprocess.run(["true"])': timed(lambda: subprocess.run(["true"]), 20),
    }
print(json.dumps(measured))
