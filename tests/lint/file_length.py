#!/usr/bin/env python3
"""Holds that no file of src/ is longer than 400 lines: one that is has two subjects."""

import report

MOST_LINES = 400
KINDS = {".cpp", ".hpp", ".js", ".css"}


def faults(src):
    for path in sorted(src.rglob("*")):
        if path.suffix in KINDS:
            lines = len(path.read_text().splitlines())
            if lines > MOST_LINES:
                yield f"{path}:{MOST_LINES + 1}: is {lines} lines long; split it by subject, {MOST_LINES} are the most"


if __name__ == "__main__":
    report.main(faults)
