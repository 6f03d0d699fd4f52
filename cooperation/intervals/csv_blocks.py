"""A block of CSV lines decoded by itself: no state, no order, so that several can be decoded at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cooperation.intervals.csv_cells import (
    CELL_BYTES_AT_MOST,
    PADDING,
    Bytes,
    Cells,
    Eights,
    Integers,
    Mask,
    fingerprints,
    instants,
    mixed_together,
    seconds_as_us,
)

COMMA, LINE_FEED, RETURN = 0x2C, 0x0A, 0x0D

INSTANT_COLUMNS = ("opened_at", "closed_at", "due_at")
SECONDS_COLUMN = "suspended_seconds"


class LineFault(NamedTuple):
    """What is wrong with line number `place` of a block, counted from 0; `column` empty: with the whole line."""

    place: int
    column: str
    problem: str
    mend: str


@dataclass(slots=True)
class Decoded:
    """The values of the lines that have the right shape, and the faults of those that have not.

    lines    how many lines the block has
    places   which of them the rows are, counted from 0
    prints   fingerprints of the columns of words
    numbers  microseconds of the other columns; is_read tells which cells could be read
    rows     fingerprints of whole rows
    """

    lines: int
    places: Integers
    faults: list[LineFault]
    cells: dict[str, Cells]
    prints: dict[str, Eights] = field(default_factory=dict)
    numbers: dict[str, Integers] = field(default_factory=dict)
    is_read: dict[str, Mask] = field(default_factory=dict)
    rows: Eights = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))


PAD = b" " * PADDING


def decode(block: bytes | bytearray, separator: int, header: Sequence[str]) -> Decoded:
    """Return the values in whole lines, each ending in a line feed, of a CSV file without quotes.

    block  PAD, the lines, PAD
    """
    content = np.frombuffer(block, dtype=np.uint8)
    is_end = content == LINE_FEED
    lines = int(np.count_nonzero(is_end))
    marks = np.flatnonzero(is_end | (content == separator))
    faults = _lines_that_are_no_text(block)
    starts, ends, places = _cut(content, marks, lines, len(header), faults)
    cells = _columns(content, starts, ends, header)
    cells, places = _without_long_cells(cells, places, faults)
    result = Decoded(lines, places, faults, cells)
    for column, found in cells.items():
        if column in INSTANT_COLUMNS:
            result.numbers[column], result.is_read[column] = instants(found)
        elif column == SECONDS_COLUMN:
            result.numbers[column], result.is_read[column] = seconds_as_us(found)
        else:
            result.prints[column] = fingerprints(found)
    numbers = [found.view(np.uint64) for found in result.numbers.values()]
    result.rows = mixed_together([*result.prints.values(), *numbers])
    return result


def _lines_that_are_no_text(block: bytes | bytearray) -> list[LineFault]:
    if block.isascii():
        return []
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return []
    faults = []
    for place, line in enumerate(bytes(block).split(b"\n")[:-1]):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            faults.append(LineFault(place, "", "is not UTF-8 text", "save the file as UTF-8"))
    return faults


def _cut(
    content: Bytes, marks: Integers, lines: int, width: int, faults: list[LineFault]
) -> tuple[Integers, Integers, Integers]:
    """Return where the good lines start, where their cells end (one after another), and which lines they are."""
    line_ends = marks[width - 1 :: width]
    is_regular = len(marks) == width * lines and bool((content[line_ends] == LINE_FEED).all())
    if is_regular and not faults:
        return np.r_[PADDING, line_ends[:-1] + 1], marks, np.arange(lines)
    line_ends = marks[content[marks] == LINE_FEED]
    starts = np.r_[PADDING, line_ends[:-1] + 1]
    line_of_mark = np.searchsorted(line_ends, marks)
    counts = np.bincount(line_of_mark, minlength=lines)
    is_text = np.ones(lines, dtype=np.bool_)
    is_text[[fault.place for fault in faults]] = False
    is_blank = (line_ends - starts - (content[line_ends - 1] == RETURN)) <= 0
    is_good = is_text & (counts == width)
    for place in np.flatnonzero(is_text & ~is_good & ~is_blank):
        problem = f"has {counts[place]} cells, the header has {width}"
        mend = "give each column one cell, empty where nothing is known"
        faults.append(LineFault(int(place), "", problem, mend))
    return starts[is_good], marks[is_good[line_of_mark]], np.flatnonzero(is_good)


def _columns(content: Bytes, starts: Integers, ends: Integers, header: Sequence[str]) -> dict[str, Cells]:
    cells = {}
    by_line = ends.reshape(-1, len(header))
    for place, column in enumerate(header):
        column_ends = np.ascontiguousarray(by_line[:, place])
        next_starts = column_ends + 1
        if place == len(header) - 1:
            has_return = (content[column_ends - 1] == RETURN) & (column_ends > starts)
            column_ends = column_ends - has_return
        cells[column] = Cells(content, starts, column_ends)
        starts = next_starts
    return cells


def _without_long_cells(
    cells: dict[str, Cells], places: Integers, faults: list[LineFault]
) -> tuple[dict[str, Cells], Integers]:
    columns = list(cells.values())
    if not len(places) or int((columns[-1].ends - columns[0].starts).max()) <= CELL_BYTES_AT_MOST:
        return cells, places
    is_good = np.ones(len(places), dtype=np.bool_)
    for column, found in cells.items():
        for row in np.flatnonzero(found.lengths > CELL_BYTES_AT_MOST):
            is_good[row] = False
            problem = f"is longer than {CELL_BYTES_AT_MOST} bytes"
            faults.append(LineFault(int(places[row]), column, problem, "shorten it"))
    if is_good.all():
        return cells, places
    kept = {c: Cells(f.content, f.starts[is_good], f.ends[is_good]) for c, f in cells.items()}
    return kept, places[is_good]
