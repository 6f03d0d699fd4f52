"""Intervals: read from CSV, told apart from faults, and seen as of an instant."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from cooperation.document import BadInput
from cooperation.intervals import NEVER, Columns, Interval, columns_of, from_us, latest_at, observe, to_us
from cooperation.intervals import csv_file as interval_csv
from cooperation.intervals.csv_file import HEADER, CsvIntervals, read_csv

FULL = ",".join(HEADER)
SHORT = "request,stage,opened_at,closed_at"
ROW = "XA-XB-0001,decide,2027-03-01T08:00:00Z,2027-03-02T08:00:00Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def read(tmp_path: Path):
    def reading(text: str | bytes, **options: object) -> CsvIntervals:
        path = tmp_path / "mine.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, "mine.csv", **options)  # type: ignore[arg-type]

    return reading


@pytest.fixture
def faults(read):
    def of(text: str | bytes, **options: object) -> list[str]:
        with pytest.raises(BadInput) as caught:
            read(text, **options)
        return [str(fault) for fault in caught.value.faults]

    return of


def words(columns: Columns, column: str) -> list[str]:
    found = columns.words(column)
    return [found.vocabulary[code] for code in found.codes]


def instants(values: np.ndarray) -> list[datetime | None]:
    return [None if value == NEVER else from_us(int(value)) for value in values]


def test_a_full_row_is_read_as_it_stands(read):
    columns = read(
        f"{FULL}\nXA-XB-0001,mla_stored_data,electronic_evidence,XA,XB,decide,"
        "2027-03-01T08:00:00Z,2027-03-02T15:00:00+07:00,2027-03-31T23:59:59Z,3600,answered\n"
    ).columns

    assert len(columns) == 1
    assert words(columns, "request_type") == ["mla_stored_data"]
    assert words(columns, "pillar") == ["electronic_evidence"]
    assert words(columns, "from") == ["XA"]
    assert words(columns, "to") == ["XB"]
    assert words(columns, "stage") == ["decide"]
    assert words(columns, "outcome") == ["answered"]
    assert instants(columns.opened_us) == [at("2027-03-01T08:00:00+00:00")]
    assert instants(columns.closed_us) == [at("2027-03-02T08:00:00+00:00")]
    assert instants(columns.due_us) == [at("2027-03-31T23:59:59+00:00")]
    assert columns.suspended_us.tolist() == [3_600_000_000]


def test_what_is_not_stated_is_open_without_deadline_and_never_suspended(read):
    columns = read(f"{SHORT}\nXA-XB-0001,decide,2027-03-01T08:00:00Z,\n").columns

    assert instants(columns.closed_us) == [None]
    assert instants(columns.due_us) == [None]
    assert columns.suspended_us.tolist() == [0]
    assert words(columns, "to") == [""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-03-01T08:00:00Z", "2027-03-01T08:00:00+00:00"),
        ("2027-03-01T08:00:00+07:00", "2027-03-01T01:00:00+00:00"),
        ("2027-03-01T02:00:00-03:30", "2027-03-01T05:30:00+00:00"),
        ("2027-03-01T08:00:00.25Z", "2027-03-01T08:00:00.250000+00:00"),
        ("2027-03-01 08:00:00+00:00", "2027-03-01T08:00:00+00:00"),
        ("2027-03-01T08:00Z", "2027-03-01T08:00:00+00:00"),
        ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59+00:00"),
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+00:00"),
        ("2999-12-31T23:59:59Z", "2999-12-31T23:59:59+00:00"),
    ],
    ids=[
        *("UTC", "east", "west of a half hour", "a fraction", "a blank for the T", "no seconds"),
        *("a leap day", "the first year", "the last year"),
    ],
)
def test_an_instant_in_iso_8601_with_an_offset_is_read(read, text, expected):
    columns = read(f"{SHORT}\nXA-XB-0001,decide,{text},\n").columns

    assert instants(columns.opened_us) == [at(expected)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2027-03-01T08:00:00", "has no offset"),
        ("2027-03-01", "has no offset"),
        ("2027-02-29T08:00:00Z", "is not an ISO 8601 instant"),
        ("2027-13-01T08:00:00Z", "is not an ISO 8601 instant"),
        ("2027-00-10T08:00:00Z", "is not an ISO 8601 instant"),
        ("2027-03-00T08:00:00Z", "is not an ISO 8601 instant"),
        ("2027-03-01T24:00:00Z", "is not an ISO 8601 instant"),
        ("2027-03-01T08:60:00Z", "is not an ISO 8601 instant"),
        ("2027-03-01T08:00:60Z", "is not an ISO 8601 instant"),
        ("2027-03-01T08:00:00+24:00", "is not an ISO 8601 instant"),
        ("2027.03-01T08:00:00Z", "is not an ISO 8601 instant"),
        ("2027-03-01T08:00:0/Z", "is not an ISO 8601 instant"),
        ("01/03/2027 08:00:00Z", "is not an ISO 8601 instant"),
        ("1899-12-31T23:59:59Z", "lies outside the years 1900 to 2999"),
        ("3000-01-01T00:00:00Z", "lies outside the years 1900 to 2999"),
        ("yesterday", "is not an ISO 8601 instant"),
    ],
)
def test_what_is_no_instant_is_told_with_its_line(faults, text, problem):
    told = faults(f"{SHORT}\n{ROW}\nXA-XB-0002,decide,{text},\n")

    assert len(told) == 1
    assert told[0].startswith(f"mine.csv:3: opened_at: '{text}' {problem}")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "r,,,XA,XB,decide,2027-03-02T08:00:00Z,2027-03-01T08:00:00Z,,,",
            "closed_at: lies before opened_at (exchange or correct them)",
        ),
        (
            "r,,,XA,XB,decide,2027-03-01T08:00:00Z,2027-03-01T09:00:00Z,,-1,",
            "suspended_seconds: is negative (write 0 or more)",
        ),
        (
            "r,,,XA,XB,decide,2027-03-01T08:00:00Z,2027-03-01T09:00:00Z,,3601,",
            "suspended_seconds: is longer than the interval (count only what lies between opened_at and closed_at)",
        ),
        (
            "r,,,XA,XB,decide,2027-03-01T08:00:00Z,2027-03-01T09:00:00Z,,an hour,",
            "suspended_seconds: 'an hour' is not a number of seconds (write digits alone, as in 86400)",
        ),
        ("r,,,XA,XB,decide,,2027-03-01T09:00:00Z,,,", "opened_at: is missing (say when the stage opened)"),
        (",,,XA,XB,decide,2027-03-01T08:00:00Z,,,,", "request: is missing (name the request)"),
        ("r,,,XA,XB,,2027-03-01T08:00:00Z,,,,", "stage: is missing (name the stage)"),
        (
            "r,,,Arvania,XB,decide,2027-03-01T08:00:00Z,,,,",
            "from: 'Arvania' is not a State's code (two capital letters (ISO 3166-1 alpha-2), as in VN)",
        ),
        (
            "r,,,XA,xb,decide,2027-03-01T08:00:00Z,,,,",
            "to: 'xb' is not a State's code (two capital letters (ISO 3166-1 alpha-2), as in VN)",
        ),
        (
            "r,,,XA,XB, decide,2027-03-01T08:00:00Z,,,,",
            "stage: ' decide' has blanks around it or characters that do not print (write the bare word)",
        ),
        (
            "r,,,XA,XB,decide,2027-03-01T08:00:00Z,,,",
            "has 10 cells, the header has 11 (give each column one cell, empty where nothing is known)",
        ),
        (
            "r,,,XA,XB,decide,2027-03-01T08:00:00Z,,,,,",
            "has 12 cells, the header has 11 (give each column one cell, empty where nothing is known)",
        ),
        (
            f"r,{'x' * 201},,XA,XB,decide,2027-03-01T08:00:00Z,,,,",
            "request_type: is longer than 200 bytes (shorten it)",
        ),
    ],
    ids=[
        *("closed before opened", "negative suspension", "suspended for longer", "no number", "never opened"),
        *("no request", "no stage", "a State's name", "small letters", "a blank before a word"),
        *("a cell too few", "a cell too many", "a long word"),
    ],
)
def test_a_faulty_row_is_told_by_line_and_column(faults, row, fault):
    good = "q,,,XA,XB,decide,2027-03-01T08:00:00Z,2027-03-05T08:00:00Z,,,"

    assert faults(f"{FULL}\n{good}\n{row}\n") == [f"mine.csv:3: {fault}"]


def test_an_open_interval_cannot_have_been_suspended_until_after_the_last_thing_known(faults, read):
    header = f"{SHORT},suspended_seconds"
    text = f"{header}\n{ROW},0\nXA-XB-0002,decide,2027-03-02T07:00:00Z,,3601\n"

    assert faults(text) == [
        "mine.csv:3: suspended_seconds: is longer than the interval "
        "(count only what lies between opened_at and closed_at)"
    ]
    assert len(read(text, observed_until=at("2027-03-02T09:00:00+00:00")).columns) == 2


def test_a_whole_repeated_row_is_a_fault_and_a_stage_that_occurs_twice_is_none(faults):
    twice = "XA-XB-0001,decide,2027-03-05T08:00:00Z,2027-03-06T08:00:00Z"
    same_in_other_words = "XA-XB-0001,decide,2027-03-01T15:00:00+07:00,2027-03-02T08:00:00.0Z"

    assert faults(f"{SHORT}\n{ROW}\n{twice}\n{ROW}\n{same_in_other_words}\n") == [
        "mine.csv:4: repeats line 2 (take one of the two out)",
        "mine.csv:5: repeats line 2 (take one of the two out)",
    ]


def test_every_faulty_row_is_told_and_not_only_the_first(faults):
    bad = "XA-XB-0002,decide,2027-03-02T08:00:00Z,2027-03-01T08:00:00Z"
    lines = [ROW, bad, "a,b", ROW.replace("0001", "0003"), bad.replace("0002", "0004"), "", "a,b,c,d"]

    told = faults("\n".join([SHORT, *lines]) + "\n")

    assert [fault.split(": ")[0] for fault in told] == [
        *("mine.csv:3", "mine.csv:4", "mine.csv:6", "mine.csv:8", "mine.csv:8")
    ]


def test_bad_rows_are_left_out_and_counted_when_asked(read):
    found = read(
        f"{SHORT}\n{ROW}\nx,decide,when,then\nXA-XB-0002,decide,2027-03-01T08:00:00Z,\n", skip_bad=True
    )

    assert len(found.columns) == 2
    assert found.bad_rows == 1
    assert [(fault.line, fault.key) for fault in found.faults] == [(3, "closed_at"), (3, "opened_at")]


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{SHORT}\n{ROW}\n",
        f"{SHORT}\r\n{ROW}\r\n",
        f"{SHORT}\n{ROW}",
        f"{SHORT}\n\n{ROW}\n\n",
        f"{SHORT}\r\n\r\n{ROW}\r\n\r\n",
        'request,"stage",opened_at,closed_at\n"XA-XB-0001",decide,"2027-03-01T08:00:00Z",2027-03-02T08:00:00Z\n',
        "closed_at,opened_at,stage,request\n2027-03-02T08:00:00Z,2027-03-01T08:00:00Z,decide,XA-XB-0001\n",
    ],
    ids=[
        *("a byte order mark", "CRLF", "no line feed at the end", "empty lines", "empty lines with CRLF"),
        *("quotes", "columns in another order"),
    ],
)
def test_the_same_row_in_another_dress_is_the_same(read, text):
    columns = read(text).columns

    assert words(columns, "stage") == ["decide"]
    assert instants(columns.opened_us) == [at("2027-03-01T08:00:00+00:00")]
    assert instants(columns.closed_us) == [at("2027-03-02T08:00:00+00:00")]


def test_a_quoted_comma_belongs_to_the_word_and_lines_are_still_counted(read, faults):
    header = f"{SHORT},request_type"
    text = f'{header}\nr1,decide,2027-03-01T08:00:00Z,,"stored, old"\nr2,decide,soon,,"a ""b"""\n'

    assert faults(text) == [
        "mine.csv:3: opened_at: 'soon' is not an ISO 8601 instant "
        "(write it as 2026-03-01T08:00:00Z or 2026-03-01T15:00:00+07:00)"
    ]
    assert words(read(text, skip_bad=True).columns, "request_type") == ["stored, old"]


def test_a_line_break_in_a_cell_is_told_and_the_next_row_keeps_its_line(faults):
    header = f"{SHORT},request_type"

    assert faults(f'{header}\nr1,decide,2027-03-01T08:00:00Z,,"a\nb"\nr2,decide,soon,,x\n') == [
        "mine.csv:2: has a cell with a line break or control character (keep it on one line)",
        "mine.csv:4: opened_at: 'soon' is not an ISO 8601 instant "
        "(write it as 2026-03-01T08:00:00Z or 2026-03-01T15:00:00+07:00)",
    ]


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        (b"", "mine.csv: is empty"),
        (FULL.encode() + b"\n", "mine.csv: holds no interval"),
        (b"\x7fELF\x02\x01\x01\x00\x00\n", "mine.csv:1: is not text"),
        (f"{SHORT}\n{ROW}\n\0\0\n".encode(), "mine.csv:3: is not text"),
        (f"{SHORT}\n{ROW}\n".encode("utf-16"), "mine.csv:1: is UTF-16"),
        (b"\xe9t\xe9,stage\n", "mine.csv:1: is not UTF-8 text"),
        (
            f"{SHORT}\n{ROW}\n".encode() + b"r,d\xe9cide,2027-03-01T08:00:00Z,\n",
            "mine.csv:3: is not UTF-8 text",
        ),
        (f"{SHORT}\r{ROW}\r".encode(), "mine.csv:1: lines end in carriage returns alone"),
        (SHORT.replace(",", ";").encode() + b"\n", "mine.csv:1: columns are not separated by commas"),
        (b"request,stage,opened_at\n", "mine.csv:1: closed_at: is a column that must be there"),
        (f"{SHORT},colour\n{ROW},red\n".encode(), "mine.csv:1: 'colour': is no column of an interval"),
        (f"{SHORT},stage\n{ROW},decide\n".encode(), "mine.csv:1: stage: stands twice"),
        (f'{SHORT}\n{ROW}\n"r,decide\n'.encode(), "mine.csv:3: is not CSV from here on"),
        (b"x" * 70_000, "mine.csv:1: is longer than 65,536 bytes"),
        (f"{SHORT}\n{ROW}\n".encode() + b"x" * 5_000_000, "mine.csv:3: is longer than 65,536 bytes"),
    ],
    ids=[
        *(
            "empty",
            "only a header",
            "a program",
            "zero bytes further down",
            "UTF-16",
            "Latin-1 in the header",
        ),
        *("Latin-1 in a row", "carriage returns", "semicolons", "a column missing", "an unknown column"),
        *("a column twice", "a quote never closed", "an endless header", "an endless line"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_in_words(faults, content, beginning):
    assert faults(content)[0].startswith(beginning)


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(BadInput, match="is a folder"):
        read_csv(tmp_path)


def test_a_column_of_endless_different_words_is_refused(faults):
    rows = (f"r,stage{number},2027-03-01T08:00:00Z," for number in range(10_001))

    assert faults("\n".join([SHORT, *rows]) + "\n") == [
        "mine.csv: stage: has more than 10,000 different words (is it the right column?)"
    ]


@pytest.mark.parametrize(
    "block_bytes", [500, 4_096, 2_000_000], ids=["tiny blocks", "small blocks", "one block"]
)
@pytest.mark.parametrize("quoted", [False, True], ids=["bare", "quoted"])
def test_a_random_file_is_read_as_the_csv_module_and_datetime_read_it(read, monkeypatch, block_bytes, quoted):
    monkeypatch.setattr(interval_csv, "BLOCK_BYTES", block_bytes)
    draw = random.Random(11)
    rows = [_random_row(draw, number) for number in range(400)]
    stream = io.StringIO()
    stream.write(FULL + "\n")
    csv.writer(stream, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n").writerows(
        rows
    )

    columns = read(stream.getvalue()).columns

    assert [
        words(columns, name) for name in ("request_type", "pillar", "from", "to", "stage", "outcome")
    ] == [[row[place] for row in rows] for place in (1, 2, 3, 4, 5, 10)]
    for place, found in ((6, columns.opened_us), (7, columns.closed_us), (8, columns.due_us)):
        assert instants(found) == [at(row[place]).astimezone(UTC) if row[place] else None for row in rows]
    assert columns.suspended_us.tolist() == [int(row[9] or 0) * 1_000_000 for row in rows]
    named = [row[0] for row in rows]
    assert len(set(columns.request.tolist())) == len(set(named))
    assert [named.index(name) for name in named] == _first_places(columns.request.tolist())


def _first_places(values: list[int]) -> list[int]:
    first: dict[int, int] = {}
    return [first.setdefault(value, place) for place, value in enumerate(values)]


def _random_row(draw: random.Random, number: int) -> list[str]:
    opened = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(400 * 86_400))
    closed = opened + timedelta(seconds=draw.randrange(10_000, 90 * 86_400))
    zone = timezone(timedelta(minutes=draw.choice([0, 420, -210, 345])))

    def text(instant: datetime) -> str:
        return draw.choice(
            [instant.astimezone(UTC).isoformat()[:19] + "Z", instant.astimezone(zone).isoformat()]
        )

    return [
        f"{'long' * draw.randrange(12)}{number // 3}",
        draw.choice(["", "mla_stored_data", "preservation", "échange", "a" * 150]),
        draw.choice(
            ["electronic_evidence", "mutual_legal_assistance", "law_enforcement_information_exchange"]
        ),
        *draw.sample(["XA", "XB", "VN", ""], 2),
        draw.choice(["decide", "execute", "whole"]),
        text(opened),
        draw.choice(["", text(closed)]),
        draw.choice(["", text(opened + timedelta(days=30))]),
        draw.choice(["", "0", "7", "9999"]),
        draw.choice(["", "answered"]),
    ]


def test_intervals_made_one_by_one_are_the_same_columns():
    opened, closed = at("2027-03-01T15:00:00+07:00"), at("2027-03-02T08:00:00+00:00")
    columns = columns_of(
        [
            Interval("XA-XB-0001", "decide", opened, closed, suspended_seconds=60, from_="XA", to="XB"),
            Interval("XA-XB-0002", "whole", opened, from_="XA", to="XB"),
        ]
    )

    assert instants(columns.opened_us) == [at("2027-03-01T08:00:00+00:00")] * 2
    assert instants(columns.closed_us) == [closed, None]
    assert columns.suspended_us.tolist() == [60_000_000, 0]
    assert words(columns, "stage") == ["decide", "whole"]
    assert words(columns, "from") == ["XA", "XA"]
    assert columns.request.tolist() == [0, 1]
    assert latest_at(columns) == closed


def test_a_deadline_that_lies_ahead_is_not_the_latest_instant():
    columns = columns_of(
        [Interval("r", "decide", at("2027-03-01T08:00:00Z"), due_at=at("2027-12-01T08:00:00Z"))]
    )

    assert latest_at(columns) == at("2027-03-01T08:00:00Z")


def test_what_closed_later_was_open_and_what_opened_later_is_left_out():
    day = [at("2027-03-01T00:00:00Z") + timedelta(days=number) for number in range(8)]
    columns = columns_of(
        [
            Interval("closed before", "decide", day[0], day[2]),
            Interval("closed at that instant", "decide", day[0], day[5]),
            Interval("closed later", "decide", day[0], day[6]),
            Interval("opened at that instant", "decide", day[5]),
            Interval("opened later", "decide", day[6], day[7]),
        ]
    )

    seen, left_out = observe(columns, day[5])

    assert left_out == 1
    assert instants(seen.opened_us) == [day[0], day[0], day[0], day[5]]
    assert instants(seen.closed_us) == [day[2], day[5], None, None]
    assert to_us(day[0]) == 1_803_859_200_000_000


def test_beyond_very_many_faults_each_row_is_still_told_once(faults, monkeypatch):
    monkeypatch.setattr(interval_csv, "FAULTS_IN_FULL", 3)
    monkeypatch.setattr(interval_csv, "BLOCK_BYTES", 60)
    rows = [f"XA-XB-000{number},decide,soon,later" for number in range(5)]

    told = faults("\n".join([SHORT, *rows]) + "\n")

    assert [fault.split(":")[1] for fault in told] == ["2", "2", "3", "3", "4", "5", "6"]
