"""What a response-time report tells people: the same words on a page, on paper and in the pages of Comity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.utils.dateformat import format as dated
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation.reports.response_times import FIGURES, KEY_COLUMNS, Report, ReportGroup
from cooperation.reports.suppression import REQUESTS_AT_LEAST, STATES_AT_LEAST
from cooperation.rulebook import rulebook
from requests_app.reports.charts import CURVES_AT_MOST, Curve, survival_chart, unit_of
from requests_app.world.languages import said

STAGES = {
    "acknowledge": (
        gettext_lazy("Acknowledge"),
        gettext_lazy("From submission to acknowledgement or return."),
    ),
    "decide": (
        gettext_lazy("Decide"),
        gettext_lazy("From submission to the decision: acceptance, refusal, postponement or return."),
    ),
    "execute": (
        gettext_lazy("Execute"),
        gettext_lazy(
            "From acceptance or resumption to what was asked for, or to the report that nothing was found."
        ),
    ),
    "inform": (
        gettext_lazy("Inform"),
        gettext_lazy("From a question to its answer: the delay of the State that asked."),
    ),
    "confirm": (
        gettext_lazy("Confirm"),
        gettext_lazy("From transmission to confirmed receipt or reported mismatch."),
    ),
    "keep": (
        gettext_lazy("Keep"),
        gettext_lazy("From confirmed preservation to the follow-up request or to the lapse."),
    ),
    "whole": (
        gettext_lazy("Whole"),
        gettext_lazy("From submission to what was asked for, or to refusal, return or withdrawal."),
    ),
}


def further_definitions() -> list[tuple[str, str]]:
    """Return what else a reader has to know, in words."""
    return [
        (
            _("Not reached"),
            _(
                "At the end of observation so many were still open that the time cannot be told. It is longer"
                " than any time observed; it is not missing."
            ),
        ),
        (
            _("At risk"),
            _(
                "How many were observed for at least so long without having been closed before. Where few are at"
                " risk, the curve says little."
            ),
        ),
        (
            _("95% limits"),
            _(
                "Greenwood's limits on the log-log scale. With fewer than five intervals they say little, and the"
                " table says so."
            ),
        ),
        (
            _("Units"),
            _(
                "min = minutes, h = elapsed hours, d = days of 24 hours. Files in CSV, XLSX and JSON hold hours"
                " that are not rounded."
            ),
        ),
    ]


def shown(report: Report) -> dict[str, Any]:
    """Return all that a reader is shown, as text, counts and charts (SVG). Equal reports give equal values."""
    by_stage = groupby(report.groups, key=lambda one: one.key["stage"])
    return {
        "source": report.filters.get("exercise") or report.filters.get("intervals") or "",
        "is_exercise": "exercise" in report.filters,
        "observed_until": when(report.observed_until),
        "generated_at": when(report.generated_at),
        "left_out": report.left_out,
        "bad_rows": report.filters.get("bad_rows_left_out", 0),
        "is_public": bool(report.filters.get("public")),
        "requests_at_least": REQUESTS_AT_LEAST,
        "states_at_least": STATES_AT_LEAST,
        "keys": [_(KEY_COLUMNS[name].label) for name in report.by],
        "stages": [_stage(place, stage, list(groups)) for place, (stage, groups) in enumerate(by_stage)],
        "definitions": [
            *((_(column.label), _(column.meaning)) for column in FIGURES if column.name != "suppressed"),
            *further_definitions(),
        ],
    }


def when(instant: datetime) -> str:
    """Return an instant as people read it, UTC."""
    return f"{dated(instant.astimezone(UTC), _('j F Y, H:i'))} UTC"


def _stage(place: int, stage: str, groups: Sequence[ReportGroup]) -> dict[str, Any]:
    title, meaning = STAGES.get(stage, (stage, ""))
    curves = [Curve(_label(one), one.figures) for one in groups if one.figures is not None]
    shown = sorted(curves, key=lambda curve: -curve.figures.n)[:CURVES_AT_MOST]
    return {
        "id": f"stage-{place}",
        "title": str(title),
        "meaning": str(meaning),
        "stage": stage,
        "rows": [row_of(one) for one in groups],
        "chart": _chart(f"chart-{place}", str(title), shown) if shown else "",
        "not_drawn": len(curves) - len(shown),
        "moments": _moments(shown),
        "curves": [curve.label for curve in shown],
    }


def _label(one: ReportGroup) -> str:
    return ", ".join(_keys(one)) or _("all")


def _keys(one: ReportGroup) -> list[str]:
    return [key_in_words(name, value) for name, value in one.key.items() if name != "stage"]


def key_in_words(name: str, value: str | None) -> str:
    """Return what a report groups by, in words where it is an id of the rule book or a stage."""
    book = rulebook()
    if not value:
        return _("not stated")
    if name == "request_type" and value in book.types:
        return said(book.types[value].name)
    if name == "pillar" and value in book.pillars:
        return said(book.pillars[value].name)
    if name == "stage" and value in STAGES:
        return str(STAGES[value][0])
    return value


def row_of(one: ReportGroup) -> dict[str, Any]:
    """Return the figures of a group as text; `key` as in the report."""
    keys, figures = _keys(one), one.figures
    if figures is None:
        return {"keys": keys, "key": dict(one.key), "label": _label(one), "suppressed": True}
    low, high = figures.median_ci95_hours
    return {
        "keys": keys,
        "key": dict(one.key),
        "label": _label(one),
        "is_small": figures.is_small_number(),
        "counts": [figures.n, figures.closed, figures.open, figures.overdue_open],
        "times": [
            _length(figures.median_hours),
            _limits(low, high),
            _length(figures.median_net_hours),
            _length(figures.p90_hours),
        ],
        "mean": _length(figures.mean_closed_hours, otherwise=_("none closed")),
        "is_timed": figures.on_time_rate is not None,
        "on_time": _("no deadline")
        if figures.on_time_rate is None
        else _("%(share)s of %(n)s") % {"share": share_of(figures.on_time_rate), "n": figures.on_time_n},
    }


def _chart(name: str, title: str, curves: Sequence[Curve]) -> str:
    medians = [f"{curve.label}: {_length(curve.figures.median_hours)}" for curve in curves]
    description = _("Share still open over time. Median: %(medians)s. The table below has the same curves.")
    return survival_chart(
        curves,
        name=name,
        title=_("%(stage)s: share still open over time") % {"stage": title},
        description=description % {"medians": "; ".join(medians)},
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
                "share": _("not observed") if moment.share is None else share_of(moment.share),
                "limits": ""
                if moment.low is None or moment.high is None
                else _span(share_of(moment.low), share_of(moment.high)),
                "at_risk": moment.at_risk,
            }
            for moment in moments
        ]
        rows.append({"time": _round_time(moments[0].hours / hours, unit), "cells": cells})
    return rows


def _round_time(value: float, unit: str) -> str:
    number = number_format(f"{value:g}", force_grouping=True)
    if unit == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", 1 if value == 1 else 2) % {"n": number}
    return ngettext("%(n)s day", "%(n)s days", 1 if value == 1 else 2) % {"n": number}


def _span(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _limits(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return _("limits not reached")
    return _span(_length(low), _length(high))


def _length(hours: float | None, otherwise: str = "") -> str:
    if hours is None:
        return otherwise or _("not reached")
    unit, hours_each = unit_of(hours)
    value = hours / hours_each
    if unit == "hours" and hours < 1:
        return _("%(n)s min") % {"n": f"{hours * 60:.0f}"}
    told = {"hours": _("%(n)s h"), "days": _("%(n)s d")}[unit]
    return told % {"n": number_format(round(value, 1), 1, force_grouping=True)}


def share_of(share: float) -> str:
    """Return a share, 0 to 1, in per cent."""
    return f"{share * 100:.0f}%"
