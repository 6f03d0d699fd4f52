"""A report as files in a folder, one a format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from cooperation.document import BadInput, Fault
from cooperation.reports.response_times import Report
from cooperation.reports.table import Cell
from requests_app.reports.html import html_of
from requests_app.reports.pdf import pdf_of
from requests_app.reports.xlsx import xlsx_of

# The formats that are read; the others are figures for programs.
READ = ("html", "pdf", "xlsx")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_report(report: Report, formats: Sequence[str], folder: Path) -> list[Path]:
    """Write `folder/report.FORMAT` for each format and return the paths; the folder is made.

    Raises BadInput for a format that there is not, or a folder that cannot be written.
    """
    check_formats(formats)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in formats:
            path = folder / f"report.{name}"
            path.write_bytes(FORMATS[name](report))
            written.append(path)
    except OSError as error:
        problem = f"{error.filename} cannot be written: {error.strerror}"
        raise BadInput([Fault("", 0, "--out", problem, "name a folder that can")]) from None
    return written


def publish(report: Report, folder: Path) -> None:
    """Write a report as an installation keeps it: every format, and those that people read in each language.

    What is not in English lies in a folder called after its language: `vi/report.html`.
    """
    write_report(report, list(FORMATS), folder)
    for language, _name in settings.LANGUAGES:
        if language != settings.LANGUAGE_CODE:
            with override(language):
                write_report(report, READ, folder / language)


def check_formats(formats: Sequence[str]) -> None:
    """Raise BadInput for a format that there is not."""
    faults = [
        Fault("", 0, "--format", f"{name or 'an empty name'} is no format", "allowed: " + ", ".join(FORMATS))
        for name in formats
        if name not in FORMATS
    ]
    if faults:
        raise BadInput(faults)


def _html(report: Report) -> bytes:
    return html_of(report).encode()


def _json(report: Report) -> bytes:
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _csv(report: Report) -> bytes:
    table = report.table()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return stream.getvalue().encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return harmless(cell) if isinstance(cell, str) else repr(cell)


def harmless(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


FORMATS: dict[str, Callable[[Report], bytes]] = {
    "html": _html,
    "pdf": pdf_of,
    "xlsx": xlsx_of,
    "csv": _csv,
    "json": _json,
}


def names(text: str) -> list[str]:
    """Return the names in a list separated by commas, each once, in order."""
    parts: Iterable[str] = (part.strip() for part in text.split(","))
    return list(dict.fromkeys(parts))
