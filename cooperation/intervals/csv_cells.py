"""Cells of a CSV file read many at a time: words, instants and seconds straight from the file's bytes.

Eight bytes are one number here, so that a column is read with a few operations on whole arrays;
a cell in an unusual but lawful form is read by itself, more slowly, with the same result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cooperation.intervals import EPOCH, NEVER

PADDING = 32
"""Bytes that must stand before and after the text in `Cells.content`, since so many are read at once."""

FIRST_YEAR, LAST_YEAR = 1900, 2999

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Eights = NDArray[np.uint64]

_U = np.uint64
CELL_BYTES_AT_MOST = 200
"""What a caller must have made sure of before it asks for fingerprints."""
_KEEP = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)
_KEEP_OF_LENGTH = np.concatenate([_KEEP, np.full(CELL_BYTES_AT_MOST - 8, _KEEP[8])])
_ZEROS = 0x3030303030303030
_HIGH = np.uint64(0x8080808080808080)
_MIXERS = (_U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F))
_SECONDS = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a block of lines: cell i is `content[starts[i]:ends[i]]`, UTF-8."""

    content: Bytes
    starts: Integers
    ends: Integers

    @property
    def lengths(self) -> Integers:
        """Bytes in each cell."""
        return self.ends - self.starts

    def text(self, place: int) -> str:
        """Return one cell as text."""
        return self.content[self.starts[place] : self.ends[place]].tobytes().decode("utf-8", "replace")


def eights(content: Bytes, starts: Integers, count: int = 1) -> Eights:
    """Return `count` numbers for each start: eight bytes each, one after another, first byte lowest.

    To fetch them costs the same for one and for four.
    """
    width = 8 * count
    everywhere = np.ndarray((len(content) - width + 1,), dtype=f"V{width}", buffer=content, strides=(1,))
    fetched: Eights = everywhere[starts].view("<u8").reshape(-1, count)
    return fetched


def fingerprints(cells: Cells) -> Eights:
    """Return 64 bits for each cell: equal text, equal bits.

    Different texts among a million agree by accident about once in 40 million files.
    """
    lengths = cells.lengths
    longest = int(lengths.max(initial=1))
    count = min((longest + 7) // 8, 4)
    parts = eights(cells.content, cells.starts, count)
    mixed = _mix(lengths.view(np.uint64) * _MIXERS[1], parts[:, 0] & _KEEP_OF_LENGTH[lengths])
    for place in range(1, count):
        longer = _mix(mixed, parts[:, place] & _KEEP_OF_LENGTH[np.maximum(lengths - 8 * place, 0)])
        # a short cell must come out the same whatever longer ones stand beside it
        mixed = np.where(lengths > 8 * place, longer, mixed)
    for at in range(32, longest, 8):
        rows = np.flatnonzero(lengths > at)
        part = eights(cells.content, cells.starts[rows] + at)[:, 0]
        mixed[rows] = _mix(mixed[rows], part & _KEEP_OF_LENGTH[lengths[rows] - at])
    return mixed


def _mix(mixed: Eights, part: Eights) -> Eights:
    mixed = mixed ^ part
    mixed *= _MIXERS[0]
    mixed ^= mixed >> _U(29)
    return mixed


def mixed_together(parts: list[Eights]) -> Eights:
    """Return 64 bits for each row of several columns: equal rows, equal bits, and rarely others."""
    mixed = parts[0].copy()
    for part in parts[1:]:
        mixed *= _MIXERS[0]
        mixed += part
    return mixed


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What eight characters must be. A digit in it is the highest that may stand at its place.

    flip    turns digits into 0 to 9 and the right other characters into 0
    limit   when added, sets the high bit of each byte that is too large
    """

    flip: np.uint64
    limit: np.uint64

    def match(self, part: Eights) -> tuple[Eights, Eights]:
        """Return pairs of digits (byte k holds the number at k and k + 1), and 0 where the pattern fits."""
        digits = part ^ self.flip
        wrong = digits + self.limit
        wrong |= digits
        wrong &= _HIGH
        pairs = digits >> _U(8)
        digits *= _U(10)
        pairs += digits
        return pairs, wrong


def _pattern(text: str) -> _Pattern:
    flip = limit = 0
    for place, character in enumerate(text):
        flip |= (0x30 if character.isdigit() else ord(character)) << 8 * place
        limit |= (0x7F - int(character) if character.isdigit() else 0x7F) << 8 * place
    return _Pattern(_U(flip), _U(limit))


def _byte(pairs: Eights, place: int) -> Eights:
    byte = pairs >> _U(8 * place)
    byte &= _U(0xFF)
    return byte


_DATE, _DAY_AND_TIME = _pattern("2999-19-"), _pattern("39T29:59")
_SECONDS_Z, _SECONDS_ONLY, _OFFSET = _pattern(":59Z"), _pattern(":59"), _pattern("29:59")

# Years and months as one number, 20 months a year since a date that the pattern lets pass may name month 19;
# one multiplication brings century, year and month together.
_MONTHS_A_YEAR = 20
_MONTH_BYTES, _TO_MONTH = (
    _U(0x0000FF0000FF00FF),
    _U((100 * _MONTHS_A_YEAR << 40) + (_MONTHS_A_YEAR << 24) + 1),
)
_MINUTE_BYTES, _TO_MINUTE = _U(0x00FF0000FF000000), _U((60 << 24) + 1)


def _months() -> tuple[Integers, Eights]:
    """Return for each year and month the microseconds since 1970 of the day before it, and its days.

    A month that does not exist has no days.
    """
    first = np.arange(f"{FIRST_YEAR}-01", f"{LAST_YEAR + 1}-02", dtype="datetime64[M]").astype(
        "datetime64[D]"
    )
    months = np.arange(len(first) - 1)
    places = (FIRST_YEAR + months // 12) * _MONTHS_A_YEAR + months % 12 + 1
    before = np.zeros((LAST_YEAR + 1) * _MONTHS_A_YEAR, dtype=np.int64)
    days = np.zeros(len(before), dtype=np.uint64)
    before[places] = (first[:-1].astype(np.int64) - 1) * _US_PER_DAY
    days[places] = np.diff(first.astype(np.int64))
    return before, days


_US_PER_MINUTE, _US_PER_DAY = 60_000_000, 86_400_000_000
_BEFORE_MONTH, _DAYS = _months()


def instants(cells: Cells) -> tuple[Integers, Mask]:
    """Return microseconds since 1970, UTC, and which cells could be read; an empty one is NEVER, and read.

    ISO 8601 with an offset. 2026-03-01T08:00:00 followed by Z or by +07:00 is read at once for all.
    """
    lengths = cells.lengths
    result = np.full(len(lengths), NEVER)
    is_empty = lengths == 0
    is_read = is_empty.copy()
    for length in (20, 25):
        rows = np.flatnonzero(lengths == length)
        if len(rows):
            found, is_right = _usual_instants(cells, rows, with_offset=length == 25)
            if not is_right.all():
                rows, found = rows[is_right], found[is_right]
            elif len(rows) == len(lengths):
                return found, is_right
            result[rows] = found
            is_read[rows] = True
    for row in np.flatnonzero(~is_read).tolist():
        instant = instant_of(cells.text(row))
        if instant is not None:
            result[row] = (instant - EPOCH) // timedelta(microseconds=1)
            is_read[row] = True
    return result, is_read


def _usual_instants(cells: Cells, rows: Integers, *, with_offset: bool) -> tuple[Integers, Mask]:
    starts = cells.starts if len(rows) == len(cells.starts) else cells.starts[rows]
    parts = eights(cells.content, starts, 4 if with_offset else 3)
    date, wrong = _DATE.match(parts[:, 0])
    time, wrong_time = _DAY_AND_TIME.match(parts[:, 1])
    last = parts[:, 2]
    ending, kept = (_SECONDS_ONLY, _KEEP[3]) if with_offset else (_SECONDS_Z, _KEEP[4])
    second, wrong_second = ending.match(last & kept)
    wrong |= wrong_time
    wrong |= wrong_second
    month = ((date & _MONTH_BYTES) * _TO_MONTH >> _U(40)) & _U(0xFFFF)
    minute = (time & _MINUTE_BYTES) * _TO_MINUTE >> _U(48)
    day = time & _U(0xFF)
    is_right = wrong == 0
    month *= is_right  # a place in the table even for what is no month
    is_right &= day - _U(1) < _DAYS[month]
    is_right &= minute < 1_440
    result = _BEFORE_MONTH[month]
    result += day.view(np.int64) * _US_PER_DAY
    result += minute.view(np.int64) * _US_PER_MINUTE
    result += _byte(second, 1).view(np.int64) * 1_000_000
    if with_offset:
        east_us, is_offset = _offsets(last, parts[:, 3])
        is_right &= is_offset
        result -= east_us
    return result, is_right


def _offsets(before: Eights, after: Eights) -> tuple[Integers, Mask]:
    """Return microseconds east of UTC from +07:00, of which `before` ends with +07:0."""
    sign = _byte(before, 3)
    offset, wrong = _OFFSET.match((before >> _U(32)) | ((after & _KEEP[1]) << _U(32)))
    minute = _byte(offset, 0) * _U(60) + _byte(offset, 3)
    is_west = sign == ord("-")
    is_right = (wrong == 0) & (is_west | (sign == ord("+"))) & (minute < 1_440)
    return np.where(is_west, -_US_PER_MINUTE, _US_PER_MINUTE) * minute.view(np.int64), is_right


def instant_of(text: str) -> datetime | None:
    """Return the instant that ISO 8601 text with an offset names; None where it does not."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
        return None
    return instant


def why_no_instant(text: str) -> tuple[str, str]:
    """Return what is wrong with text that names no instant, and the mend."""
    example = "write it as 2026-03-01T08:00:00Z or 2026-03-01T15:00:00+07:00"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return f"{shown(text)} is not an ISO 8601 instant", example
    if instant.tzinfo is None:
        return f"{shown(text)} has no offset", example
    return f"{shown(text)} lies outside the years {FIRST_YEAR} to {LAST_YEAR}", "correct the year"


def shown(text: str, characters_at_most: int = 40) -> str:
    """Return text in quotes as a fault shows it: printable, and cut where it is long."""
    safe = "".join(c if c.isprintable() else "?" for c in text[: characters_at_most + 1])
    return f"'{safe[:characters_at_most]}...'" if len(safe) > characters_at_most else f"'{safe}'"


def seconds_as_us(cells: Cells) -> tuple[Integers, Mask]:
    """Return microseconds, and which cells could be read; an empty cell is 0. Negative numbers are read."""
    lengths = cells.lengths
    is_short = lengths <= 8
    short = np.where(is_short, lengths, 0)
    # the eight bytes that end where the cell ends; what stands before the cell becomes leading zeros
    part = eights(cells.content, cells.ends - 8)[:, 0]
    digits = (part ^ _U(_ZEROS)) & ~_KEEP[8 - short]
    wrong = ((digits + _U(0x7676767676767676)) | digits) & _HIGH
    pairs = (digits * _U(10) + (digits >> _U(8))) & _U(0x00FF00FF00FF00FF)
    fours = (pairs * _U(100) + (pairs >> _U(16))) & _U(0x0000FFFF0000FFFF)
    number = (fours * _U(10_000) + (fours >> _U(32))) & _U(0xFFFFFFFF)
    result = number.view(np.int64) * 1_000_000
    is_read = is_short & (wrong == 0)
    for row in np.flatnonzero(~is_read).tolist():
        text = cells.text(row)
        is_read[row] = _SECONDS.fullmatch(text) is not None
        result[row] = round(float(text) * 1_000_000) if is_read[row] else 0
    return result, is_read
