"""One run of ballast-run for all threads of this process that want the same at the same time."""

from __future__ import annotations

import concurrent.futures
import os
import threading
import time
from typing import Dict, Hashable, Optional, Sequence

from ._error import BallastError, gave_up
from ._program import Cancel, run_program

_runs: Dict[Hashable, concurrent.futures.Future[str]] = {}
_guard = threading.Lock()


def _start_anew_in_a_forked_child() -> None:
    # Threads that run something for others are not in the child.
    global _guard
    _guard = threading.Lock()
    _runs.clear()


os.register_at_fork(after_in_child=_start_anew_in_a_forked_child)


def _lead(
    run: concurrent.futures.Future[str], key: Hashable, package: str, arguments: Sequence[str], deadline: Optional[float], cancel: Cancel
) -> str:
    def forget() -> None:
        with _guard:
            del _runs[key]

    try:
        stdout = run_program(package, arguments, deadline, cancel)
    except BaseException as error:
        forget()
        run.set_exception(error if isinstance(error, BallastError) else gave_up())
        raise
    forget()
    run.set_result(stdout)
    return stdout


def run_shared(key: Hashable, package: str, arguments: Sequence[str], deadline: Optional[float], cancel: Cancel) -> str:
    """What the run printed; BallastError otherwise. The first caller runs it, until its own deadline; who waits for it
    then goes on with a run of its own."""
    while True:
        with _guard:
            run = _runs.get(key)
            is_first = run is None
            if run is None:
                run = _runs[key] = concurrent.futures.Future()
        if is_first:
            return _lead(run, key, package, arguments, deadline, cancel)
        try:
            return run.result(None if deadline is None else max(0.0, deadline - time.time()))
        except concurrent.futures.TimeoutError:
            raise gave_up() from None
        except BallastError as error:
            if error.code != "interrupted" or cancel.is_set():
                raise
            if deadline is not None and deadline <= time.time():
                raise
