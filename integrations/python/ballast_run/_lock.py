from __future__ import annotations

import json
import os
import re
from typing import Any, Dict, List, NamedTuple, cast

from ._error import BallastError


class Lock(NamedTuple):
    """A slim package's ballast.lock (docs/format.md), as far as it is used here. ballast-run checks all of it."""

    name: str
    version: str
    tree: str
    manifest: str
    root: str
    path: List[str]
    library_path: List[str]
    env: Dict[str, str]
    groups: List[str]  # what a start hydrates; none: the whole tree


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in cast(List[Any], value))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _is_start(fields: Dict[str, Any]) -> bool:
    # What a start hydrates: the whole tree, unless groups are named.
    return "groups" not in fields or (_is_texts(fields["groups"]) and len(fields["groups"]) > 0)


def _is_lock(parsed: Any) -> bool:
    if not isinstance(parsed, dict):
        return False
    fields = cast(Dict[str, Any], parsed)
    return (
        fields.get("ballast") == 1
        and all(isinstance(fields.get(name), str) for name in ("name", "version", "root"))
        and _is_digest(fields.get("tree"))
        and _is_digest(fields.get("manifest"))
        and _is_texts(fields.get("path"))
        and _is_texts(fields.get("library_path"))
        and isinstance(fields.get("env"), dict)
        and _is_texts(list(fields["env"].values()))
        and _is_start(fields)
    )


_locks: Dict[str, Lock] = {}


def read_lock(package: str) -> Lock:
    """The package's lock, read once a process: a deployed package does not change.

    Raises BallastError not_found, permission, corrupt.
    """
    known = _locks.get(package)
    if known is not None:
        return known
    file = os.path.join(package, "ballast.lock")
    try:
        with open(file, encoding="utf-8") as stream:
            fields = json.load(stream)
    except (FileNotFoundError, NotADirectoryError) as error:
        hint = "name the slim package with `package`, or set BALLAST_DISABLE=1 where the tools are installed"
        raise BallastError("not_found", f"{file}: no such file", hint) from error
    except OSError as error:
        raise BallastError("permission", f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise BallastError("corrupt", f"{file}: not JSON: {error}") from error
    if not _is_lock(fields):
        hint = "use the version of this Python package that came with the Ballast that packed"
        raise BallastError("corrupt", f"{file}: not a lock of format 1", hint)
    lock = Lock(**{name: fields[name] for name in Lock._fields if name != "groups"}, groups=fields.get("groups", []))
    _locks[package] = lock
    return lock
