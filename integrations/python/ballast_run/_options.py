from __future__ import annotations

import os
import sys
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypedDict, Union, cast

from ._error import BallastError
from ._lock import Lock

_MARGIN_SECONDS = 0.25  # left of the function's time for its own error handling


class Options(TypedDict, total=False):
    """What every call takes.

    package: the slim package's directory. Default: LAMBDA_TASK_ROOT; else where the started program lies.
    root: where to hydrate, absolute. Default: BALLAST_ROOT; else what the package's lock says.
    store: where the packs are. Default: BALLAST_STORE; else what the package's lock says.
    groups: what is needed of the tree; ["*"]: all of it. Default: BALLAST_GROUPS; else what the package's lock says; else all.
    timeout: seconds, after which the call raises `interrupted`. Default: never.
    context: Lambda's context: as `timeout`, with the time that the invocation has left, less 0.25 s.
    """

    package: Union[str, os.PathLike[str]]
    root: str
    store: str
    groups: Sequence[str]
    timeout: float
    context: Any


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_names(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(map(_is_text, cast(Sequence[Any], value)))


_CHECKS: Dict[str, Tuple[Callable[[Any], bool], str]] = {
    "package": (lambda value: isinstance(value, (str, os.PathLike)) and os.fspath(value) != "", "the path of a slim package"),
    "root": (_is_text, "an absolute path"),
    "store": (_is_text, "a store's URL"),
    "groups": (_is_names, "a list of names"),
    "timeout": (lambda value: isinstance(value, (int, float)) and value > 0, "seconds, more than 0"),
    "context": (lambda value: callable(getattr(value, "get_remaining_time_in_millis", None)), "Lambda's context"),
}


def check_options(options: Mapping[str, Any]) -> Dict[str, Any]:
    """Options as they were given, without those that are None; `package` absolute. Raises BallastError usage."""
    checked: Dict[str, Any] = {}
    for name, value in options.items():
        if name not in _CHECKS:
            raise BallastError("usage", f"option '{name}': unknown", f"there are {', '.join(_CHECKS)}")
        if value is None:
            continue
        check, expected = _CHECKS[name]
        if not check(value):
            raise BallastError("usage", f"option '{name}': not {expected}")
        checked[name] = os.path.abspath(value) if name == "package" else value
    return checked


def wanted_groups(named: Sequence[str], lock: Lock) -> Tuple[str, ...]:
    """The groups that a call needs, sorted; none: the whole tree. As src/hydrate/wanted_groups.cpp has it: those that are named,
    else those of BALLAST_GROUPS, else the lock's; "*" alone is the whole tree. Raises BallastError."""
    shown, groups = "option 'groups'", list(named)
    if not groups:
        text = os.environ.get("BALLAST_GROUPS")
        shown, groups = "BALLAST_GROUPS", [name.strip(" ") for name in text.split(",")] if text else lock.groups
    if groups == ["*"]:
        return ()
    if "*" in groups:
        raise BallastError("usage", f"{shown}: '*' is all of the tree, and stands alone")
    if "" in groups:
        raise BallastError("usage", f"{shown}: an empty name")
    return tuple(sorted(set(groups)))


_program_directory: Optional[str] = None


def default_package() -> str:
    """The function's directory, in Lambda; else where the program that Python was started with lies."""
    global _program_directory
    task_root = os.environ.get("LAMBDA_TASK_ROOT")
    if task_root:
        return task_root
    if _program_directory is None:
        file = getattr(sys.modules.get("__main__"), "__file__", None)
        _program_directory = os.path.dirname(os.path.realpath(file)) if file else os.getcwd()
    return _program_directory


def deadline_of(options: Mapping[str, Any]) -> Optional[float]:
    """The instant, in time.time()'s seconds, at which a call gives up; None: never."""
    ends: List[float] = []
    if "timeout" in options:
        ends.append(time.time() + options["timeout"])
    if "context" in options:
        left = options["context"].get_remaining_time_in_millis() / 1000
        # A function is stopped before its time is over: a context that says so knows no time, as emulators' do.
        if left >= 0:
            ends.append(time.time() + left - _MARGIN_SECONDS)
    return min(ends, default=None)
