from __future__ import annotations

from typing import Optional

# ballast-run's exit statuses (src/base/result.hpp): public, never changed.
_CODES = {
    1: "check_failed",
    2: "usage",
    3: "not_found",
    4: "corrupt",
    5: "permission",
    6: "unavailable",
    7: "no_space",
    130: "interrupted",
}
_PREFIX = "ballast-run: error: "
_HINT = "hint: "


class BallastError(Exception):
    """Why a tree could not be brought into the context.

    code: the exit status of ballast-run by name: check_failed, usage, not_found, corrupt, permission, unavailable,
        no_space, interrupted. Only unavailable and interrupted are worth a retry.
    hint: what to do about it; empty where there is no advice.
    line: the line that ballast-run printed, or would have: "ballast-run: error: <object>: <what>: <cause>".
    """

    def __init__(self, code: str, message: str, hint: str = "", line: Optional[str] = None) -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.code = code
        self.hint = hint
        self.line = _PREFIX + message if line is None else line


def error_of_exit(status: int, stderr: str) -> BallastError:
    """The error of a ballast-run that ended with `status` (negative: by that signal), having said `stderr`."""
    lines = stderr.split("\n")
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].startswith(_PREFIX) and status in _CODES:
            following = lines[at + 1] if at + 1 < len(lines) else ""
            hint = following[len(_HINT):] if following.startswith(_HINT) else ""
            return BallastError(_CODES[status], lines[at][len(_PREFIX):], hint, lines[at])
    if status < 0:
        hint = "the system may have been out of memory; the next call takes up what was written" if status == -9 else ""
        return BallastError("unavailable", f"ballast-run: ended by signal {-status}", hint)
    return BallastError("unavailable", f"ballast-run: exit status {status}: {stderr.strip()}")


def error_of_start(program: str, error: OSError) -> BallastError:
    """The error of a ballast-run that could not be started."""
    if isinstance(error, FileNotFoundError):
        return BallastError(
            "not_found", f"{program}: no such program", "deploy the slim package as `ballast pack` wrote it: ballast-run lies beside ballast.lock"
        )
    if isinstance(error, PermissionError):
        return BallastError("permission", f"{program}: cannot execute", "the zip or the copy lost its executable bit")
    return BallastError("unavailable", f"{program}: cannot start: {error}")


def gave_up() -> BallastError:
    return BallastError(
        "interrupted",
        "hydration: not done in the time that was left",
        "the next call takes up what was written; give it more time, or name the groups that are needed",
    )
