"""What a response-time report tells people: the same words on a page, on paper and in the pages of Comity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from cooperation.reports.response_times import FIGURES, KEY_COLUMNS, Report, ReportGroup
from cooperation.reports.suppression import REQUESTS_AT_LEAST, STATES_AT_LEAST
from requests_app.reports.charts import CURVES_AT_MOST, Curve, survival_chart, unit_of

STAGES = {
    "acknowledge": ("Acknowledge", "From submission to acknowledgement or return."),
    "decide": ("Decide", "From submission to the decision: acceptance, refusal, postponement or return."),
    "execute": (
        "Execute",
        "From acceptance or resumption to what was asked for, or to the report that nothing was found.",
    ),
    "inform": ("Inform", "From a question to its answer: the delay of the State that asked."),
    "confirm": ("Confirm", "From transmission to confirmed receipt or reported mismatch."),
    "keep": ("Keep", "From confirmed preservation to the follow-up request or to the lapse."),
    "whole": ("Whole", "From submission to what was asked for, or to refusal, return or withdrawal."),
}
FURTHER_DEFINITIONS = (
    (
        "Not reached",
        "At the end of observation so many were still open that the time cannot be told. It is longer than any"
        " time observed; it is not missing.",
    ),
    (
        "At risk",
        "How many were observed for at least so long without having been closed before. Where few are at risk,"
        " the curve says little.",
    ),
    (
        "95% limits",
        "Greenwood's limits on the log-log scale. With fewer than five intervals they say little, and the table"
        " says so.",
    ),
    (
        "Units",
        "min = minutes, h = elapsed hours, d = days of 24 hours. Files in CSV, XLSX and JSON hold hours that are"
        " not rounded.",
    ),
)
NOT_REACHED = "not reached"
NOT_STATED = "not stated"


def shown(report: Report) -> dict[str, Any]:
    """Return all that a reader is shown, as text, counts and charts (SVG). Equal reports give equal values."""
    by_stage = groupby(report.groups, key=lambda one: one.key["stage"])
    return {
        "source": report.filters.get("exercise") or report.filters.get("intervals") or "",
        "is_exercise": "exercise" in report.filters,
        "observed_until": _when(report.observed_until),
        "generated_at": _when(report.generated_at),
        "left_out": report.left_out,
        "bad_rows": report.filters.get("bad_rows_left_out", 0),
        "is_public": bool(report.filters.get("public")),
        "requests_at_least": REQUESTS_AT_LEAST,
        "states_at_least": STATES_AT_LEAST,
        "keys": [KEY_COLUMNS[name].label for name in report.by],
        "stages": [_stage(place, stage, list(groups)) for place, (stage, groups) in enumerate(by_stage)],
        "definitions": [(column.label, column.meaning) for column in FIGURES if column.name != "suppressed"]
        + list(FURTHER_DEFINITIONS),
    }


def _when(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")


def _stage(place: int, stage: str, groups: Sequence[ReportGroup]) -> dict[str, Any]:
    title, meaning = STAGES.get(stage, (stage, ""))
    curves = [Curve(_label(one), one.figures) for one in groups if one.figures is not None]
    shown = sorted(curves, key=lambda curve: -curve.figures.n)[:CURVES_AT_MOST]
    return {
        "id": f"stage-{place}",
        "title": title,
        "meaning": meaning,
        "rows": [_row(one) for one in groups],
        "chart": _chart(f"chart-{place}", title, shown) if shown else "",
        "not_drawn": len(curves) - len(shown),
        "moments": _moments(shown),
        "curves": [curve.label for curve in shown],
    }


def _label(one: ReportGroup) -> str:
    values = [value or NOT_STATED for name, value in one.key.items() if name != "stage"]
    return ", ".join(values) or "all"


def _row(one: ReportGroup) -> dict[str, Any]:
    keys = [value or NOT_STATED for name, value in one.key.items() if name != "stage"]
    figures = one.figures
    if figures is None:
        return {"keys": keys, "label": _label(one), "suppressed": True}
    low, high = figures.median_ci95_hours
    return {
        "keys": keys,
        "label": _label(one),
        "is_small": figures.is_small_number(),
        "counts": [figures.n, figures.closed, figures.open, figures.overdue_open],
        "times": [
            _length(figures.median_hours),
            f"{_length(low)} to {_length(high)}",
            _length(figures.median_net_hours),
            _length(figures.p90_hours),
        ],
        "mean": _length(figures.mean_closed_hours, otherwise="none closed"),
        "on_time": "no deadline"
        if figures.on_time_rate is None
        else f"{_share(figures.on_time_rate)} of {figures.on_time_n}",
    }


def _chart(name: str, title: str, curves: Sequence[Curve]) -> str:
    medians = [f"{curve.label}: {_length(curve.figures.median_hours)}" for curve in curves]
    description = (
        f"Share still open over time. Median: {'; '.join(medians)}. The table below has the same curves."
    )
    return survival_chart(
        curves, name=name, title=f"{title}: share still open over time", description=description
    )


def _moments(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    """Return the rows of the table that says what the chart shows: one a time, a cell a curve."""
    if not curves:
        return []
    unit, hours = unit_of(curves[0].figures.still_open[-1].hours)
    rows = []
    for moments in zip(*(curve.figures.still_open for curve in curves), strict=True):
        cells = [
            {
                "share": "not observed" if moment.share is None else _share(moment.share),
                "limits": ""
                if moment.low is None or moment.high is None
                else f"{_share(moment.low)} to {_share(moment.high)}",
                "at_risk": moment.at_risk,
            }
            for moment in moments
        ]
        rows.append({"time": f"{moments[0].hours / hours:g} {unit}", "cells": cells})
    return rows


def _length(hours: float | None, otherwise: str = NOT_REACHED) -> str:
    if hours is None:
        return otherwise
    unit, hours_each = unit_of(hours)
    value = hours / hours_each
    if unit == "hours" and hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{value:,.1f} {unit[0]}"


def _share(share: float) -> str:
    return f"{share * 100:.0f}%"
