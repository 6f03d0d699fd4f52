"""A response-time report as a workbook: the figures, the curves, and a sheet that says what they mean."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.reports.response_times import KEY_COLUMNS, Report, ReportGroup, instant_text
from cooperation.reports.table import Cell, Column
from requests_app.reports.shown import further_definitions, key_in_words

EXERCISE = gettext_lazy("EXERCISE - training material. These figures describe no real request.")
_WIDTH = 18


def xlsx_of(report: Report) -> bytes:
    """Return the workbook. What looks like a formula is kept as text; equal reports give equal bytes."""
    # Not at the top: only who writes workbooks needs it.
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    quiet = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(stream, {"in_memory": True, **quiet}) as book:
        book.set_properties(
            {"title": f"{_('EXERCISE')}: {_('Response times')}", "created": _day(report.generated_at)}
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        table = report.table()
        _fill(book.add_worksheet(_("Response times")), bold, table.columns, table.rows)
        _fill(book.add_worksheet(_("Curves")), bold, *_curves(report))
        _fill(book.add_worksheet(_("Definitions")), bold, _DEFINITION, _definitions(report))
    return stream.getvalue()


_DEFINITION = (Column("word", "Word", ""), Column("meaning", "Meaning", ""))


def _fill(sheet: Any, bold: Any, columns: tuple[Column, ...], rows: Any) -> None:
    sheet.write_string(0, 0, str(EXERCISE), bold)
    sheet.set_header(f"&C{EXERCISE}")
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    for place, column in enumerate(columns):
        sheet.write_string(1, place, _(column.label), bold)
    sheet.freeze_panes(2, 1)
    for line, row in enumerate(rows, start=2):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(line, place, _in_words(columns[place].name, cell))


def _in_words(column: str, cell: Cell) -> Cell:
    """Return a cell as people read it: yes and no, and the keys of groups by their names."""
    if isinstance(cell, bool):
        return _("Yes") if cell else _("No")
    return key_in_words(column, cell) if column in KEY_COLUMNS and isinstance(cell, str) else cell


def _curves(report: Report) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]]]:
    """Return the curves as rows: the key of the group, the hours, the share still open and its limits."""
    keys = report.table().columns[: 1 + len(report.by)]
    figures = (
        Column("hours", "Hours since opening", ""),
        Column("surviving", "Share still open", ""),
        Column("low", "Low (95%)", ""),
        Column("high", "High (95%)", ""),
    )
    return keys + figures, [row for one in report.groups for row in _curve(one)]


def _curve(one: ReportGroup) -> list[tuple[Cell, ...]]:
    if one.figures is None:
        return []
    key = tuple(one.key.values())
    curve, band = one.figures.survival, one.figures.limits
    columns = (curve.hours, curve.surviving, band.low, band.high)
    return [(*key, *map(float, numbers)) for numbers in zip(*columns, strict=True)]


def _definitions(report: Report) -> list[tuple[Cell, ...]]:
    told: list[tuple[Cell, ...]] = [
        (_("Observed until"), instant_text(report.observed_until)),
        (_("Made"), instant_text(report.generated_at)),
        (_("Opened later, left out"), report.left_out),
        *((_("Chosen by: %(name)s") % {"name": name}, str(value)) for name, value in report.filters.items()),
    ]
    columns: list[tuple[Cell, ...]] = [
        (_(column.label), _(column.meaning)) for column in report.table().columns
    ]
    return [*told, *columns, *further_definitions()]


def _day(instant: datetime) -> datetime:
    """Return the instant as workbooks keep it: without a zone."""
    return instant.replace(tzinfo=None)
