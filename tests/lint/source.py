"""What the checks know of C++: which types a file defines and which functions it declares or defines at namespace scope.

This is no parser: it blanks comments, literals and preprocessor lines, and then follows braces. It understands the C++ of this
project, formatted by clang-format; where it does not understand a statement, it passes over it.
"""

import re
from typing import NamedTuple

_BLANKED = re.compile(
    r'R"(?P<raw>[^(\s]*)\(.*?\)(?P=raw)"'  # raw strings
    r"|//[^\n]*|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"
    r"|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*",
    re.DOTALL | re.MULTILINE)
_TYPE = re.compile(r"(?:^|[\s>])(class|struct|union|enum(?: class| struct)?)\s+(?:\w+\(\w*\)\s+)?((?:\w+::)*\w+)(?:<.*>)?(?:\s+final)?(?:\s*:[^:].*)?$", re.DOTALL)
_NAMESPACE = re.compile(r"^(?:inline )?namespace\s*([\w:]*)$")
_NO_FUNCTIONS = re.compile(r"^(?:using|typedef|friend|static_assert|extern template|namespace)\b")


class Name(NamedTuple):
    """`name` with its namespaces and classes, such as ballast::Fd::reset."""

    line: int
    name: str


class Found(NamedTuple):
    types: list  # defined at namespace scope
    declared: list  # functions declared at namespace scope, and templates and inline functions defined there
    defined: list  # functions defined at namespace scope, members of classes among them, which others may call


def blanked(text):
    """`text` without comments, literals and preprocessor lines; every line keeps its number."""
    return _BLANKED.sub(lambda match: '""' if match[0][0] in "\"R" and "\n" not in match[0] else "\n" * match[0].count("\n"), text)


def function_name(statement):
    """The name in a declaration or in the head of a definition; None when that is not one of a function."""
    statement = re.sub(r"\[\[.*?\]\]|\balignas\([^)]*\)", "", statement, flags=re.DOTALL).strip()
    if _NO_FUNCTIONS.match(statement):
        return None
    statement = re.sub(r"^template\s*<.*?>\s*(?=[A-Za-z_\[:])(?!\s*(?:class|typename)\b)", "", statement, flags=re.DOTALL)
    operator = re.search(r"((?:\w+::)*operator\s*(?:\(\)|\[\]|[^\s\w(]+|[\w:*& ]+))\s*\(", statement)
    if operator:
        return re.sub(r"\s", "", operator[1])
    depth = 0
    for at, sign in enumerate(statement):
        if sign == "<" and at and (statement[at - 1].isalnum() or statement[at - 1] == "_"):
            depth += 1
        elif sign == ">" and depth:
            depth -= 1
        elif depth == 0 and sign == "=":
            return None
        elif depth == 0 and sign == "(":
            before = re.search(r"((?:\w+(?:<[^()]*>)?::)*~?\w+)\s*$", statement[:at])
            # Without a type before it, it is a macro's call; but for constructors and destructors.
            if before is None or (before.start() == 0 and "::" not in before[1]):
                return None
            return re.sub(r"<.*?>", "", before[1])
    return None


def read(text):
    """What a file has: Found."""
    text = blanked(text)
    found = Found([], [], [])
    scopes = []  # (kind, name): "namespace", "hidden" (an anonymous namespace)
    start = at = 0
    statement = ""

    def line_of(position):
        skipped = len(text[position:]) - len(text[position:].lstrip())
        return text.count("\n", 0, position + skipped) + 1

    def qualified(name):
        return "::".join([scope for kind, scope in scopes if scope] + [name])

    def hidden():
        return any(kind == "hidden" for kind, _ in scopes)

    while at < len(text):
        sign = text[at]
        if sign == ";":
            name = None if hidden() or statement.strip().startswith(("static ", "extern template")) else function_name(statement)
            if name:
                (found.defined if re.search(r"=\s*default\s*$", statement) else found.declared).append(Name(line_of(start), qualified(name)))
            statement, start = "", at + 1
        elif sign == "}":
            if scopes:
                scopes.pop()
            statement, start = "", at + 1
        elif sign == "{":
            head = re.sub(r"\s+", " ", re.sub(r"\[\[.*?\]\]", "", statement, flags=re.DOTALL)).strip()
            namespace = _NAMESPACE.match(head)
            if namespace or re.match(r'^extern ""$', head):
                scopes.append(("hidden" if namespace and not namespace[1] else "namespace", namespace[1] if namespace else ""))
                statement, start = "", at + 1
            else:
                end = _closing(text, at)
                kind = _TYPE.search(re.sub(r"^template ?<.*?> ?(?=class|struct)", "", head)) if "(" not in head.split(":")[0] and "=" not in head else None
                member_value = re.search(r"\)[^{]*[^:]:[^:]", head) and re.search(r"[\w>]$", head)
                if kind:
                    if not hidden():
                        found.types.append(Name(line_of(start), qualified(kind[2])))
                    statement += "{}"  # up to `;`, perhaps with variables of the type
                elif member_value or head.count("(") != head.count(")") or function_name(head) is None:
                    statement += "{}"
                else:
                    if not hidden() and not head.startswith("static "):
                        generic = re.match(r"^template ?<(?! ?>)|.*\b(?:inline|constexpr)\b", head)
                        (found.declared if generic else found.defined).append(Name(line_of(start), qualified(function_name(head))))
                    statement, start = "", end + 1
                at = end
        else:
            statement += sign
        at += 1
    return found


def _closing(text, at):
    """Where the brace that opens at `at` is closed; the text's end where it is not."""
    depth = 0
    for match in re.finditer(r"[{}]", text[at:]):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return at + match.start()
    return len(text) - 1
