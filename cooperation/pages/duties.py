"""The duties that requests bring with them, as a page."""

from __future__ import annotations

from cooperation.pages.markdown import page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook


def duties_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    return page(
        "# Duties",
        printed_from("`cooperation/data/duties.yaml`"),
        "What a request asks of the two States beyond its contents; each type names its own (exercise rule).",
        table(
            ("duty", "note", "types", "source", "confidence"),
            (
                (
                    f"{d.label} (`{d.id}`)",
                    d.note,
                    str(sum(d.id in t.duties for t in book.types.values())),
                    source_link(d.source),
                    d.confidence,
                )
                for d in book.duties.values()
            ),
        ),
    )
