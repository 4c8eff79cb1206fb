from __future__ import annotations

import json
from typing import NamedTuple


class Report(NamedTuple):
    """What was done; ballast-run's own report. Times are in milliseconds, and 0 where nothing had to be done.

    start is "cold" or "warm", or "disabled" with BALLAST_DISABLE=1, when path is empty. tree is the tree's digest,
    path where it lies.
    """

    start: str
    path: str = ""
    name: str = ""
    version: str = ""
    tree: str = ""
    files: int = 0
    tree_bytes: int = 0
    fetched_bytes: int = 0
    requests: int = 0
    retries: int = 0
    second_requests: int = 0
    fetch_ms: float = 0.0
    decode_ms: float = 0.0
    write_ms: float = 0.0
    waited_ms: float = 0.0
    total_ms: float = 0.0
    resumed: bool = False

    @property
    def disabled(self) -> bool:
        return self.start == "disabled"


def parse_report(text: str) -> Report:
    """Reads ballast-run's JSON; fields of a later version are passed over."""
    fields = json.loads(text)
    fields["start"] = fields.pop("ballast")
    return Report(**{name: value for name, value in fields.items() if name in Report._fields})
