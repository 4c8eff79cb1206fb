#!/usr/bin/env python3
"""Holds the order of the layers: which folder of src/ may include which.

A folder is a target: its CMakeLists.txt links exactly the folders that are allowed here.

The order, and its reasons:
  base      knows nothing above it, so that anything can use it
  codec     bytes in, bytes out: no files, no formats
  format    what is stored; no I/O, so that it can be fuzzed and tested in memory
  config    what users set; build-time only
  elf       reads ELF files, of anything that has bytes; knows no package
  package   reads and writes packages, and does not ask what their files are for; build-time only
  classify  what the files of a package are for
  store     where objects lie; knows keys and nothing of what they mean
  lifecycle what becomes of versions: lists, compares, verifies and removes them, and keeps pushes safe from
            that; build-time only, so hydrate does not know it
  pack      plan -> frames -> packs; build-time only
  hydrate   what start-up needs: must stay clear of package, config and pack, since ballast-run
            links it and is to be small
  page      a page of HTML out of titles, tables and charts; knows nothing of what they are about
  analyze   reads packages; a sibling of pack and hydrate, so it knows neither
  simulate  reads logs of invocations and knows nothing of packages: only what a cold start costs
  compare   tries the ways to slim a package, offloading among them, and simulates what each costs
  embed     the C API (include/ballast/ballast.h) over hydrate; a sibling of program
  program   what both programs are made of: how commands are declared, run, and print
  run       ballast-run: what start-up needs, and no more
  cli       ballast, one file a command
"""

import pathlib
import re

import report

MAY_INCLUDE = {
    "base": set(),
    "codec": {"base"},
    "format": {"base", "codec"},
    "config": {"base"},
    "elf": {"base"},
    "package": {"base", "format"},
    "classify": {"base", "format", "elf", "package"},
    "store": {"base", "codec", "format"},
    "lifecycle": {"base", "codec", "format", "store"},
    "pack": {"base", "codec", "format", "config", "elf", "package", "classify", "store", "lifecycle"},
    "hydrate": {"base", "codec", "format", "store"},
    "page": {"base", "codec"},
    "analyze": {"base", "codec", "page", "format", "package", "classify"},
    "simulate": {"base", "page"},
    "compare": {"base", "codec", "format", "config", "package", "classify", "store", "pack", "page", "simulate"},
    "embed": {"base", "codec", "format", "store", "hydrate"},
    "program": {"base"},
    "run": {"base", "codec", "format", "store", "hydrate", "program"},
    "cli": {"base", "codec", "format", "config", "elf", "package", "classify", "store", "lifecycle", "pack",
            "hydrate", "page", "analyze", "simulate", "compare", "program", "run"},
}


def faults(src):
    folders = {path.name for path in src.iterdir() if path.is_dir()}
    for unknown in sorted(folders ^ MAY_INCLUDE.keys()):
        yield f"{src}/{unknown}: a folder that tests/lint/layers.py does not place, or that is not there"
    yield from order_faults(MAY_INCLUDE)
    for path in report.cpp_files(src):
        folder = path.relative_to(src).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'#include "([a-z0-9_]+)/', line)
            if match and match[1] in folders - {folder} and match[1] not in MAY_INCLUDE.get(folder, set()):
                yield f"{path}:{number}: {folder} must not include {match[1]}"
    for folder in sorted(folders & MAY_INCLUDE.keys()):
        yield from target_faults(src / folder / "CMakeLists.txt", folder)


def order_faults(may_include):
    """A folder may use only those that stand before it: so there is no circle."""
    known = set()
    for folder, others in may_include.items():
        for other in sorted(others - known):
            yield f"{pathlib.Path(__file__).name}:1: {folder} may not include {other}, which comes after it in the order"
        known.add(folder)


def target_faults(path, folder):
    """Those of the target: ballast_folder(FOLDER ballast_OTHER...) names what MAY_INCLUDE does."""
    text = re.sub(r"#.*", "", path.read_text()) if path.exists() else ""
    call = re.search(r"\bballast_folder\(\s*(\w+)([^)]*)\)", text)
    if call is None:
        yield f"{path}:1: makes no target: it has to call ballast_folder({folder} ...)"
        return
    line = text.count("\n", 0, call.start()) + 1
    if call[1] != folder:
        yield f"{path}:{line}: makes the target {call[1]}, which is not the folder's name, {folder}"
    linked = set(re.findall(r"\bballast_(\w+)", call[2])) - {"settings"}
    for other in sorted(linked - MAY_INCLUDE[folder]):
        yield f"{path}:{line}: links {other}, which {folder} must not include"
    for other in sorted(MAY_INCLUDE[folder] - linked):
        yield f"{path}:{line}: does not link {other}, which {folder} may include"


if __name__ == "__main__":
    report.main(faults)
