"""Intervals sorted into the groups of a report: by stage, and by what the reader asks to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cooperation.document import BadInput, Fault
from cooperation.intervals import Columns, Words

BY = ("pillar", "request_type", "from", "to", "month")
STAGES = ("acknowledge", "decide", "execute", "inform", "confirm", "keep", "whole")

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """The intervals of one key: `rows` are their places in the columns."""

    key: tuple[tuple[str, str], ...]
    rows: Integers


def check_by(by: Sequence[str], columns: Columns) -> None:
    """Raise BadInput where a report cannot be made by these names."""
    faults = []
    for place, name in enumerate(by):
        if name not in BY:
            faults.append(
                Fault("", 0, "--by", f"{name} is nothing to compare by", "allowed: " + ", ".join(BY))
            )
        elif name in by[:place]:
            faults.append(Fault("", 0, "--by", f"{name} stands twice", "name it once"))
        elif len(columns) and name != "month" and not columns.words(name).is_stated():
            faults.append(Fault("", 0, "--by", f"no interval states its {name}", "leave it out"))
    if faults:
        raise BadInput(faults)


def group(columns: Columns, by: Sequence[str]) -> Iterator[Group]:
    """Yield the groups that have intervals: stages in the order of a request's life, values by the alphabet."""
    names = ("stage", *by)
    words = [_in_order(_words(columns, name), _stage_rank if name == "stage" else str) for name in names]
    combined = np.zeros(len(columns), dtype=np.int64)
    for column in words:
        # numbered anew after each column, so that many columns of many words cannot overflow
        combined = _renumbered(combined * len(column.vocabulary) + column.codes)
    order = np.argsort(combined, kind="stable")
    bounds = np.flatnonzero(np.diff(combined[order])) + 1
    for rows in np.split(order, bounds) if len(order) else ():
        first = rows[0]
        yield Group(tuple((n, w.vocabulary[w.codes[first]]) for n, w in zip(names, words, strict=True)), rows)


def _words(columns: Columns, name: str) -> Words:
    if name != "month":
        return columns.words(name)
    months = columns.opened_us.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    first = int(months.min(initial=0)) if len(months) else 0
    last = int(months.max(initial=first)) if len(months) else 0
    names = np.arange(first, last + 1).astype("datetime64[M]").astype(str).tolist()
    return Words((months - first).astype(np.int32), tuple(names))


def _in_order(words: Words, rank: Callable[[str], Any]) -> Words:
    """Return the same column with its vocabulary, and so its codes, in order."""
    order = sorted(range(len(words.vocabulary)), key=lambda code: rank(words.vocabulary[code]))
    new_codes = np.empty(max(len(order), 1), dtype=np.int32)
    new_codes[order] = np.arange(len(order))
    return Words(new_codes[words.codes], tuple(words.vocabulary[code] for code in order))


def _stage_rank(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage), "") if stage in STAGES else (len(STAGES), stage)


def _renumbered(numbers: Integers) -> Integers:
    """Return small numbers in the same order; 16 bits where they fit, which sort in a fraction of the time."""
    top = int(numbers.max(initial=0))
    if top < 2**15:
        return numbers.astype(np.int16)
    _, small = np.unique(numbers, return_inverse=True)
    return small.astype(np.int64)
