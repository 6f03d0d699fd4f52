"""What requests and acts say, in words: fields with their labels, values as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cooperation.moments import instant
from cooperation.rulebook import rulebook
from requests_app.web import names
from requests_app.web.sentences import told
from requests_app.web.words import moment_in_words
from requests_app.world.languages import said


def contents_told(contents: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return fields and values, in the order of the rule book, empty ones left out."""
    order = list(rulebook().fields)
    known = sorted((name for name in contents if name in order), key=order.index)
    rest = [name for name in contents if name not in order]
    return [
        (names.field_name(name), told)
        for name in (*known, *rest)
        if (told := value_told(contents[name], name))
    ]


def value_told(value: Any, name: str = "") -> str:
    """Return a value in words: lists line by line, mappings part by part, codes by their names."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return names.yes_or_no(value)
    if isinstance(value, Mapping):
        # A mapping of a field has parts; one of an act, like answers, has fields.
        called = names.part_name if name in rulebook().fields else names.field_name
        return "\n".join(
            f"{called(str(key))}: {told}" for key, one in value.items() if (told := value_told(one, str(key)))
        )
    if isinstance(value, list):
        return "\n".join(told for one in value if (told := value_told(one, name)))
    return _word(str(value), name)


def _word(text: str, name: str) -> str:
    book = rulebook()
    if text in book.offences:
        return said(book.offences[text].name)
    if text in book.data_categories:
        return said(book.data_categories[text].name)
    if name in book.fields and text in book.fields[name].choices:
        return names.choice_name(text)
    if name == "level":
        return names.level_name(text)
    if name == "ground" and text in book.grounds:
        return said(book.grounds[text].label)
    if name == "questions" and text in book.fields:
        return said(book.fields[text].label)
    if name in ("to_authority",) and text in book.authorities:
        return names.authority_name(text)
    if name == "step" and text in book.lifecycle.events:
        return said(book.lifecycle.events[text].label)
    try:
        return moment_in_words(instant(text)) if text[:4].isdigit() and "T" in text else told(text)
    except ValueError:
        return told(text)
