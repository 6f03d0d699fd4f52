"""Intervals, the only metric fact: one stage of one request, opened, closed or still open, due or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEVER = np.int64(np.iinfo(np.int64).min)
"""In a column of instants: no instant. The interval is still open, or has no deadline."""

WORD_COLUMNS = ("request_type", "pillar", "from", "to", "stage", "outcome")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """One stage of one request. `closed_at` None: still open; `due_at` None: no deadline.

    Instants are aware; `due_at` is after suspensions; `from_` and `to` are alpha-2 or empty.
    """

    request: str
    stage: str
    opened_at: datetime
    closed_at: datetime | None = None
    due_at: datetime | None = None
    suspended_seconds: int = 0
    request_type: str = ""
    pillar: str = ""
    from_: str = ""
    to: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words: row i says `vocabulary[codes[i]]`."""

    codes: NDArray[np.signedinteger]
    vocabulary: tuple[str, ...]

    def is_stated(self) -> bool:
        """Whether any row says something."""
        return any(self.vocabulary)


@dataclass(frozen=True, slots=True)
class Columns:
    """Intervals as arrays of equal length, one place a row.

    request       equal numbers are the same request
    *_us          microseconds since 1970, UTC; NEVER where there is no instant
    suspended_us  microseconds
    """

    request: NDArray[np.uint64]
    request_type: Words
    pillar: Words
    from_: Words
    to: Words
    stage: Words
    opened_us: Instants
    closed_us: Instants
    due_us: Instants
    suspended_us: Instants
    outcome: Words

    def __len__(self) -> int:
        return len(self.opened_us)

    def words(self, column: str) -> Words:
        """Return a column of words by its name in the CSV header."""
        value = getattr(self, "from_" if column == "from" else column)
        if not isinstance(value, Words):
            raise KeyError(column)
        return value

    def where(self, kept: Mask) -> Columns:
        """Return the rows at which `kept` is true, in order."""
        chosen: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            chosen[field.name] = (
                Words(value.codes[kept], value.vocabulary) if isinstance(value, Words) else value[kept]
            )
        return Columns(**chosen)


def to_us(instant: datetime) -> int:
    """Return microseconds since 1970, UTC, of an aware instant."""
    return (instant - EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Return the instant, UTC, of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


def words_of(values: Iterable[str]) -> Words:
    """Return a column of words; the vocabulary is in order of first appearance."""
    numbers: dict[str, int] = {}
    codes = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), dtype=np.int32)
    return Words(codes, tuple(numbers))


def columns_of(intervals: Iterable[Interval]) -> Columns:
    """Return intervals as columns, in the order given."""
    rows = list(intervals)

    def instants(values: Iterable[datetime | None]) -> Instants:
        return np.fromiter((NEVER if v is None else to_us(v) for v in values), dtype=np.int64)

    return Columns(
        request=words_of(row.request for row in rows).codes.astype(np.uint64),
        request_type=words_of(row.request_type for row in rows),
        pillar=words_of(row.pillar for row in rows),
        from_=words_of(row.from_ for row in rows),
        to=words_of(row.to for row in rows),
        stage=words_of(row.stage for row in rows),
        opened_us=instants(row.opened_at for row in rows),
        closed_us=instants(row.closed_at for row in rows),
        due_us=instants(row.due_at for row in rows),
        suspended_us=np.fromiter((row.suspended_seconds * 1_000_000 for row in rows), dtype=np.int64),
        outcome=words_of(row.outcome for row in rows),
    )


def latest_at(columns: Columns) -> datetime | None:
    """Return the latest instant at which something opened or closed; None where there is no row.

    Due instants do not count: a deadline that lies ahead has not been observed.
    """
    if not len(columns):
        return None
    return from_us(int(max(columns.opened_us.max(), columns.closed_us.max())))


def observe(columns: Columns, observed_until: datetime) -> tuple[Columns, int]:
    """Return what could be seen at `observed_until`, and how many intervals opened after it.

    What closed after it was open at it. What opened after it is left out.
    """
    until = to_us(observed_until)
    closed_us = np.where(columns.closed_us > until, NEVER, columns.closed_us)
    seen = replace(columns, closed_us=closed_us)
    opened = columns.opened_us <= until
    left_out = int(len(columns) - np.count_nonzero(opened))
    return (seen.where(opened) if left_out else seen), left_out
