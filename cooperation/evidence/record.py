"""The custody record of a package, for machines: one line a step, each naming the hash of the one before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.eventlog import FIRST, canonical, digest

SCHEMA = "comity.custody-record/1"


def record_lines(head: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the record as JSON Lines: a head, then the steps in order, chained by SHA-256."""
    prev, lines = FIRST, []
    for number, facts in enumerate(({"schema": SCHEMA, "notice": "EXERCISE", **head}, *steps)):
        line = canonical({**facts, "n": number, "prev": prev})
        prev = digest(line)
        lines.append(line + b"\n")
    return b"".join(lines)


def check_record(content: bytes, name: str) -> list[dict[str, Any]]:
    """Return the lines of a record; raise BadInput at the first that is not in its place."""
    prev, found = FIRST, []
    for number, line in enumerate(content.splitlines()):
        try:
            told = json.loads(line)
            holds = told["n"] == number and told["prev"] == prev and canonical(told) == line
        except (ValueError, KeyError, TypeError, RecursionError):
            holds = False
        if not holds:
            mend = "ask the sender for the record again"
            raise BadInput([Fault(name, number + 1, "", "is not the line that follows the one before", mend)])
        prev = digest(line)
        found.append(told)
    return found
