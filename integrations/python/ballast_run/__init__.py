"""Brings a slim package's tree into the execution context, once, and runs programs out of it.

The functions are the methods of one Ballast with default settings; `Ballast(groups=[...])` makes another.
"""

from ._ballast import Ballast
from ._decorator import ensured
from ._error import BallastError
from ._report import Report

_standard = Ballast()

ensure = _standard.ensure
aensure = _standard.aensure
path = _standard.path
apath = _standard.apath
env = _standard.env
run = _standard.run
popen = _standard.popen
apopen = _standard.apopen

__all__ = [
    "Ballast",
    "BallastError",
    "Report",
    "aensure",
    "apath",
    "apopen",
    "ensure",
    "ensured",
    "env",
    "path",
    "popen",
    "run",
]
