#!/usr/bin/env python3
"""Holds the order of the layers: which folder of src/ may include which.

The order, and its reasons:
  base      knows nothing above it, so that anything can use it
  codec     bytes in, bytes out: no files, no formats
  format    what is stored; no I/O, so that it can be fuzzed and tested in memory
  config    what users set; build-time only
  package   reads and writes packages; build-time only
  store     where objects lie; knows keys and nothing of what they mean
  lifecycle what becomes of versions: lists, compares, verifies and removes them, and keeps pushes safe from
            that; build-time only, so hydrate does not know it
  pack      plan -> frames -> packs; build-time only
  hydrate   what start-up needs: must stay clear of package, config and pack, since ballast-run
            links it and is to be small
  report    a page of HTML out of titles, tables and charts; knows nothing of what they are about
  analyze   reads packages; a sibling of pack and hydrate, so it knows neither
  compare   tries the ways to slim a package, offloading among them; knows no prices and
            no store
  embed     the C API (include/ballast/ballast.h) over hydrate; a sibling of cli
  simulate  reads logs of invocations and knows nothing of packages: only what a cold start costs
  cli       one file a command; run_*.* are linked into ballast-run and see only what it may
"""

import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": set(),
    "codec": {"base"},
    "format": {"base", "codec"},
    "config": {"base"},
    "package": {"base", "format"},
    "store": {"base", "codec", "format"},
    "lifecycle": {"base", "codec", "format", "store"},
    "pack": {"base", "codec", "format", "config", "package", "store", "lifecycle"},
    "hydrate": {"base", "codec", "format", "store"},
    "report": {"base", "codec"},
    "analyze": {"base", "codec", "report", "format", "package"},
    "embed": {"base", "codec", "format", "store", "hydrate"},
    "compare": {"base", "codec", "format", "config", "package", "pack", "report"},
    "simulate": {"base", "report"},
    "cli": {"base", "codec", "format", "config", "package", "store", "lifecycle", "pack", "hydrate",
            "report", "analyze", "compare", "simulate"},
}
RUN_MAY_INCLUDE = {"base", "codec", "format", "store", "hydrate"}


def faults(src):
    folders = {path.name for path in src.iterdir() if path.is_dir()}
    for unknown in sorted(folders - MAY_INCLUDE.keys()):
        yield f"src/{unknown}: a folder that tests/layers.py does not place"
    for path in sorted(src.rglob("*.[ch]pp")):
        folder = path.relative_to(src).parts[0]
        is_run = folder == "cli" and path.name.startswith("run_")
        allowed = RUN_MAY_INCLUDE if is_run else MAY_INCLUDE.get(folder, set())
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'#include "([a-z]+)/([a-z0-9_./]+)"', line)
            if not match or match[1] not in folders:
                continue
            own = match[1] == folder and (not is_run or match[2].startswith("run_"))
            if not own and match[1] not in allowed:
                yield f"{path}:{number}: {'run_*' if is_run else folder} must not include {match[1]}"


def main():
    src = pathlib.Path(__file__).resolve().parent.parent / "src"
    found = list(faults(src))
    for fault in found:
        print(fault)
    checked = sum(1 for _ in src.rglob("*.[ch]pp"))
    print(f"{checked} files, {len(found)} faults")
    return 1 if found or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
