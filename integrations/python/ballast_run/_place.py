"""Looks whether a tree is there, by the rules of docs/hydrate.md ("The place", "Warm"), and holds it.

Only "yes" is ever said here: whatever is absent, odd or not to be trusted is for ballast-run to judge and to explain.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
from typing import Dict, NamedTuple, Optional, Sequence, Union

from ._lock import Lock


class Identity(NamedTuple):
    """A file as it was seen. While it is the same, so is what it stands for: evictions rename a whole place away, and
    a later hydration makes every file anew."""

    path: str
    inode: int
    changed_ns: int

    def is_still(self) -> bool:
        try:
            info = os.lstat(self.path)
        except OSError:
            return False
        return info.st_ino == self.inode and info.st_mtime_ns == self.changed_ns


def identify(path: str) -> Optional[Identity]:
    try:
        info = os.lstat(path)
    except OSError:
        return None
    return Identity(path, info.st_ino, info.st_mtime_ns)


def place_of(root: str, lock: Lock) -> str:
    return f"{root}/{lock.tree[:32]}"


def tree_of(root: str, lock: Lock) -> str:
    return f"{place_of(root, lock)}/tree"


def _read_boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return stream.readline().rstrip("\n")
    except OSError:
        return ""


_boot_id = _read_boot_id()


def _is_trusted_owner(info: os.stat_result) -> bool:
    return info.st_uid in (0, os.geteuid())


def _is_ours(root: str) -> bool:
    """A directory that only this user or root writes to, below no symlink of another user's."""
    if not root.startswith("/") or ":" in root or {".", ".."} & set(root.split("/")):
        return False
    slash = root.find("/", 1)
    while slash != -1:
        parent = os.lstat(root[:slash])
        if stat.S_ISLNK(parent.st_mode) and not _is_trusted_owner(parent):
            return False
        slash = root.find("/", slash + 1)
    info = os.lstat(root)
    return stat.S_ISDIR(info.st_mode) and _is_trusted_owner(info) and info.st_mode & 0o022 == 0


def _read_marker(path: str, digest: str) -> Union[Identity, bool]:
    """The marker's identity when it was written for `digest` since this boot; True when it is there but says
    otherwise; False when it is not there."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if os.read(fd, 256) != f"{digest}\n{_boot_id}\n".encode():
            return True
        info = os.fstat(fd)
        return Identity(path, info.st_ino, info.st_mtime_ns)
    finally:
        os.close(fd)


def find_warm(root: str, lock: Lock, groups: Sequence[str]) -> Optional[Identity]:
    """The identity of a marker that says that all of `groups` (none: the whole tree) is there."""
    try:
        place = place_of(root, lock)
        if not _is_ours(root) or not all(stat.S_ISDIR(os.lstat(part).st_mode) for part in (place, f"{place}/tree")):
            return None
        complete = _read_marker(f"{place}/complete", lock.tree)
        if complete is not False or not groups:
            return complete if isinstance(complete, Identity) else None
        markers = [_read_marker(f"{place}/group-{group}", lock.manifest) for group in groups]
    except OSError:
        return None
    found = [marker for marker in markers if isinstance(marker, Identity)]
    return found[0] if len(found) == len(markers) else None


class _Hold(NamedTuple):
    device: int
    inode: int
    fd: Optional[int]  # None where use.lock cannot be opened: then this user cannot evict either


_holds: Dict[str, _Hold] = {}
_guard = threading.Lock()


def _start_anew_in_a_forked_child() -> None:
    # The thread that held the guard is not in the child. What is held stays held: the child inherited the descriptors.
    global _guard
    _guard = threading.Lock()


os.register_at_fork(after_in_child=_start_anew_in_a_forked_child)


def _take_use_lock(place_fd: int) -> Optional[int]:
    """A descriptor that holds use.lock shared; BlockingIOError while an eviction holds it."""
    while True:
        try:
            fd = os.open("use.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=place_fd)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                return None
            raise
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
            held, named = os.fstat(fd), os.stat("use.lock", dir_fd=place_fd, follow_symlinks=False)
            if (held.st_dev, held.st_ino) == (named.st_dev, named.st_ino):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)


def hold(root: str, lock: Lock) -> bool:
    """Holds the place against eviction until this process, and every program that it started out of the tree, is gone.

    False when there is no such place any more, or an eviction is at it. Repeated calls cost little. Thread-safe.
    """
    place = place_of(root, lock)
    with _guard:
        try:
            place_fd = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            info = os.fstat(place_fd)
            known = _holds.get(place)
            if known is not None and (known.device, known.inode) == (info.st_dev, info.st_ino):
                return True
            fd = _take_use_lock(place_fd)
            named = os.lstat(place)
            # Taken before an eviction, the lock holds; taken after, the place is gone.
            if (named.st_dev, named.st_ino) != (info.st_dev, info.st_ino):
                if fd is not None:
                    os.close(fd)
                return False
        except OSError:
            return False
        finally:
            os.close(place_fd)
        if known is not None and known.fd is not None:
            os.close(known.fd)
        _holds[place] = _Hold(info.st_dev, info.st_ino, fd)
        return True


def duplicate_hold(root: str, lock: Lock) -> Optional[int]:
    """Another descriptor of the held lock, for a program to inherit. The caller closes it."""
    with _guard:
        held = _holds.get(place_of(root, lock))
        return None if held is None or held.fd is None else os.dup(held.fd)
