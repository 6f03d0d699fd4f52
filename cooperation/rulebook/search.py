"""Looking a word up in the rule book: every entry in which all the words of a query stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cooperation.rulebook.values import RuleBook

WORDS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: `kind` says in which part of the rule book `id` stands; `source` is its article or rule."""

    kind: str
    id: str
    title: str
    text: str
    source: str


def search(book: RuleBook, query: str, at_most: int = 50) -> list[Entry]:
    """Return the entries that hold all words of a query, those that name them in their title first."""
    words = query.casefold().split()[:WORDS_AT_MOST]
    if not words:
        return []
    found = []
    for place, (entry, folded, title) in enumerate(_index(book)):
        if all(word in folded for word in words):
            in_title = sum(word in title for word in words)
            found.append((-in_title, place, entry))
    return [entry for *_, entry in sorted(found, key=lambda one: one[:2])[:at_most]]


# By the digest of the book, because a book itself cannot be hashed.
_kept: dict[str, tuple[tuple[Entry, str, str], ...]] = {}


def _index(book: RuleBook) -> tuple[tuple[Entry, str, str], ...]:
    if book.digest not in _kept:
        _kept[book.digest] = tuple(
            (
                one,
                f"{one.id} {one.title} {one.text} {one.source}".casefold(),
                f"{one.id} {one.title}".casefold(),
            )
            for one in _entries(book)
        )
    return _kept[book.digest]


def _entries(book: RuleBook) -> Iterator[Entry]:
    for kind in book.types.values():
        yield Entry("type", kind.id, kind.name, kind.plain, ", ".join(kind.articles))
    for article in book.articles.values():
        text = " ".join((article.summary, article.relevance, *article.paragraphs.values()))
        yield Entry("article", str(article.number), article.title, text, f"Art. {article.number}")
    for ground in book.grounds.values():
        yield Entry("ground", ground.id, ground.label, ground.advice, ground.source)
    for ground in book.never_sufficient.values():
        yield Entry("never_sufficient", ground.id, ground.label, ground.advice, ground.source)
    for safeguard in book.safeguards.values():
        yield Entry("safeguard", safeguard.id, safeguard.of, safeguard.question, safeguard.source)
    for act in book.lifecycle.acts.values():
        yield Entry("act", act.id, act.label, act.meaning, act.source)
    for status in book.lifecycle.statuses.values():
        yield Entry("status", status.id, status.label, status.meaning, status.source)
    for field in book.fields.values():
        yield Entry("field", field.id, field.label, field.help, field.source)
    for error in book.errors.values():
        yield Entry("error", error.id, error.label, error.note, error.source)
    for profile in book.profiles.values():
        for rule in profile.deadlines:
            period = f"{rule.amount} {rule.unit}" if rule.amount is not None else rule.standard
            yield Entry("deadline", f"{profile.id}/{rule.id}", rule.label, period, rule.source)
