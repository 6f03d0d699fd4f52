"""The few pieces of Markdown that printed pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cooperation.rulebook.values import article_number
from cooperation.words import EXERCISE_RULE

ARTICLES_PAGE = "articles.md"
_BETWEEN = re.compile(r"([,;] ?)")


def page(*parts: str) -> str:
    """Return a page of these parts, with those that are empty left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; nothing where it would have no row."""
    lines = [head, ("---",) * len(head), *rows]
    if len(lines) == 2:
        return ""
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def bullets(lines: Iterable[str]) -> str:
    """Return a list, one line an item."""
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def codes(words: Iterable[str]) -> str:
    """Return ids as code, in the order given."""
    return ", ".join(f"`{word}`" for word in words)


def printed_from(what: str, command: str = "print_docs") -> str:
    """Return the line that keeps people from changing the page instead of the data."""
    return f"Printed from {what} by `python manage.py {command}`; change the data, not this page."


def source_link(source: str, up: str = "") -> str:
    """Return a source with each article of the Convention that it names as a link.

    up  the way from the page to the folder of the articles: "" or "../"
    """
    if source.startswith(EXERCISE_RULE):
        return source
    return "".join(_linked(part, up) for part in _BETWEEN.split(source))


def _linked(part: str, up: str) -> str:
    number = article_number(part)
    return part if number is None else f"[{part}]({up}{ARTICLES_PAGE}#article-{number})"


def mark(source: str, confidence: str, up: str = "") -> str:
    """Return where a sentence comes from and how sure it is, as it stands behind the sentence."""
    return f"({source_link(source, up)}; *{confidence}*)"
