"""The work in hand behind the response times: how much was open when, who was asked, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from cooperation.intervals import NEVER, Columns, from_us, observe, to_us
from cooperation.reports.groups import Group
from cooperation.reports.response_times import ReportGroup, instant_text, part_of, response_times
from cooperation.reports.suppression import suppressed

SCHEMA = "comity.workload/1"
STAGE = "whole"
STILL_OPEN = ""
OUTCOMES = (
    "answered",
    "partly_answered",
    "no_data",
    "refused",
    "withdrawn",
    "returned",
    "lapsed",
    STILL_OPEN,
)
"""In the order in which they are told."""
POINTS_AT_MOST = 120
_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US
_STEPS_US = (*(n * _HOUR_US for n in (1, 3, 6, 12)), *(n * _DAY_US for n in (1, 2, 7, 14, 28, 91, 364)))


@dataclass(frozen=True, slots=True)
class InHand:
    """What was open at an instant of exercise time, UTC; `overdue` of the open were past their due instant."""

    at: datetime
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many requests ended so, STILL_OPEN among them; `n` None: suppressed in a public report."""

    outcome: str
    n: int | None


@dataclass(frozen=True, slots=True)
class Workload:
    """What requests made of work, by their stage `whole`.

    backlog      at round instants from the first opening to `observed_until`; empty in a public report, where
                 each step of it would show a single request
    states       response times by the State that was asked
    types        the same by request type
    """

    observed_until: datetime
    filters: Mapping[str, Any]
    backlog: tuple[InHand, ...]
    states: tuple[ReportGroup, ...]
    types: tuple[ReportGroup, ...]
    outcomes: tuple[OutcomeCount, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it in the form of comity.workload/1; a suppressed group has its key alone."""
        return {
            "schema": SCHEMA,
            "observed_until": instant_text(self.observed_until),
            "filters": dict(self.filters),
            "backlog": [
                {"at": instant_text(one.at), "open": one.open, "overdue": one.overdue} for one in self.backlog
            ],
            "states": [_group_as_json(one, "to") for one in self.states],
            "types": [_group_as_json(one, "request_type") for one in self.types],
            "outcomes": [{"outcome": one.outcome or None, "n": one.n} for one in self.outcomes],
        }


def workload(
    columns: Columns,
    observed_until: datetime,
    *,
    public: bool = False,
    filters: Mapping[str, Any] | None = None,
) -> Workload:
    """Return the work that these intervals were, as seen at `observed_until`; other stages than `whole` are left out.

    public   leave out small groups and what would give them away
    filters  what the reader should know the intervals were chosen by; kept as given
    """
    whole = columns.where(_says(columns, "stage", STAGE))
    seen, _ = observe(whole, observed_until)

    def groups(by: str) -> tuple[ReportGroup, ...]:
        if not len(seen):
            return ()
        return response_times(
            seen, observed_until, generated_at=observed_until, by=(by,), public=public
        ).groups

    return Workload(
        observed_until,
        {**(filters or {}), **({"public": True} if public else {})},
        () if public else backlog(seen, observed_until),
        groups("to"),
        groups("request_type"),
        outcomes(seen, public=public),
    )


def backlog(columns: Columns, observed_until: datetime) -> tuple[InHand, ...]:
    """Return how many intervals were open at round instants, the last of them `observed_until`."""
    if not len(columns):
        return ()
    until_us = to_us(observed_until)
    return tuple(_in_hand(columns, at_us) for at_us in _moments(int(columns.opened_us.min()), until_us))


def outcomes(columns: Columns, *, public: bool = False) -> tuple[OutcomeCount, ...]:
    """Return how many intervals ended in each way; what did not happen is left out."""
    closed = columns.closed_us != NEVER
    rows = {
        one: np.flatnonzero(~closed if one == STILL_OPEN else closed & _says(columns, "outcome", one))
        for one in OUTCOMES
    }
    groups = [Group((("stage", STAGE), ("outcome", one)), found) for one, found in rows.items() if len(found)]
    gone = suppressed({one.key: part_of(columns, one) for one in groups}) if public else set()
    return tuple(OutcomeCount(one.key[1][1], None if one.key in gone else len(one.rows)) for one in groups)


def _in_hand(columns: Columns, at_us: int) -> InHand:
    is_open = (columns.opened_us <= at_us) & ((columns.closed_us == NEVER) | (columns.closed_us > at_us))
    is_overdue = is_open & (columns.due_us != NEVER) & (columns.due_us < at_us)
    return InHand(from_us(at_us), int(np.count_nonzero(is_open)), int(np.count_nonzero(is_overdue)))


def _moments(first_us: int, until_us: int) -> list[int]:
    span = until_us - first_us
    step = next(
        (step for step in _STEPS_US if span <= step * (POINTS_AT_MOST - 2)), span // POINTS_AT_MOST + 1
    )
    start = first_us - first_us % min(step, _DAY_US)
    return [*range(start, until_us, step), until_us]


def _says(columns: Columns, column: str, word: str) -> Any:
    words = columns.words(column)
    return words.codes == (words.vocabulary.index(word) if word in words.vocabulary else -1)


def _group_as_json(one: ReportGroup, key: str) -> dict[str, Any]:
    if one.figures is None:
        return {key: one.key[key], "suppressed": True}
    figures = one.figures
    return {
        key: one.key[key],
        "n": figures.n,
        "open": figures.open,
        "overdue_open": figures.overdue_open,
        "median_hours": figures.median_hours,
        "on_time_rate": figures.on_time_rate,
        "on_time_n": figures.on_time_n,
    }
