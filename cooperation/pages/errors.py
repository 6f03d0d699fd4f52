"""The typical errors as a page, by where each is found."""

from __future__ import annotations

from cooperation.pages.markdown import codes, page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook

TYPES_TOLD = 5


def errors_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    parts = []
    for found_by in book.terms["found_by"].values():
        errors = [e for e in book.errors.values() if e.found_by == found_by.id]
        parts += [
            f"## Found by: {found_by.id}",
            f"{found_by.meaning[:1].upper()}{found_by.meaning[1:]} ({found_by.source}).",
            table(
                ("error", "shown by", "types", "note", "source", "confidence"),
                (
                    (
                        f"{e.label} (`{e.id}`)",
                        codes(e.fields),
                        _types(e.types, len(book.types)),
                        e.note,
                        source_link(e.source),
                        e.confidence,
                    )
                    for e in errors
                ),
            ),
        ]
    return page(
        "# Typical errors",
        printed_from("`cooperation/data/errors.yaml`"),
        "A check of a draft claims only those that a draft shows (exercise rule).",
        *parts,
    )


def _types(types: frozenset[str], of: int) -> str:
    if len(types) == of:
        return "all"
    if len(types) > TYPES_TOLD:
        return f"{len(types)} types"
    return ", ".join(f"[`{t}`](types/{t}.md)" for t in sorted(types))
