"""What is so in fact, as a scenario states it: for which requests it holds, and what it says of one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cooperation.examination.truth import Truth
from cooperation.moments import moment

FILTERS = ("of", "case", "to", "type")
_SETS = ("aims", "interceptable", "nationalities", "hosting_states", "invited_states")
_INSTANTS = ("hearing_at", "funds_gone_at")


@dataclass(frozen=True, slots=True)
class TruthEntry:
    """One statement of what is so, and for which requests it holds; a filter left None fits everything.

    of        id of a planned request
    to_state  the State asked
    known     values by the names of `Truth`
    """

    of: str | None
    case: str | None
    to_state: str | None
    request_type: str | None
    known: Mapping[str, Any]

    def fits(self, planned: str | None, case: str | None, to_state: str, request_type: str) -> bool:
        """Return whether this holds for such a request."""
        return (
            self.of in (None, planned)
            and self.case in (None, case)
            and self.to_state in (None, to_state)
            and self.request_type in (None, request_type)
        )


def read_truth(entry: Mapping[str, Any], start: datetime) -> TruthEntry:
    """Return one checked entry of a scenario's `truths`; instants count from its start, UTC."""
    convert: dict[str, Callable[[Any], Any]] = {
        "custodians": tuple,
        "places": tuple,
        "misleading": tuple,
        "days_to_serve": int,
        **dict.fromkeys(_SETS, frozenset),
        **dict.fromkeys(_INSTANTS, lambda text: moment(text, start)),
    }
    known = {
        key: convert.get(key, lambda value: value)(value)
        for key, value in entry.items()
        if key not in FILTERS
    }
    return TruthEntry(entry.get("of"), entry.get("case"), entry.get("to"), entry.get("type"), known)


def truth_for(
    truths: Iterable[TruthEntry],
    *,
    planned: str | None,
    case: str | None,
    to_state: str,
    request_type: str,
) -> Truth:
    """Return what is so for one request; of two entries that say the same thing the later one holds."""
    known: dict[str, Any] = {}
    for entry in truths:
        if entry.fits(planned, case, to_state, request_type):
            known.update(entry.known)
    return replace(Truth(), **known)
