"""The grounds of refusal as a page, and what is never enough."""

from __future__ import annotations

from cooperation.pages.markdown import mark, page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook


def grounds_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    duty = book.duties["consult_before_refusal"]
    return page(
        "# Grounds of refusal",
        printed_from("`cooperation/data/grounds.yaml`"),
        "*Curable*: the defect can be mended, so asking comes before refusing (exercise rule). *Consult first*:"
        f" {duty.label} {mark(duty.source, duty.confidence)}. {duty.note}",
        table(
            ("ground", "curable", "consult first", "advice", "types", "source", "confidence"),
            (
                (
                    f"{g.label} (`{g.id}`)",
                    "yes" if g.curable else "no",
                    "yes" if g.consult_first else "no",
                    g.advice,
                    str(sum(g.id in t.grounds for t in book.types.values())),
                    source_link(g.source),
                    g.confidence,
                )
                for g in book.grounds.values()
            ),
        ),
        "## Never enough by itself",
        table(
            ("reason", "source", "confidence"),
            ((g.label, source_link(g.source), g.confidence) for g in book.never_sufficient.values()),
        ),
    )
