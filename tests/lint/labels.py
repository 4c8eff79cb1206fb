#!/usr/bin/env python3
"""Holds that every test has exactly one of the labels of tests/README.md, so that `ctest -L` leaves none out and runs none twice.

  labels.py CTEST BUILD-DIRECTORY
"""

import json
import subprocess
import sys

import report

LABELS = {"unit", "cli", "field", "page", "integration", "fuzz", "lint"}


def faults(tests):
    """`tests`: those of `ctest --show-only=json-v1`."""
    for test in tests:
        labels = next((one["value"] for one in test.get("properties", []) if one["name"] == "LABELS"), [])
        kinds = sorted(LABELS & set(labels))
        if len(kinds) != 1:
            yield f"tests/CMakeLists.txt: {test['name']} has {' and '.join(kinds) or 'none'} of the labels {', '.join(sorted(LABELS))}"
        elif not test["name"].startswith(f"{kinds[0]}."):
            yield f"tests/CMakeLists.txt: {test['name']} has the label {kinds[0]}, but its name does not begin with it"


def main():
    ctest, build = sys.argv[1:]
    listed = subprocess.run([ctest, "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True).stdout
    tests = json.loads(listed)["tests"]
    return report.report(faults(tests), len(tests))


if __name__ == "__main__":
    sys.exit(main())
