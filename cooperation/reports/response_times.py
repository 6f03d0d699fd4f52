"""The response-time report: how long each stage took, open and closed counted alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np

from cooperation.intervals import NEVER, Columns, observe, to_us
from cooperation.reports.groups import BY, Group, check_by, group
from cooperation.reports.suppression import Key, Part, suppressed
from cooperation.reports.table import Cell, Column, Table
from cooperation.statistics import (
    US_PER_HOUR,
    Floats,
    Integers,
    Limits,
    Survival,
    kaplan_meier,
    limits,
    mean_closed_hours,
    median_limits,
    on_time,
    quantile,
    still_open,
    thinned,
)

NAME = "response_times"
SCHEMA = "comity.report/1"
SMALL_NUMBER = 5
"""Fewer intervals than this are shown with a warning (exercise rule)."""


class StillOpen(NamedTuple):
    """What a curve says of one time: `share` still open, None where nobody was observed for so long."""

    hours: float
    at_risk: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says of one group. Hours; None where the curve does not get there or nothing counts."""

    n: int
    closed: int
    open: int
    overdue_open: int
    median_hours: float | None
    median_net_hours: float | None
    p90_hours: float | None
    median_ci95_hours: tuple[float | None, float | None]
    mean_closed_hours: float | None
    on_time_rate: float | None
    on_time_n: int
    survival: Survival
    limits: Limits
    """The curve and its limits, thinned."""
    still_open: tuple[StillOpen, ...]
    """The curve read at round times, the same for all groups of a stage."""

    def is_small_number(self) -> bool:
        """Whether the group is so small that its figures say little."""
        return self.n < SMALL_NUMBER


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """One group by its key; `figures` None: suppressed in a public report."""

    key: Mapping[str, str]
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Report:
    """A response-time report. Instants are aware; `left_out` intervals opened after `observed_until`."""

    generated_at: datetime
    observed_until: datetime
    left_out: int
    filters: Mapping[str, Any]
    by: tuple[str, ...]
    groups: tuple[ReportGroup, ...]
    name: str = field(default=NAME)

    def as_json(self) -> dict[str, Any]:
        """Return the report in the form of comity.report/1; numbers are not rounded."""
        return {
            "schema": SCHEMA,
            "generated_at": instant_text(self.generated_at),
            "observed_until": instant_text(self.observed_until),
            "left_out": self.left_out,
            "filters": dict(self.filters),
            "groups": [_group_as_json(one) for one in self.groups],
        }

    def table(self) -> Table:
        """Return the figures of all groups, one row a group."""
        keys = tuple(KEY_COLUMNS[name] for name in ("stage", *self.by))
        rows = tuple(
            (
                *one.key.values(),
                *(_cells(one.figures) if one.figures else (None,) * (len(FIGURES) - 1) + (True,)),
            )
            for one in self.groups
        )
        return Table("Response times", keys + FIGURES, rows)


KEY_COLUMNS = {
    "stage": Column("stage", "Stage", "The part of the request's life that is measured."),
    "pillar": Column(
        "pillar", "Pillar", "The part of the Convention's cooperation that the request belongs to."
    ),
    "request_type": Column("request_type", "Request type", "What was asked for."),
    "from": Column("from", "From", "The State that asked."),
    "to": Column("to", "To", "The State that was asked."),
    "month": Column("month", "Month opened", "The month in which the stage was opened, UTC."),
}

FIGURES = (
    Column("n", "Intervals", "How many times the stage was opened, closed and still open together."),
    Column("closed", "Closed", "How many of them had been closed by the end of observation."),
    Column("open", "Open", "How many were still open then. They count: leaving them out would flatter."),
    Column("overdue_open", "Open and overdue", "How many of the open ones were past their deadline."),
    Column(
        "median_hours", "Median (hours)", "The time by which half were closed, by the Kaplan-Meier estimate."
    ),
    Column(
        "median_net_hours",
        "Median, net (hours)",
        "The same without the time in which the stage was suspended, waiting for the State that asked.",
    ),
    Column("p90_hours", "9 in 10 within (hours)", "The time by which nine in ten were closed."),
    Column("median_low_hours", "Median, low (hours)", "Lower limit of the median at 95% confidence."),
    Column("median_high_hours", "Median, high (hours)", "Upper limit of the median at 95% confidence."),
    Column(
        "mean_closed_hours", "Mean of closed (hours)", "The plain mean of the closed ones alone; it flatters."
    ),
    Column(
        "on_time_rate",
        "On time (share)",
        "The share, 0 to 1, closed by its deadline. Open past its deadline is late; open before it is not counted.",
    ),
    Column("on_time_n", "Counted for on time", "How many intervals that share is a share of."),
    Column("suppressed", "Suppressed", "Whether the figures are withheld to protect a small group."),
)


def response_times(
    columns: Columns,
    observed_until: datetime,
    *,
    generated_at: datetime,
    by: Sequence[str] = (),
    public: bool = False,
    filters: Mapping[str, Any] | None = None,
) -> Report:
    """Return the report of these intervals as seen at `observed_until`; raise BadInput for a wrong `by`.

    by       any of pillar, request_type, from, to, month (of opening, UTC); one group a stage without it
    public   leave out small groups and what would give them away
    filters  what the reader should know the intervals were chosen by; kept as given
    """
    check_by(by, columns)
    seen, left_out = observe(columns, observed_until)
    groups = list(group(seen, by))
    gone = suppressed({one.key: part_of(seen, one) for one in groups}) if public else set[Key]()
    until_us = to_us(observed_until)
    times = _times(seen, groups, until_us)
    return Report(
        generated_at,
        observed_until,
        left_out,
        {**(filters or {}), **({"public": True} if public else {})},
        tuple(by),
        tuple(
            ReportGroup(
                dict(one.key),
                None if one.key in gone else _figures(seen, one.rows, until_us, times[one.key[0][1]]),
            )
            for one in groups
        ),
    )


def part_of(columns: Columns, one: Group) -> Part:
    """Return who stands in a group, as suppression asks."""
    states = {
        w.vocabulary[c] for w in (columns.from_, columns.to) for c in np.unique(w.codes[one.rows]).tolist()
    }
    return Part(
        len(one.rows), frozenset(np.unique(columns.request[one.rows]).tolist()), frozenset(states - {""})
    )


def _times(columns: Columns, groups: Sequence[Group], until_us: int) -> dict[str, Floats]:
    """Return for each stage the round times (hours) at which its curves are read."""
    longest: dict[str, int] = {}
    for one in groups:
        ends = np.where(columns.closed_us[one.rows] == NEVER, until_us, columns.closed_us[one.rows])
        stage = one.key[0][1]
        longest[stage] = max(longest.get(stage, 0), int((ends - columns.opened_us[one.rows]).max()))
    return {stage: round_times(us / US_PER_HOUR) for stage, us in longest.items()}


def round_times(longest_hours: float) -> Floats:
    """Return times from 0 to about the longest, at most nine, that people count in."""
    for step in _ROUND_STEPS:
        if longest_hours <= step * 8:
            break
    return np.arange(0, longest_hours + step / 2, step, dtype=np.float64)[:9]


_DAY = 24
_ROUND_STEPS = (
    *(0.25, 0.5, 1, 2, 3, 6, 12),
    *(_DAY, 2 * _DAY, 5 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY, 90 * _DAY, 180 * _DAY, 360 * _DAY),
    *(3_600 * _DAY, 36_000 * _DAY),
)


def _figures(columns: Columns, rows: Integers, until_us: int, times: Floats) -> Figures:
    opened, closed = columns.opened_us[rows], columns.closed_us[rows]
    suspended = columns.suspended_us[rows]
    is_closed = closed != NEVER
    durations = np.where(is_closed, closed, until_us) - opened
    whole = kaplan_meier(durations, is_closed)
    # what is seen open before its end may have been suspended for longer than it has been open
    net = kaplan_meier(np.maximum(durations - suspended, 0), is_closed) if suspended.any() else whole
    band = limits(whole)
    shown = thinned(whole)
    kept = on_time(closed, columns.due_us[rows], until_us)
    count = int(np.count_nonzero(is_closed))
    return Figures(
        n=len(rows),
        closed=count,
        open=len(rows) - count,
        overdue_open=kept.overdue_open,
        median_hours=quantile(whole, 0.5),
        median_net_hours=quantile(net, 0.5),
        p90_hours=quantile(whole, 0.9),
        median_ci95_hours=median_limits(whole, band),
        mean_closed_hours=mean_closed_hours(durations, is_closed),
        on_time_rate=kept.rate,
        on_time_n=kept.n,
        survival=whole.at(shown),
        limits=band.at(shown),
        still_open=tuple(StillOpen(*one) for one in still_open(whole, band, durations, times)),
    )


def instant_text(instant: datetime) -> str:
    """Return an instant as ISO 8601 in UTC with Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _group_as_json(one: ReportGroup) -> dict[str, Any]:
    if one.figures is None:
        return {"key": dict(one.key), "suppressed": True}
    figures = one.figures
    survival = figures.survival

    def numbers(values: Floats) -> list[float]:
        return [float(value) for value in values]

    return {
        "key": dict(one.key),
        "n": figures.n,
        "closed": figures.closed,
        "open": figures.open,
        "overdue_open": figures.overdue_open,
        "median_hours": figures.median_hours,
        "median_net_hours": figures.median_net_hours,
        "p90_hours": figures.p90_hours,
        "median_ci95_hours": list(figures.median_ci95_hours),
        "mean_closed_hours": figures.mean_closed_hours,
        "on_time_rate": figures.on_time_rate,
        "on_time_n": figures.on_time_n,
        "survival": {
            "hours": numbers(survival.hours),
            "surviving": numbers(survival.surviving),
            "low": numbers(figures.limits.low),
            "high": numbers(figures.limits.high),
        },
    }


def _cells(figures: Figures) -> tuple[Cell, ...]:
    low, high = figures.median_ci95_hours
    return (
        *(figures.n, figures.closed, figures.open, figures.overdue_open),
        *(figures.median_hours, figures.median_net_hours, figures.p90_hours, low, high),
        *(figures.mean_closed_hours, figures.on_time_rate, figures.on_time_n, False),
    )


__all__ = ["BY", "NAME", "SCHEMA", "Figures", "Report", "ReportGroup", "instant_text", "response_times"]
