"""What requests and acts say, in words: fields with their labels, values as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import localize
from django.utils.translation import gettext_lazy

from cooperation.evidence.rules import custody
from cooperation.moments import instant
from cooperation.rulebook import rulebook
from requests_app.web import names
from requests_app.web.sentences import told
from requests_app.web.words import (
    date_in_words,
    moment_with_offset,
    source_in_words,
    unit_in_words,
    written_moment,
)
from requests_app.world.languages import said

PENALTIES = {"life": gettext_lazy("life"), "death": gettext_lazy("death")}
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")
# The digests by which a machine knows a file, and words of the simulation: SHA-256 alone says enough to a reader.
LEFT_OUT = ("sha512", "kind")
# Instants that the program has written, in UTC, for a day that somebody chose at a desk.
OWN_INSTANTS = ("delete_by", "until")


def contents_told(contents: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return fields and values, in the order of the rule book, empty ones left out."""
    order = list(rulebook().fields)
    if contents.get("evidence") and "items" in contents:
        # The words of the type that the items were made after: the items themselves stand beside them.
        contents = {name: value for name, value in contents.items() if name != "items"}
    known = sorted((name for name in contents if name in order), key=order.index)
    rest = [name for name in contents if name not in order and name not in LEFT_OUT]
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
        called = _names_within(name)
        return "\n".join(
            f"{called(str(key))}: {told}"
            for key, one in value.items()
            if key not in LEFT_OUT and (told := value_told(one, str(key)))
        )
    if isinstance(value, list):
        by = "\n\n" if any(isinstance(one, Mapping) for one in value) else "\n"
        return by.join(told for one in value if (told := value_told(one, name)))
    if name == "size" and isinstance(value, int):
        return filesizeformat(value)
    if name == "maximum_penalty_years" and isinstance(value, int | float):
        return f"{localize(value)} {unit_in_words('years', 1 if value == 1 else 2)}"
    return _word(str(value), name)


def _names_within(name: str) -> Callable[[str], str]:
    """Return how the parts of a mapping are called: those of a field, of conditions, or of an act, like answers."""
    if name == "conditions_of_use":
        return names.condition_name
    return names.part_name if name in rulebook().fields else names.field_name


def _word(text: str, name: str) -> str:
    book = rulebook()
    if text in book.offences:
        return said(book.offences[text].name)
    if text in book.data_categories:
        return said(book.data_categories[text].name)
    if text in names.IN_FEW_WORDS.get(name, ()):
        return str(names.IN_FEW_WORDS[name][text])
    if name == "items" and ": " in text:
        return _mismatch(text)
    if name in book.fields and text in book.fields[name].choices:
        return names.choice_name(text)
    if name == "maximum_penalty_years" and text in PENALTIES:
        return str(PENALTIES[text])
    if name == "level":
        return names.level_name(text)
    if name == "ground" and text in book.grounds:
        return said(book.grounds[text].label)
    if name == "questions" and text in book.fields:
        return said(book.fields[text].label)
    if name in ("to_authority",) and text in book.authorities:
        return names.authority_name(text)
    if name == "status" and text in book.lifecycle.statuses:
        return names.status_name(text)
    if name == "source" and text[:1].isdigit():
        return source_in_words(text)
    if name == "step" and text in book.lifecycle.events:
        return said(book.lifecycle.events[text].label)
    if name in OWN_INSTANTS or _TIME.match(text):
        return _time(text, name)
    return told(text)


def _time(text: str, name: str) -> str:
    """Return a day or an instant in words, with the offset that it was written with: a time is never moved."""
    try:
        if len(text) == len("2027-06-30"):
            return date_in_words(date.fromisoformat(text))
        return moment_with_offset(instant(text)) if name in OWN_INSTANTS else written_moment(text)
    except ValueError:
        return told(text)


def _mismatch(text: str) -> str:
    """Return which item it is, and what is wrong with it: "AR-BO-0001/BO-1: The file is not there"."""
    item, _colon, found = text.partition(": ")
    breaks = custody().breaks
    return f"{item}: {said(breaks[found].label)}" if found in breaks else told(text)
