"""Typesetting: a template and data become a tagged PDF that says EXERCISE on every page.

Templates are Typst files below `templates/`. They get data, never markup: what a person typed is text
wherever it lands. No network, no font but those that come with the library, and equal data give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def typeset(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Return a PDF/UA-1 document (ISO 14289-1).

    template  path below `templates/`, such as `reports/report.typ`; it shows `exercise-page` of
              `typeset/page.typ` around its content
    data      what JSON can hold; the template reads it as `data`
    made_at   wall instant, aware: the document's own date

    Raises RuntimeError where the template does not fit the data: a fault of ours, never of a person.
    """
    # Not at the top: the library weighs 80 MB, and most processes never print.
    import typst

    printed: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(made_at.timestamp()),
    )
    return printed
