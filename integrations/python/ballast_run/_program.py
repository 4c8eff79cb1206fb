"""Runs the package's ballast-run."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import List, Optional, Sequence

from ._error import error_of_exit, error_of_start, gave_up


# Where a layer made by `ballast layer` has it, for slim packages without one.
_IN_LAYER = "/opt/bin/ballast-run"


def _program_of(package: str) -> str:
    own = os.path.join(package, "ballast-run")
    return own if os.path.exists(own) or not os.path.exists(_IN_LAYER) else _IN_LAYER


def group_flags_of(groups: Sequence[str]) -> List[str]:
    """What hydrates by groups takes. All of it named, the whole tree too."""
    return [f"--group={group}" for group in groups or ["*"]]


def flags_of(package: str, store: Optional[str], root: Optional[str]) -> List[str]:
    """What every command takes: where the package is, and what was named besides."""
    flags: List[str] = []
    if store is not None:
        flags += ["--store", store]
    if root is not None:
        flags += ["--root", root]
    return [*flags, "--package", package]


class Cancel:
    """Ends a run from another thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._process: Optional[subprocess.Popen[str]] = None
        self._is_set = False

    def attach(self, process: subprocess.Popen[str]) -> None:
        with self._guard:
            self._process = process
            if self._is_set:
                process.kill()

    def set(self) -> None:
        with self._guard:
            self._is_set = True
            if self._process is not None:
                self._process.kill()

    def is_set(self) -> bool:
        return self._is_set


def run_program(package: str, arguments: Sequence[str], deadline: Optional[float], cancel: Cancel) -> str:
    """What ballast-run printed. `deadline` is in time.time()'s seconds; the program is killed then, at any instant:
    hydration is made for that (docs/hydrate.md, "When it is killed"). Raises BallastError."""
    program = _program_of(package)
    environment = dict(os.environ)
    # Its cold start's line goes where ours go: a sentence to a terminal, JSON to a log collector.
    if not environment.get("BALLAST_LOG") and sys.stderr is not None and sys.stderr.isatty():
        environment["BALLAST_LOG"] = "text"
    timeout = None
    if deadline is not None:
        timeout = deadline - time.time()
        if timeout <= 0:
            raise gave_up()
        environment["BALLAST_DEADLINE_MS"] = str(int(deadline * 1000))
    try:
        process = subprocess.Popen(
            [program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
    except OSError as error:
        raise error_of_start(program, error) from error
    with process:
        try:
            cancel.attach(process)
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise gave_up() from None
        except BaseException:
            process.kill()
            raise
    if cancel.is_set():
        raise gave_up()
    if process.returncode != 0:
        raise error_of_exit(process.returncode, stderr)
    if stderr and sys.stderr is not None:
        sys.stderr.write(stderr)
    return stdout
