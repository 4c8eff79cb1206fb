"""How a check says what it found: a line a fault, with file and line, and the exit status."""

import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def report(faults, looked_at):
    """Prints `faults`; the exit status. Where there was nothing to look at (`looked_at`: how much), the check is what is broken."""
    faults = [fault.replace(f"{TOP}/", "") for fault in faults]
    print("\n".join([*faults, f"{looked_at} looked at, {len(faults)} faults"]))
    return 1 if faults or not looked_at else 0


def cpp_files(src):
    return sorted(src.rglob("*.[ch]pp"))


def main(faults):
    """For checks of src/ whose `faults(src)` gives a line each."""
    src = TOP / "src"
    sys.exit(report(faults(src), len(cpp_files(src))))
