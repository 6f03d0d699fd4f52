"""The words that the data files use, as a page."""

from __future__ import annotations

from cooperation.pages.markdown import page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook


def words_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    parts = []
    for group, terms in book.terms.items():
        parts += [
            f"## {group.replace('_', ' ').capitalize()}",
            table(
                ("word", "meaning", "source", "confidence"),
                ((f"`{t.id}`", t.meaning, source_link(t.source), t.confidence) for t in terms.values()),
            ),
        ]
    return page(
        "# Words",
        printed_from("`cooperation/data/terms.yaml`"),
        "The words that the other files may use: our vocabulary, unless a source says otherwise (exercise rule).",
        *parts,
    )
