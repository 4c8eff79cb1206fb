from __future__ import annotations

import contextlib
import functools
import os
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar

from . import _place
from ._environment import installed_program, tree_environment
from ._error import BallastError
from ._lock import Lock, read_lock
from ._options import Options, check_options, deadline_of, default_package, wanted_groups
from ._report import Report, parse_report

# A warm start needs none of these, and they take longer to import than all the rest: asyncio, subprocess and what is made
# of them are imported where they are used.
if TYPE_CHECKING:
    import asyncio
    import subprocess

    from typing_extensions import Unpack  # type checkers bring it along

    from ._program import Cancel

_Key = Tuple[Any, ...]
_Value = TypeVar("_Value")

# What this process has seen in the context, and holds, by what was asked for.
_seen: Dict[_Key, _place.Identity] = {}

_ATTEMPTS = 3


class _Wanted(NamedTuple):
    """The settings that hold for one call."""

    package: str
    lock: Lock
    root: str
    groups: Tuple[str, ...]
    store: Optional[str]
    named_root: Optional[str]
    deadline: Optional[float]

    @property
    def key(self) -> _Key:
        return (self.package, self.root, self.groups, self.store)

    @property
    def tree(self) -> str:
        return _place.tree_of(self.root, self.lock)


def _is_disabled() -> bool:
    return os.environ.get("BALLAST_DISABLE") == "1"


def _is_clean(entry: str) -> bool:
    return all(part not in ("", ".", "..") for part in entry.split("/"))


def _hydrated_but_gone(path: str) -> BallastError:
    return BallastError("unavailable", f"{path}: evicted as soon as it was hydrated", "give the trees more room, or roots of their own")


class Ballast:
    """One slim package with settings (see Options in _options.py: package, root, store, groups, timeout, context).

    Cheap; instances share what the process knows. Thread-safe. Methods raise BallastError; they may be repeated at
    will: when the tree is there, they cost microseconds. From the first success on, the process holds the tree against
    eviction until it ends, and so does every program that it starts here, until that ends.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        self._options = check_options(options)

    def ensure(self, **options: Unpack[Options]) -> Report:
        """Brings the tree, or the groups of it, into the context, unless it is there.

        However many threads call at once, one ballast-run serves them; processes that share the root wait for each
        other. With BALLAST_DISABLE=1 nothing is done.
        """
        return self._ensure(options)

    async def aensure(self, **options: Unpack[Options]) -> Report:
        """The same without blocking the event loop. Cancelling it ends the hydration; the next call takes it up."""
        if _is_disabled():
            return Report("disabled")
        wanted = self._wanted(options)
        if self._warm(wanted):
            return _warm_report(wanted)
        return await _in_thread(lambda cancel: self._ensure(options, cancel))

    def path(self, entry: str, **options: Unpack[Options]) -> str:
        """The absolute path of an entry, named as it was in the package: "usr/bin/gs".

        The group that holds it is hydrated first; of `groups`, nothing. With BALLAST_DISABLE=1: the program of that
        name on PATH.
        """
        return self._path(entry, options)

    async def apath(self, entry: str, **options: Unpack[Options]) -> str:
        """The same without blocking the event loop."""
        if _is_disabled():
            return installed_program(entry)
        found = self._find_entry(entry, self._wanted(options))
        return found or await _in_thread(lambda cancel: self._path(entry, options, cancel))

    def env(self, base: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
        """`base` (os.environ) with what programs need to run out of the tree: its directories before PATH and
        LD_LIBRARY_PATH, the package's own variables, BALLAST_TREE. Hydrates nothing."""
        base = os.environ if base is None else base
        if _is_disabled():
            return dict(base)
        wanted = self._wanted({})
        return tree_environment(wanted.lock, wanted.tree, base)

    def run(self, arguments: Sequence[str], **options: Any) -> subprocess.CompletedProcess[Any]:
        """subprocess.run in the tree's environment, made from `env`. Begins with `ensure`."""
        import subprocess

        self.ensure()
        with self._started(options):
            return subprocess.run(arguments, **options)

    def popen(self, arguments: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """subprocess.Popen in the tree's environment, made from `env`. Begins with `ensure`."""
        import subprocess

        self.ensure()
        with self._started(options):
            return subprocess.Popen(arguments, **options)

    async def apopen(self, program: str, *arguments: str, **options: Any) -> asyncio.subprocess.Process:
        """asyncio.create_subprocess_exec in the tree's environment, made from `env`. Begins with `aensure`."""
        import asyncio

        await self.aensure()
        with self._started(options):
            return await asyncio.create_subprocess_exec(program, *arguments, **options)

    def _wanted(self, options: Mapping[str, Any]) -> _Wanted:
        given = {**self._options, **check_options(options)} if options else self._options
        package = given.get("package") or default_package()
        lock = read_lock(package)
        named_root = given.get("root")
        root = named_root or os.environ.get("BALLAST_ROOT") or lock.root
        groups = wanted_groups(given.get("groups", ()), lock)
        return _Wanted(package, lock, root, groups, given.get("store"), named_root, deadline_of(given))

    def _warm(self, wanted: _Wanted) -> bool:
        known = _seen.get(wanted.key)
        if known is not None and known.is_still():
            return True
        # The order of docs/hydrate.md, "Warm": marker, lock, marker.
        if _place.find_warm(wanted.root, wanted.lock, wanted.groups) and _place.hold(wanted.root, wanted.lock):
            found = _place.find_warm(wanted.root, wanted.lock, wanted.groups)
            if found:
                _seen[wanted.key] = found
                return True
        _seen.pop(wanted.key, None)
        return False

    def _ensure(self, options: Mapping[str, Any], cancel: Optional[Cancel] = None) -> Report:
        if _is_disabled():
            return Report("disabled")
        wanted = self._wanted(options)
        if self._warm(wanted):
            return _warm_report(wanted)
        from ._program import Cancel, flags_of, group_flags_of
        from ._shared import run_shared

        flags = [*group_flags_of(wanted.groups), *flags_of(wanted.package, wanted.store, wanted.named_root)]
        arguments = ["hydrate", "--json", *flags]
        for _ in range(_ATTEMPTS):
            report = parse_report(run_shared(wanted.key, wanted.package, arguments, wanted.deadline, cancel or Cancel()))
            # ballast-run's own hold ended with it: an eviction may have come before ours.
            if self._warm(wanted):
                return report
        raise _hydrated_but_gone(wanted.tree)

    def _find_entry(self, entry: str, wanted: _Wanted) -> Optional[str]:
        """An entry that was found before and is the same still, or one of a tree that is there as a whole."""
        known = _seen.get((*wanted.key, entry))
        if known is not None and known.is_still():
            return known.path
        if not _is_clean(entry) or not self._warm(wanted._replace(groups=())):
            return None
        return self._see_entry(entry, f"{wanted.tree}/{entry}", wanted)

    def _see_entry(self, entry: str, path: str, wanted: _Wanted) -> Optional[str]:
        if not _place.hold(wanted.root, wanted.lock):
            return None
        found = _place.identify(path)
        if found is None:
            return None
        _seen[(*wanted.key, entry)] = found
        return path

    def _path(self, entry: str, options: Mapping[str, Any], cancel: Optional[Cancel] = None) -> str:
        if _is_disabled():
            return installed_program(entry)
        wanted = self._wanted(options)
        found = self._find_entry(entry, wanted)
        if found:
            return found
        from ._program import Cancel, flags_of
        from ._shared import run_shared

        arguments = ["path", *flags_of(wanted.package, wanted.store, wanted.named_root), "--", entry]
        for _ in range(_ATTEMPTS):
            stdout = run_shared((*wanted.key, entry), wanted.package, arguments, wanted.deadline, cancel or Cancel())
            found = self._see_entry(entry, stdout[:-1], wanted)
            if found:
                return found
        raise _hydrated_but_gone(f"{wanted.tree}/{entry}")

    @contextlib.contextmanager
    def _started(self, options: Dict[str, Any]) -> Iterator[None]:
        """Puts the tree's environment into a subprocess call's options, and the held lock among its descriptors."""
        options["env"] = self.env(options.get("env"))
        if _is_disabled():
            yield
            return
        wanted = self._wanted({})
        fd = _place.duplicate_hold(wanted.root, wanted.lock)
        if fd is None:
            yield
            return
        try:
            options["pass_fds"] = (*options.get("pass_fds", ()), fd)
            yield
        finally:
            os.close(fd)


def _warm_report(wanted: _Wanted) -> Report:
    lock = wanted.lock
    return Report("warm", wanted.tree, lock.name, lock.version, lock.tree)


async def _in_thread(work: Callable[[Cancel], _Value]) -> _Value:
    import asyncio

    from ._program import Cancel

    cancel = Cancel()
    try:
        return await asyncio.get_running_loop().run_in_executor(None, functools.partial(work, cancel))
    except asyncio.CancelledError:
        cancel.set()
        raise
