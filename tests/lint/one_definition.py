#!/usr/bin/env python3
"""Holds that each type at namespace scope has one definition in src/.

Two types of one name in one program break C++'s one-definition rule: the linker keeps one destructor, one constructor of the two,
and no compiler says so. A type that one .cpp alone needs is in an anonymous namespace and does not count.
"""

import report
import source


def faults(src):
    places = {}
    for path in report.cpp_files(src):
        for line, name in source.read(path.read_text()).types:
            places.setdefault(name, []).append(f"{path}:{line}")
    for name, found in sorted(places.items()):
        for place in found[1:]:
            yield f"{place}: defines {name}, which {found[0]} defines too: give one of the two another name"


if __name__ == "__main__":
    report.main(faults)
