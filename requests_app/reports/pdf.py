"""A response-time report on paper: tagged PDF with the words of the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cooperation.reports.response_times import Report
from requests_app.reports.shown import shown
from requests_app.world.typeset import typeset

# The page's heads, without what paper has no room to say twice.
_FIGURES = (
    *(gettext_lazy("Intervals"), gettext_lazy("Closed"), gettext_lazy("Open")),
    *(gettext_lazy("Open and overdue"), gettext_lazy("Median"), gettext_lazy("Median, 95% limits")),
    *(gettext_lazy("Median, net"), gettext_lazy("9 in 10 within"), gettext_lazy("Mean of closed")),
    gettext_lazy("On time"),
)


def pdf_of(report: Report) -> bytes:
    """Return the document. Equal reports give equal bytes."""
    return typeset("reports/report.typ", _paper(shown(report)), made_at=report.generated_at)


def _paper(page: dict[str, Any]) -> dict[str, Any]:
    return {
        "language": get_language() or "en",
        "banner": _("EXERCISE - training, no real case"),
        "page_word": _("Page"),
        "title": _("Response times"),
        "moments_title": _("The chart as a table"),
        "time_title": _("Time since opening"),
        "definitions_title": _("What the figures mean"),
        "facts": [list(pair) for pair in _facts(page)],
        "notes": _notes(page),
        "stages": [_stage(stage, page["keys"] or [_("Requests")]) for stage in page["stages"]],
        "definitions": page["definitions"],
    }


def _facts(page: dict[str, Any]) -> list[tuple[str, str]]:
    source = [(_("Exercise") if page["is_exercise"] else _("Intervals from"), page["source"])]
    bad_rows = [(_("Faulty rows, left out"), str(page["bad_rows"]))]
    return [
        *(source if page["source"] else []),
        (_("Observed until"), page["observed_until"]),
        (_("Made"), page["generated_at"]),
        (_("Opened later, left out"), str(page["left_out"])),
        *(bad_rows if page["bad_rows"] else []),
    ]


def _notes(page: dict[str, Any]) -> list[str]:
    notes = []
    if page["is_public"]:
        notes.append(
            _(
                "A group of fewer than %(requests)s requests or fewer than %(states)s States is suppressed, and so is"
                " any other whose figures would let a suppressed one be worked out."
            )
            % {"requests": page["requests_at_least"], "states": page["states_at_least"]}
        )
    if not page["stages"]:
        notes.append(_("No stage of any request had been opened."))
    return notes


def _stage(stage: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    rows = [_row(row) for row in stage["rows"]]
    return {
        "title": stage["title"],
        "meaning": stage["meaning"],
        "head": [*keys, *map(str, _FIGURES)],
        "key_columns": len(keys),
        "rows": rows,
        "chart": stage["chart"],
        "chart_alt": _("%(stage)s: share still open over time; the table below has the same curves")
        % {"stage": stage["title"]},
        "chart_caption": _("Share still open over time."),
        "curves": stage["curves"],
        "moments": [
            [moment["time"], *(_moment(cell) for cell in moment["cells"])] for moment in stage["moments"]
        ],
    }


def _row(row: dict[str, Any]) -> list[str]:
    named = row["keys"] or [_("All")]
    if row.get("suppressed"):
        return [*named, _("suppressed"), *[""] * (len(_FIGURES) - 1)]
    first, *counts = map(str, row["counts"])
    few = f" ({_('few: read with care')})" if row["is_small"] else ""
    return [*named, first + few, *counts, *row["times"], row["mean"], row["on_time"]]


def _moment(cell: dict[str, Any]) -> str:
    limits = f" ({cell['limits']})" if cell["limits"] else ""
    at_risk = _("at risk: %(n)s") % {"n": cell["at_risk"]}
    return f"{cell['share']}{limits}, {at_risk}"
