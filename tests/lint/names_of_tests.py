#!/usr/bin/env python3
"""Holds the one style of test names: what is true when the test passes, said of its subject.

  GoogleTest   TEST(Subject, SaysWhatIsTrue)
  Python       def test_says_what_is_true(self)
  node:test    test('says what is true', ...), without a full stop
"""

import re
import sys

import report

GOOGLETEST = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
PYTHON = re.compile(r"^ +(?:async )?def (test\w*)\(", re.MULTILINE)
NODE = re.compile(r"^ *test\((['\"`])(.*?)(?<!\\)\1", re.MULTILINE)


def camel_case(word):
    return re.fullmatch(r"[A-Z][A-Za-z0-9]*", word)


def faults(top):
    for path in files(top):
        text = path.read_text()

        def fault(match, what):
            return f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}"

        if path.suffix == ".cpp":
            for match in GOOGLETEST.finditer(text):
                if not camel_case(match[1]) or not camel_case(match[2]):
                    yield fault(match, f"{match[1]}.{match[2]} is not of the form Subject.SaysWhatIsTrue")
        elif path.suffix == ".py":
            for match in PYTHON.finditer(text):
                if not re.fullmatch(r"test(_[a-z0-9]+)+", match[1]):
                    yield fault(match, f"{match[1]} is not of the form test_says_what_is_true")
        else:
            for match in NODE.finditer(text):
                if match[2].endswith("."):
                    yield fault(match, f"the title '{match[2]}' ends with a full stop")


def files(top):
    for folder in ("tests", "integrations"):
        for path in sorted((top / folder).rglob("*")):
            if path.suffix in (".cpp", ".py", ".js", ".mjs") and "node_modules" not in path.parts and "lint" not in path.parts:
                yield path


if __name__ == "__main__":
    sys.exit(report.report(faults(report.TOP), len(list(files(report.TOP)))))
