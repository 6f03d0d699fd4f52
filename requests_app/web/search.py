"""Whether what somebody looks for stands in some words: each part of it anywhere, figures also written out."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What a reader types as a figure stands in prose as a word, in the languages in which the pages are written.
_WRITTEN_OUT = {
    "2": ("two", "hai"),
    "3": ("three", "ba"),
    "4": ("four", "bốn"),
    "5": ("five", "năm"),
    "6": ("six", "sáu"),
    "7": ("seven", "bảy"),
    "8": ("eight", "tám"),
    "9": ("nine", "chín"),
    "10": ("ten", "mười"),
}
_AS_FIGURE = {word: figure for figure, words in _WRITTEN_OUT.items() for word in words}


def fits(text: str, words: Iterable[str]) -> bool:
    """Return whether each word of a text begins or is within a word of these; an empty text fits everything.

    A figure, and a number written out, stands alone: 4 is found in "4 years" and "four years", not in "14".
    """
    there = " ".join(words).lower()
    return all(_is_in(part, there) for part in text.lower().split())


def _is_in(part: str, there: str) -> bool:
    figure = part if part in _WRITTEN_OUT else _AS_FIGURE.get(part)
    if figure is None:
        return part in there
    forms = "|".join((figure, *_WRITTEN_OUT[figure]))
    return re.search(rf"(?<!\w)(?:{forms})(?!\w)", there) is not None
