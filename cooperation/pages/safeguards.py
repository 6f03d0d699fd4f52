"""The safeguards as a page: what is asked, of whom, and the question to put to oneself."""

from __future__ import annotations

from cooperation.pages.markdown import page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook


def safeguards_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    return page(
        "# Safeguards",
        printed_from("`cooperation/data/safeguards.yaml`"),
        "Each is a question to the person who drafts or decides, never a gap that a program finds (exercise rule).",
        table(
            ("of whom", "meaning", "source", "confidence"),
            ((t.id, t.meaning, t.source, t.confidence) for t in book.terms["safeguard_holders"].values()),
        ),
        *(_of_article(book, number) for number in sorted({s.article for s in book.safeguards.values()})),
    )


def _of_article(book: RuleBook, number: int) -> str:
    return page(
        f"## Article {number}: {book.articles[number].title}",
        table(
            ("safeguard", "of whom", "question", "source", "confidence"),
            (
                (f"{s.asks} (`{s.id}`)", s.of, s.question, source_link(s.source), s.confidence)
                for s in book.safeguards.values()
                if s.article == number
            ),
        ),
    ).rstrip("\n")
