#!/usr/bin/env python3
"""Holds that the prose of all pages is wrapped at 120 columns: one width, so that a change shows what it changes.

Tables, blocks of code and single words that are longer, links mostly, may go past it.
"""

import re
import subprocess
import sys

import report

MOST_COLUMNS = 120


def faults(pages):
    for path in pages:
        fence = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            mark = re.match(r"\s*(```+|~~~+)", line)
            if mark and fence is None:
                fence = mark[1]
            elif fence and line.strip().startswith(fence):
                fence = None
            elif not fence and len(line) > MOST_COLUMNS and " " in line.strip() and not line.lstrip().startswith(("|", "#", "<")):
                yield f"{path}:{number}: has {len(line)} columns; wrap prose at {MOST_COLUMNS}"


def main():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=report.TOP, check=True,
                            capture_output=True, text=True).stdout
    pages = [path for name in listed.splitlines() if (path := report.TOP / name).exists()]
    return report.report(faults(pages), len(pages))


if __name__ == "__main__":
    sys.exit(main())
