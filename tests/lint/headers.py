#!/usr/bin/env python3
"""Holds that x.cpp implements x.hpp and nothing else: who reads either knows where the other half is.

Each .cpp of src/ but a program's main.cpp has a header of its name beside it. What a header declares, functions at namespace scope
and members of its classes, is defined by the .cpp of its name. A function that no header declares is in an anonymous namespace.
"""

import report
import source

# Headers that several files implement, which need no header of their own. By the path below src/ or include/, with the reason.
IMPLEMENTED_BY_MANY = {
    "cli/commands.hpp": "declares one function for each command; the command's own file has no other",
    "run/commands.hpp": "declares one function for each command; the command's own file has no other",
    "ballast/ballast.h": "is the C API in one file, as its users want it; src/embed has a file for each subject of it",
}
OTHER_HEADERS = ["ballast/ballast.h"]  # below include/


def faults(src):
    include = src.parent / "include"
    paths = {path: path.relative_to(src).as_posix() for path in report.cpp_files(src)}
    paths |= {include / name: name for name in OTHER_HEADERS if (include / name).exists()}
    read = {path: source.read(path.read_text()) for path in paths}
    declaring = {}  # the name of a function or a class: the headers that have it
    for path, found in read.items():
        if path.suffix != ".cpp":
            for one in [*found.declared, *found.types]:
                declaring.setdefault(one.name, set()).add(path)

    def headers_of(name):
        """Those that declare the function, or else define the class that it is a member of."""
        while name and name not in declaring:
            name = name.rpartition("::")[0]
        return declaring.get(name, set())

    for path, found in read.items():
        if path.suffix != ".cpp" or path.name == "main.cpp":
            continue
        own = path.with_suffix(".hpp")
        needs_header = True
        local_types = {one.name for one in found.types}
        for line, name in found.defined:
            headers = headers_of(name)
            names = sorted(paths[header] for header in headers)
            if own in headers:
                continue
            if any(one in IMPLEMENTED_BY_MANY for one in names):
                needs_header = False
            elif names:
                yield f"{path}:{line}: defines {name}, which {' and '.join(names)} declares: x.cpp implements x.hpp"
            elif name.rpartition("::")[0] not in local_types:
                yield f"{path}:{line}: defines {name}, which no header declares: put it into an anonymous namespace"
        if needs_header and own not in read:
            yield f"{path}:1: has no {own.name} beside it: x.cpp implements x.hpp"


if __name__ == "__main__":
    report.main(faults)
