"""A response-time report on paper: tagged PDF with the words of the page."""

from __future__ import annotations

from typing import Any

from cooperation.reports.response_times import Report
from requests_app.reports.shown import shown
from requests_app.world.typeset import typeset

# The page's heads, without what paper has no room to say twice.
_FIGURES = ("Intervals", "Closed", "Open", "Open and overdue", "Median", "Median, 95% limits")
_MORE_FIGURES = ("Median, net", "9 in 10 within", "Mean of closed", "On time")


def pdf_of(report: Report) -> bytes:
    """Return the document. Equal reports give equal bytes."""
    return typeset("reports/report.typ", _paper(shown(report)), made_at=report.generated_at)


def _paper(page: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "Response times",
        "facts": [list(pair) for pair in _facts(page)],
        "notes": _notes(page),
        "stages": [_stage(stage, page["keys"] or ["Requests"]) for stage in page["stages"]],
        "definitions": page["definitions"],
    }


def _facts(page: dict[str, Any]) -> list[tuple[str, str]]:
    source = [("Exercise" if page["is_exercise"] else "Intervals from", page["source"])]
    bad_rows = [("Faulty rows, left out", str(page["bad_rows"]))]
    return [
        *(source if page["source"] else []),
        ("Observed until", page["observed_until"]),
        ("Made", page["generated_at"]),
        ("Opened later, left out", str(page["left_out"])),
        *(bad_rows if page["bad_rows"] else []),
    ]


def _notes(page: dict[str, Any]) -> list[str]:
    notes = []
    if page["is_public"]:
        notes.append(
            f"Public report: a group of fewer than {page['requests_at_least']} requests or fewer than"
            f" {page['states_at_least']} States is suppressed, and so is any other whose figures would let a"
            " suppressed one be worked out."
        )
    if not page["stages"]:
        notes.append("No stage of any request had been opened.")
    return notes


def _stage(stage: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    rows = [_row(row) for row in stage["rows"]]
    return {
        "title": stage["title"],
        "meaning": stage["meaning"],
        "head": [*keys, *_FIGURES, *_MORE_FIGURES],
        "key_columns": len(keys),
        "rows": rows,
        "chart": stage["chart"],
        "chart_alt": f"{stage['title']}: share still open over time; the table below has the same curves",
        "chart_caption": "Share still open over time.",
        "curves": stage["curves"],
        "moments": [
            [moment["time"], *(_moment(cell) for cell in moment["cells"])] for moment in stage["moments"]
        ],
    }


def _row(row: dict[str, Any]) -> list[str]:
    named = row["keys"] or ["All"]
    if row.get("suppressed"):
        return [*named, "suppressed", *[""] * (len(_FIGURES) + len(_MORE_FIGURES) - 1)]
    first, *counts = map(str, row["counts"])
    few = " (few: read with care)" if row["is_small"] else ""
    return [*named, first + few, *counts, *row["times"], row["mean"], row["on_time"]]


def _moment(cell: dict[str, Any]) -> str:
    limits = f" ({cell['limits']})" if cell["limits"] else ""
    return f"{cell['share']}{limits}, at risk: {cell['at_risk']}"
