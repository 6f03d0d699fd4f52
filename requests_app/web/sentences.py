"""The sentences of the practice and the door in the reader's language, with what they speak of by its name.

They are raised and stored in English, with ids in them: "to transmit must say: evidence". Here such a text is
laid over the sentences of the catalogue, which hold braces where something is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from cooperation.catalogue import read_catalogue
from cooperation.moments import instant
from cooperation.rulebook import rulebook
from requests_app.web import names, words
from requests_app.world.languages import is_text, said

PART_AT_MOST = 60
SENTENCES, RULE_BOOK = "en/LC_MESSAGES/sentences.pot", "en/LC_MESSAGES/rulebook.pot"
_FILLED_IN = re.compile(r"\{([a-z0-9_]+)\}")
_DAYS_OF_THE_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PERIOD = re.compile(r"([0-9]{1,6}) (minute|hour|day|working day|month|year)s?")
_DESK = re.compile(r"([A-Z]{2})/([a-z0-9_]+)(?:/[0-9]+)?")


@dataclass(frozen=True, slots=True)
class _Pattern:
    text: str
    form: re.Pattern[str]
    names: tuple[str, ...]


def told(text: str) -> str:
    """Return a sentence in the language now spoken; what is none of the house's own is returned as it is.

    Several that were joined by a semicolon or a comma are told one by one.
    """
    return _told(text) or _joined(text, "; ") or _joined(text, ", ") or _drafted(text) or said(text)


def _told(text: str) -> str:
    if text in _sentences():
        return said(text)
    for pattern in _patterns():
        found = pattern.form.fullmatch(text)
        if found:
            values = zip(pattern.names, map(_value, found.groups()), strict=True)
            return _filled(said(pattern.text), dict(values))
    return ""


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _FILLED_IN.sub(lambda at: values.get(at[1], at[0]), text)


def _joined(text: str, by: str) -> str:
    """Return the parts told one by one; empty where none is the house's, or what is not is too long for a name."""
    parts = text.split(by)
    shown = [_told(part) or _known(part) for part in parts]
    others = [part for part, one in zip(parts, shown, strict=True) if not one]
    if not any(shown) or max(map(len, others), default=0) > PART_AT_MOST:
        return ""
    return by.join(one or part for one, part in zip(shown, parts, strict=True))


def _drafted(text: str) -> str:
    """Return what a simulated drafter made of names and titles, like "Place: The wards are offline".

    Empty where one part is nobody's name or title: what people wrote is never told in other words.
    """
    for by in (": ", ", "):
        first, found, rest = text.partition(by)
        if found and is_text(first) and is_text(rest):
            return f"{said(first)}{by}{said(rest)}"
    return ""


def _value(text: str) -> str:
    """Return what is filled in by its name: one thing, or several."""
    # A title may hold the words by which several are joined: "Items or accounts concerned".
    if text in _sentences() or (is_text(text) and not _known(text)):
        return said(text)
    for by, shown in ((", ", ", "), (" or ", f" {_('or')} ")):
        if by in text:
            return shown.join(_value(part) for part in text.split(by))
    return _known(text) or said(text)


def _known(text: str) -> str:
    """Return what an id, a period, an instant or a day of the week is called; empty for what is none of these."""
    if text in _DAYS_OF_THE_WEEK:
        return _(text)
    period = _PERIOD.fullmatch(text)
    if period:
        amount = int(period[1])
        return f"{amount} {words.unit_in_words(f'{period[2]}s', amount)}"
    if text in words.UNITS:
        return words.unit_in_words(text, 2)
    if text[:4].isdigit() and text.endswith("Z"):
        try:
            return words.moment_in_words(instant(text))
        except ValueError:
            return ""
    desk = _DESK.fullmatch(text)
    if desk and desk[2] in rulebook().authorities:
        return f"{desk[1]}: {names.authority_name(desk[2])}"
    if text.replace(" ", "_") in rulebook().authorities:
        return names.authority_name(text.replace(" ", "_"))
    for kind, called in _kinds():
        if text in kind:
            return _("“%(name)s”") % {"name": called(text)}
    return ""


def _kinds() -> tuple[tuple[Mapping[str, object], Callable[[str], str]], ...]:
    book = rulebook()
    return (
        (book.lifecycle.acts, names.act_name),
        (book.lifecycle.statuses, names.status_name),
        (book.types, names.type_name),
        (book.grounds, lambda ground: said(book.grounds[ground].label)),
        (book.lifecycle.events, lambda step: said(book.lifecycle.events[step].label)),
        (book.offences, lambda offence: said(book.offences[offence].name)),
        (words.WORDS, words.word_in_words),
        (book.fields, names.field_name),
        (names.WITH_AN_ACT, names.field_name),
    )


@lru_cache(maxsize=1)
def _sentences() -> frozenset[str]:
    """Return the sentences as they are written in English."""
    return frozenset(_written(SENTENCES))


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Pattern, ...]:
    """Return the texts in which something is filled in, the one that says most by itself first."""
    found = {text for file in (SENTENCES, RULE_BOOK) for text in _written(file) if _FILLED_IN.search(text)}
    in_order = sorted(found, key=lambda text: (-len(_FILLED_IN.sub("", text)), text))
    return tuple(_pattern(text) for text in in_order)


def _written(file: str) -> list[str]:
    return [
        one.text
        for folder in settings.LOCALE_PATHS
        if (path := Path(folder) / file).is_file()
        for one in read_catalogue(path.read_text(encoding="utf-8"), path.name).translations
    ]


def _pattern(text: str) -> _Pattern:
    literal = _FILLED_IN.split(text)
    form = "(.+?)".join(re.escape(part) for part in literal[::2])
    return _Pattern(text, re.compile(form, re.DOTALL), tuple(literal[1::2]))
