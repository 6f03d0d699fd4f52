"""Intervals from a CSV file, as fast as the file can be read, with every faulty row told by its line."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cooperation.document import BadInput, Fault
from cooperation.intervals import NEVER, WORD_COLUMNS, Columns, Words, latest_at, to_us
from cooperation.intervals.csv_blocks import COMMA, INSTANT_COLUMNS, PAD, SECONDS_COLUMN, Decoded, decode
from cooperation.intervals.csv_cells import Cells, Eights, Integers, Mask, shown, why_no_instant

HEADER = (
    *("request", "request_type", "pillar", "from", "to", "stage"),
    *("opened_at", "closed_at", "due_at", "suspended_seconds", "outcome"),
)
REQUIRED = ("request", "stage", "opened_at", "closed_at")

BLOCK_BYTES = 2_000_000
LINE_BYTES_AT_MOST = 65_536
ROWS_AT_MOST = 20_000_000
WORDS_AT_MOST = 10_000
FAULTS_IN_FULL = 100_000
"""Beyond so many only the first fault of each row is told: a million rows with their dates in a wrong form
would else take more memory to tell of than to read."""

_SLOT = np.uint64(64 - 12)
_UNIT = 0x1F
_QUOTED_ROWS_AT_ONCE = 20_000
_DECODERS = 2
"""Decoding is arithmetic on whole arrays, which runs beside other threads; the order stays that of the file."""


@dataclass(frozen=True, slots=True)
class CsvIntervals:
    """What a file held: its good rows, and the faults of the others (only with `skip_bad`)."""

    columns: Columns
    faults: tuple[Fault, ...]

    @property
    def bad_rows(self) -> int:
        """How many rows were left out because of their faults."""
        return len({fault.line for fault in self.faults})


def read_csv(
    path: Path, name: str = "", *, skip_bad: bool = False, observed_until: datetime | None = None
) -> CsvIntervals:
    """Return the intervals in a CSV file; raise BadInput with the faults of all rows.

    Beyond 100,000 faults only the first of each row is told.

    name            what faults call the file
    skip_bad        leave bad rows out and return their faults; a file that is no such CSV is still refused
    observed_until  what is still open cannot have been suspended for longer than until then, or until
                    the file's latest instant where that is later
    """
    called = name or str(path)
    _keep_freed_memory()
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            reader = _Reader(called, _Lines(stream, called), rows_expected=min(size // 80, ROWS_AT_MOST))
            reader.read()
    except IsADirectoryError:
        raise BadInput([Fault(called, 0, "", "is a folder", "name a file")]) from None
    except OSError as error:
        raise BadInput([Fault(called, 0, "", f"cannot be read: {error.strerror}")]) from None
    columns = reader.finish(observed_until)
    if reader.faults and not skip_bad:
        raise BadInput(reader.faults)
    return CsvIntervals(columns, tuple(sorted(reader.faults)))


def _keep_freed_memory() -> None:
    """Let the allocator keep what is freed between blocks.

    glibc gives freed arrays of a megabyte back to the system until it has once seen a larger one freed;
    taking them anew for each block costs up to half as much as the reading. This one is never touched.
    """
    np.empty(30_000_000, dtype=np.uint8)


class _Lines:
    """A file as blocks of whole lines."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._rest = bytearray()

    def header(self) -> str:
        """Return the first line without its end; a byte order mark is passed over."""
        start = self._stream.read(BLOCK_BYTES)
        if not start:
            raise self.refuse("is empty", f"begin with the line {','.join(HEADER)}", line=0)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise self.refuse("is UTF-16", "save it as UTF-8")
        first, _, rest = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
        self._rest = bytearray(rest)
        if b"\0" in first:
            raise self.refuse("is not text", "give a CSV file in UTF-8")
        try:
            text = first.decode("utf-8")
        except UnicodeDecodeError:
            raise self.refuse("is not UTF-8 text", "save it as UTF-8") from None
        if len(first) > LINE_BYTES_AT_MOST:
            raise self.refuse(f"is longer than {LINE_BYTES_AT_MOST:,} bytes", "end each row with a line feed")
        return text.removesuffix("\r")

    def blocks(self) -> Iterator[bytearray]:
        """Yield blocks of whole lines, each ending in a line feed, with PAD before and after them.

        Stops before a line that does not end.
        """
        while True:
            block = bytearray(len(PAD) + len(self._rest) + BLOCK_BYTES)
            begin = len(PAD) + len(self._rest)
            block[:begin] = PAD + self._rest
            with memoryview(block) as view:
                size = self._stream.readinto(view[begin:])  # type: ignore[attr-defined]
            del block[begin + size :]
            if len(block) == len(PAD):
                return
            if not size and not block.endswith(b"\n"):
                block += b"\n"
            end = max(block.rfind(b"\n") + 1, len(PAD))
            self._rest = block[end:]
            block[end:] = PAD
            if end > len(PAD):
                yield block
            if len(self._rest) > BLOCK_BYTES:
                return

    def ends_badly(self) -> bool:
        """Whether the blocks stopped at a line without an end."""
        return len(self._rest) > BLOCK_BYTES

    def from_here(self, block: bytearray) -> io.TextIOWrapper:
        """Return the lines of a block and all that follows it as text."""
        whole = io.BufferedReader(_Chained(block[len(PAD) : -len(PAD)] + self._rest, self._stream))
        return io.TextIOWrapper(whole, "utf-8", "strict", newline="")

    def refuse(self, problem: str, mend: str = "", line: int = 1) -> BadInput:
        return BadInput([Fault(self._name, line, "", problem, mend)])


class _Chained(io.RawIOBase):
    """Bytes already read, then the stream they came from."""

    def __init__(self, first: bytes | bytearray, stream: BinaryIO) -> None:
        self._first = io.BytesIO(first)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        part = self._first.read(len(target)) or self._stream.read(len(target))
        target[: len(part)] = part
        return len(part)


@dataclass(slots=True)
class _Vocabulary:
    """The words of one column, each with its code; `refused` tells of those that may not stand there.

    known, codes  fingerprints in order, and their codes
    by_slot       the code of the last word learnt whose fingerprint begins with these bits: a guess that
                  by_code, the fingerprint of each code, confirms in a fraction of a search's time
    """

    check: Callable[[str], tuple[str, str] | None]
    words: list[str] = field(default_factory=list)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    known: Eights = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    codes: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    by_slot: NDArray[np.int16] = field(default_factory=lambda: np.zeros(1 << 12, dtype=np.int16))
    by_code: Eights = field(default_factory=lambda: np.zeros(1, dtype=np.uint64))

    def encode(self, cells: Cells, prints: Eights) -> NDArray[np.int16] | None:
        """Return the code of each cell, learning words not met before; None where they are too many."""
        codes: NDArray[np.int16] = self.by_slot[prints >> _SLOT]
        unknown = np.flatnonzero(self.by_code[codes] != prints) if self.words else np.arange(len(prints))
        if not len(unknown):
            return codes
        _, firsts = np.unique(prints[unknown], return_index=True)
        if len(self.words) + len(firsts) > WORDS_AT_MOST:
            return None
        for row in sorted(unknown[firsts].tolist()):
            self._learn(cells.text(row), prints[row])
        codes[unknown] = self.codes[np.searchsorted(self.known, prints[unknown])]
        return codes

    def _learn(self, word: str, fingerprint: np.uint64) -> None:
        code = len(self.words)
        place = int(np.searchsorted(self.known, fingerprint))
        self.words.append(word)
        self.known = np.insert(self.known, place, fingerprint)
        self.codes = np.insert(self.codes, place, code)
        self.by_code = np.append(self.by_code[:code], fingerprint)
        self.by_slot[fingerprint >> _SLOT] = code
        reason = self.check(word)
        if reason is not None:
            self.refused[code] = reason


def _why_no_word(word: str) -> tuple[str, str] | None:
    if word != word.strip() or not all(map(str.isprintable, word)):
        return f"{shown(word)} has blanks around it or characters that do not print", "write the bare word"
    return None


def _why_no_stage(word: str) -> tuple[str, str] | None:
    return _why_no_word(word) if word else ("is missing", "name the stage")


def _why_no_state(word: str) -> tuple[str, str] | None:
    if word and not (len(word) == 2 and word.isascii() and word.isalpha() and word.isupper()):
        return f"{shown(word)} is not a State's code", "two capital letters (ISO 3166-1 alpha-2), as in VN"
    return None


_CHECKS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "stage": _why_no_stage,
    "from": _why_no_state,
    "to": _why_no_state,
}


class _Store:
    """Growing columns of good rows. Room is taken once for what the file's size promises: asking for it
    block by block, and once more to join the blocks, costs as much as the reading."""

    def __init__(self, rows_expected: int) -> None:
        self._room = max(rows_expected, 1_000)
        self._count = 0
        kinds: dict[str, Any] = {
            "row": np.uint64,
            "request": np.uint64,
            "line": np.int32,
            **dict.fromkeys(WORD_COLUMNS, np.int16),
        }
        names = ("line", "row", "request", *WORD_COLUMNS, *INSTANT_COLUMNS, "suspended_seconds")
        self._columns = {name: np.empty(self._room, dtype=kinds.get(name, np.int64)) for name in names}

    def add(self, values: dict[str, NDArray[Any]]) -> None:
        end = self._count + len(values["line"])
        if end > self._room:
            self._room = max(end, self._room * 3 // 2)
            for name, column in self._columns.items():
                self._columns[name] = np.resize(column, self._room)
        for name, value in values.items():
            self._columns[name][self._count : end] = value
        self._count = end

    def column(self, name: str) -> NDArray[Any]:
        """Return one column, as long as there are rows."""
        return self._columns[name][: self._count]


class _Reader:
    """Takes the blocks in order, keeping columns of what is good and faults of what is not.

    `_line` is the number of the first line of the next block.
    """

    def __init__(self, name: str, lines: _Lines, rows_expected: int) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self._lines = lines
        self._line = 2
        self._header: list[str] = []
        self._vocabularies = {
            column: _Vocabulary(_CHECKS.get(column, _why_no_word)) for column in WORD_COLUMNS
        }
        self._store = _Store(rows_expected)
        self._rows = 0

    def read(self) -> None:
        self._header = self._read_header()
        under_way: deque[Future[Decoded]] = deque()
        with ThreadPoolExecutor(_DECODERS) as pool:
            for block in self._lines.blocks():
                self._refuse_binary(block, under_way)
                if b'"' in block:
                    self._take_all(under_way)
                    self._read_quoted(self._lines.from_here(block), self._line)
                    return
                under_way.append(pool.submit(decode, block, COMMA, self._header))
                if len(under_way) > _DECODERS:
                    self._take(under_way.popleft().result())
            self._take_all(under_way)
        if self._lines.ends_badly():
            self.fault(
                self._line,
                "",
                f"is longer than {LINE_BYTES_AT_MOST:,} bytes",
                "end each row with a line feed",
            )
            raise BadInput(self.faults)

    def _take_all(self, under_way: deque[Future[Decoded]]) -> None:
        while under_way:
            self._take(under_way.popleft().result())

    def _take(self, block: Decoded) -> None:
        self._take_lines(block, np.arange(self._line, self._line + block.lines))
        self._line += block.lines

    def _take_lines(self, block: Decoded, lines: Integers) -> None:
        for place, column, problem, mend in block.faults:
            self.fault(int(lines[place]), column, problem, mend)
        self._rows += len(block.places)
        if self._rows > ROWS_AT_MOST:
            raise BadInput([Fault(self.name, 0, "", f"has more than {ROWS_AT_MOST:,} rows", "split it")])
        if len(block.places):
            self._keep(block, lines[block.places])

    def _refuse_binary(self, block: bytearray, under_way: deque[Future[Decoded]]) -> None:
        if b"\0" in block:
            self._take_all(under_way)
            line = self._line + block[: block.index(b"\0")].count(b"\n")
            self.fault(line, "", "is not text", "give a CSV file in UTF-8")
            raise BadInput(self.faults)

    def _read_header(self) -> list[str]:
        text = self._lines.header()
        names = [name.strip('"') for name in text.split(",")]
        faults = []
        allowed = "allowed are " + ", ".join(HEADER)
        if "\r" in text:
            raise self._lines.refuse("lines end in carriage returns alone", "end them with line feeds")
        if len(names) == 1 and any(mark in text for mark in ";\t"):
            raise self._lines.refuse("columns are not separated by commas", "separate them with commas")
        for place, name in enumerate(names):
            if name not in HEADER:
                faults.append(Fault(self.name, 1, shown(name), "is no column of an interval", allowed))
            elif name in names[:place]:
                faults.append(Fault(self.name, 1, name, "stands twice", "keep one of the two"))
        for name in REQUIRED:
            if name not in names:
                faults.append(Fault(self.name, 1, name, "is a column that must be there", allowed))
        if faults:
            raise BadInput(faults)
        return names

    def _read_quoted(self, text: io.TextIOWrapper, first_line: int) -> None:
        """Read the rest of the file, in which cells may be quoted, through the csv module."""
        rows: list[str] = []
        lines: list[int] = []
        reader = csv.reader(text, strict=True)
        line = first_line
        try:
            for cells in reader:
                if any("\n" in c or "\r" in c or "\x1f" in c for c in cells):
                    self.fault(
                        line, "", "has a cell with a line break or control character", "keep it on one line"
                    )
                elif cells:
                    rows.append("\x1f".join(cells))
                    lines.append(line)
                line = first_line + reader.line_num
                if len(rows) == _QUOTED_ROWS_AT_ONCE:
                    self._take_quoted(rows, lines)
                    rows, lines = [], []
        except csv.Error as error:
            problem = f"is not CSV from here on: {error}"
            self.fault(line, "", problem, 'close each " and write a quote inside a cell as ""')
            raise BadInput(self.faults) from None
        except UnicodeDecodeError:
            self.fault(line, "", "is not UTF-8 text here or in the lines after it", "save the file as UTF-8")
            raise BadInput(self.faults) from None
        if rows:
            self._take_quoted(rows, lines)

    def _take_quoted(self, rows: list[str], lines: list[int]) -> None:
        self._take_lines(
            decode(PAD + ("\n".join(rows) + "\n").encode() + PAD, _UNIT, self._header), np.array(lines)
        )

    def _keep(self, block: Decoded, lines: Integers) -> None:
        """Check the rows of a block and keep the good ones."""
        check = _Check(self, block, lines)
        values: dict[str, NDArray[Any]] = {"line": lines, "row": block.rows, "request": check.request()}
        for column in WORD_COLUMNS:
            values[column] = check.words(column, self._vocabularies[column])
        for column in INSTANT_COLUMNS:
            values[column] = check.instants(column)
        opened, closed = values["opened_at"], values["closed_at"]
        check.order(opened, closed)
        values[SECONDS_COLUMN] = check.suspensions(opened, closed)
        is_good = check.is_good
        self._store.add(values if is_good.all() else {c: v[is_good] for c, v in values.items()})

    def finish(self, observed_until: datetime | None) -> Columns:
        """Return the columns, after the checks that need all rows."""
        columns, lines = self._columns()
        latest = latest_at(columns)
        if latest is None:
            if not self.faults:
                raise BadInput([Fault(self.name, 0, "", "holds no interval", "give at least one row")])
            return columns
        is_good = np.ones(len(lines), dtype=np.bool_)
        until = max(to_us(latest), to_us(observed_until) if observed_until else to_us(latest))
        too_long = (columns.closed_us == NEVER) & (columns.suspended_us > until - columns.opened_us)
        self.refuse(is_good, too_long, lines, SECONDS_COLUMN, *_LONGER)
        self._refuse_repeated(self._store.column("row"), columns, lines, is_good)
        return columns if is_good.all() else columns.where(is_good)

    def _columns(self) -> tuple[Columns, Integers]:
        def words(column: str) -> Words:
            return Words(self._store.column(column), tuple(self._vocabularies[column].words))

        columns = Columns(
            request=self._store.column("request"),
            request_type=words("request_type"),
            pillar=words("pillar"),
            from_=words("from"),
            to=words("to"),
            stage=words("stage"),
            opened_us=self._store.column("opened_at"),
            closed_us=self._store.column("closed_at"),
            due_us=self._store.column("due_at"),
            suspended_us=self._store.column("suspended_seconds"),
            outcome=words("outcome"),
        )
        return columns, self._store.column("line")

    def _refuse_repeated(self, prints: Eights, columns: Columns, lines: Integers, is_good: Mask) -> None:
        """Refuse each row that says in every column what an earlier row says."""
        in_order = np.sort(prints)
        if not (in_order[1:] == in_order[:-1]).any():
            return
        order = np.argsort(prints, kind="stable")
        same = prints[order[1:]] == prints[order[:-1]]
        for value in (
            columns.request,
            *(columns.words(column).codes for column in WORD_COLUMNS),
            *(columns.opened_us, columns.closed_us, columns.due_us, columns.suspended_us),
        ):
            same &= value[order[1:]] == value[order[:-1]]
        first = order[0]
        for place, is_same in zip(range(1, len(order)), same.tolist(), strict=True):
            if not is_same:
                first = order[place]
                continue
            row = order[place]
            is_good[row] = False
            self.fault(int(lines[row]), "", f"repeats line {lines[first]}", "take one of the two out")

    def refuse(
        self, is_good: Mask, is_wrong: Mask, lines: Integers, column: str, problem: str, mend: str
    ) -> None:
        """Tell the same fault of every row that is wrong, and strike it from the good ones."""
        wrong = np.flatnonzero(self.to_tell(is_wrong, is_good))
        for row in wrong:
            self.fault(int(lines[row]), column, problem, mend)
        is_good[wrong] = False

    def to_tell(self, is_wrong: Mask, is_good: Mask) -> Mask:
        """Return which of the wrong rows are told of."""
        return is_wrong if len(self.faults) < FAULTS_IN_FULL else is_wrong & is_good

    def fault(self, line: int, column: str, problem: str, mend: str) -> None:
        """Tell one fault."""
        self.faults.append(Fault(self.name, line, column, problem, mend))


class _Check:
    """The rows of one block held against what an interval must be; `is_good` says which have stood so far."""

    def __init__(self, reader: _Reader, block: Decoded, lines: Integers) -> None:
        self._reader = reader
        self._block = block
        self._lines = lines
        self.is_good = np.ones(len(lines), dtype=np.bool_)

    def _refuse(self, is_wrong: Mask, column: str, problem: str, mend: str) -> None:
        self._reader.refuse(self.is_good, is_wrong, self._lines, column, problem, mend)

    def _refuse_each(self, is_wrong: Mask, column: str, why: Callable[[str], tuple[str, str]]) -> None:
        cells = self._block.cells[column]
        for row in np.flatnonzero(self._reader.to_tell(is_wrong, self.is_good)).tolist():
            self._reader.fault(int(self._lines[row]), column, *why(cells.text(row)))
        self.is_good &= ~is_wrong

    def request(self) -> Eights:
        self._refuse(self._block.cells["request"].lengths == 0, "request", "is missing", "name the request")
        return self._block.prints["request"]

    def words(self, column: str, vocabulary: _Vocabulary) -> NDArray[np.int16]:
        if column not in self._block.cells:
            vocabulary.words[:] = [""]
            return np.zeros(len(self._lines), dtype=np.int16)
        codes = vocabulary.encode(self._block.cells[column], self._block.prints[column])
        if codes is None:
            problem = f"has more than {WORDS_AT_MOST:,} different words"
            fault = Fault(self._reader.name, 0, column, problem, "is it the right column?")
            raise BadInput([*self._reader.faults, fault])
        for code, (problem, mend) in vocabulary.refused.items():
            self._refuse(codes == code, column, problem, mend)
        return codes

    def instants(self, column: str) -> Integers:
        if column not in self._block.cells:
            return np.full(len(self._lines), NEVER)
        found, is_read = self._block.numbers[column], self._block.is_read[column]
        self._refuse_each(~is_read, column, why_no_instant)
        if column == "opened_at":
            self._refuse(is_read & (found == NEVER), column, "is missing", "say when the stage opened")
        return found

    def order(self, opened: Integers, closed: Integers) -> None:
        is_before = (closed < opened) & (closed != NEVER)
        self._refuse(is_before, "closed_at", "lies before opened_at", "exchange or correct them")

    def suspensions(self, opened: Integers, closed: Integers) -> Integers:
        if SECONDS_COLUMN not in self._block.cells:
            return np.zeros(len(self._lines), dtype=np.int64)
        found, is_read = self._block.numbers[SECONDS_COLUMN], self._block.is_read[SECONDS_COLUMN]
        self._refuse_each(~is_read, SECONDS_COLUMN, _why_no_seconds)
        self._refuse(found < 0, SECONDS_COLUMN, "is negative", "write 0 or more")
        is_known = (opened != NEVER) & (closed >= opened)
        self._refuse(is_known & (found > np.where(is_known, closed - opened, 0)), SECONDS_COLUMN, *_LONGER)
        return found


def _why_no_seconds(text: str) -> tuple[str, str]:
    return f"{shown(text)} is not a number of seconds", "write digits alone, as in 86400"


_LONGER = ("is longer than the interval", "count only what lies between opened_at and closed_at")
