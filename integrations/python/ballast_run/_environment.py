from __future__ import annotations

import os
from typing import Dict, List, Mapping

from ._error import BallastError
from ._lock import Lock


def _put_before(environment: Dict[str, str], name: str, directories: List[str], tree: str) -> None:
    if not directories:
        return
    own = ":".join(tree if directory == "." else f"{tree}/{directory}" for directory in directories)
    present = environment.get(name, "")
    # A program that was itself started in the tree's environment has them already.
    if present == own or present.startswith(own + ":"):
        return
    environment[name] = f"{own}:{present}" if present else own


def tree_environment(lock: Lock, tree: str, base: Mapping[str, str]) -> Dict[str, str]:
    """The environment that `ballast-run exec` gives to programs, made from `base`."""
    environment = dict(base)
    _put_before(environment, "PATH", lock.path, tree)
    _put_before(environment, "LD_LIBRARY_PATH", lock.library_path, tree)
    for name, value in lock.env.items():
        environment[name] = value.replace("{tree}", tree)
    environment["BALLAST_TREE"] = tree
    return environment


def installed_program(entry: str) -> str:
    """Where the program of that name is on PATH. Raises BallastError not_found."""
    import shutil

    found = shutil.which(os.path.basename(entry))
    if found is None:
        raise BallastError("not_found", f"{os.path.basename(entry)}: no such program on PATH")
    return found
