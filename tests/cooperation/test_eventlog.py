"""The event log: bytes that anybody can write again, and chains that show what was done to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cooperation.eventlog import (
    FIRST,
    Broken,
    Entry,
    canonical,
    checkpoint,
    digest,
    exported,
    instant_text,
    link,
    order,
    read_lines,
    verify,
)

VIETNAMESE = "Tòa án nhân dân tối cao, Hà Nội: đề nghị tương trợ tư pháp"
NASTY = st.sampled_from(
    [
        VIETNAMESE,
        "Công ước",
        "e\u0301 é",
        "😀",
        "\ufb33",
        "\ue000",
        "\x00\x1f\x7f",
        "\u2028\u2029",
        '"\\/\b\f\n\r\t',
    ]
)
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | NASTY
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | LETTERS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(LETTERS, inner, max_size=5),
    max_leaves=30,
)


# ---- canonical bytes


@given(JSON)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(JSON)
def test_what_is_written_reads_as_it_was(value):
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "x"]}, b'{"a":[true,null,"x"],"b":1}'),
        ({"é": 1, "z": 2}, b'{"z":2,"\xc3\xa9":1}'),
        ({"\ufb33": 1, "😀": 2}, '{"😀":2,"\ufb33":1}'.encode()),
        ("\x00\x1f\x7f/", b'"\\u0000\\u001f\x7f/"'),
        ('"\\\b\f\n\r\t', rb'"\"\\\b\f\n\r\t"'),
        ("\u2028", b'"\xe2\x80\xa8"'),
        (2**53 - 1, b"9007199254740991"),
        (-(2**53) + 1, b"-9007199254740991"),
        ((1, 2), b"[1,2]"),
        ({}, b"{}"),
    ],
    ids=[
        *("keys in order", "a letter after z", "emoji before it by UTF-16", "controls", "short escapes"),
        *("line separator", "largest", "smallest", "tuple", "nothing"),
    ],
)
def test_a_value_is_written_like_this(value, written):
    assert canonical(value) == written


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "the log holds no float: 1.0"),
        ({"a": [0.5]}, "the log holds no float: 0.5"),
        (float("nan"), "the log holds no float"),
        (2**53, "too large for JSON"),
        (-(2**53), "too large for JSON"),
        (10**400, "too large for JSON"),
        ({1: "x"}, "a key must be text: 1"),
        ({None: "x"}, "a key must be text: None"),
        ("\ud800", "half a surrogate pair"),
        ({"\udfff": 1}, "half a surrogate pair"),
        (b"bytes", "the log holds no bytes"),
        ({"x"}, "the log holds no set"),
        (datetime(2027, 3, 1, tzinfo=UTC), "the log holds no datetime"),
        (nested(100_000), "nested too deeply"),
    ],
    ids=[
        *("a float", "a float deep inside", "not a number", "2^53", "-2^53", "four hundred digits"),
        *("a number as key", "null as key", "half a pair", "half a pair as key", "bytes", "a set"),
        *("an instant", "nested without end"),
    ],
)
def test_what_has_no_exact_json_is_refused(value, words):
    with pytest.raises(TypeError, match=words.replace("^", "\\^")):
        canonical(value)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2027, 3, 1, 8, tzinfo=UTC), "2027-03-01T08:00:00Z"),
        (datetime(2027, 3, 1, 8, tzinfo=timezone(timedelta(hours=7))), "2027-03-01T01:00:00Z"),
        (datetime(2027, 3, 1, 8, 0, 59, 999_999, tzinfo=UTC), "2027-03-01T08:00:59Z"),
    ],
    ids=["UTC", "Ha Noi", "a part of a second"],
)
def test_an_instant_is_written_in_utc_and_whole_seconds(at, text):
    assert instant_text(at) == text


# ---- chains


def event(act: str, day: int, **facts: Any) -> dict[str, Any]:
    state = {"submit": "XA"}.get(act, "XB")
    return {
        "exercise": "hospital-ransomware/7",
        "request": "XA-XB-0001",
        "desk": None,
        "act": act,
        "actor": {"state": state, "authority": "central_authority", "seat": f"{state}/central_authority/1"},
        "at": instant_text(datetime(2027, 3, day, 8, tzinfo=UTC)),
        "contents": {},
        "status": "sent",
        **facts,
    }


def chain(*facts: dict[str, Any]) -> list[Entry]:
    entries: list[Entry] = []
    for seq, one in enumerate(facts, start=1):
        entries.append(link(entries[-1].hash if entries else FIRST, seq, one))
    return entries


@pytest.fixture
def whole() -> list[Entry]:
    return chain(*(event(act, day) for day, act in enumerate(ACTS, start=1)))


ACTS = ("submit", "acknowledge", "accept", "start_execution", "transmit")


def test_an_event_is_hashed_with_its_place_and_what_stood_before_it(whole):
    assert whole[0].content == (
        b'{"act":"submit","actor":{"authority":"central_authority","seat":"XA/central_authority/1",'
        b'"state":"XA"},"at":"2027-03-01T08:00:00Z","contents":{},"desk":null,'
        b'"exercise":"hospital-ransomware/7","prev":"' + b"0" * 64 + b'","request":"XA-XB-0001","seq":1,'
        b'"status":"sent"}'
    )
    assert whole[0].hash == hashlib.sha256(whole[0].content).hexdigest()
    assert whole[1].prev == whole[0].hash
    assert json.loads(whole[1].content)["prev"] == whole[0].hash


def test_the_head_of_a_chain_that_holds_is_its_last_hash(whole):
    assert verify(whole) == whole[4].hash
    assert verify([]) == FIRST


def with_content(
    old: bytes, new: bytes, *, hashed_again: bool = False
) -> Callable[[list[Entry]], list[Entry]]:
    """Change the third event, and perhaps its own hash too."""

    def tamper(entries: list[Entry]) -> list[Entry]:
        third = entries[2]
        content = third.content.replace(old, new)
        assert content != third.content
        forged = replace(third, content=content, hash=digest(content) if hashed_again else third.hash)
        return [*entries[:2], forged, *entries[3:]]

    return tamper


def inserted(entries: list[Entry]) -> list[Entry]:
    return [*entries[:2], link(entries[1].hash, 3, event("refuse", 3)), *entries[2:]]


def inserted_and_renumbered(entries: list[Entry]) -> list[Entry]:
    return [*inserted(entries)[:3], *(replace(e, seq=e.seq + 1) for e in entries[2:])]


def renumbered_after_deletion(entries: list[Entry]) -> list[Entry]:
    return [*entries[:2], *(replace(e, seq=e.seq - 1) for e in entries[3:])]


@pytest.mark.parametrize(
    ("tamper", "seq", "words"),
    [
        (with_content(b"accept", b"acceqt"), 3, "expected hash"),
        (with_content(b"accept", b"refuse", hashed_again=True), 4, "expected previous hash"),
        (with_content(b"2027-03-03", b"2027-03-02"), 3, "expected hash"),
        (with_content(b'"XB"', b'"XA"'), 3, "expected hash"),
        (lambda e: [*e[:2], replace(e[2], hash=e[3].hash), *e[3:]], 3, "expected hash"),
        (lambda e: [*e[:2], replace(e[2], prev=FIRST), *e[3:]], 3, "expected previous hash"),
        (lambda e: [*e[:2], *e[3:]], 3, "expected sequence 3, found sequence 4"),
        (renumbered_after_deletion, 3, "expected previous hash"),
        (lambda e: e[1:], 1, "expected sequence 1, found sequence 2"),
        (lambda e: [*e[:2], e[3], e[2], e[4]], 3, "expected sequence 3, found sequence 4"),
        (
            lambda e: [*e[:2], replace(e[3], seq=3), replace(e[2], seq=4), e[4]],
            *(3, "expected previous hash"),
        ),
        (inserted, 4, "expected sequence 4, found sequence 3"),
        (inserted_and_renumbered, 4, "expected previous hash"),
        (lambda e: [*e[:3], e[2], *e[3:]], 4, "expected sequence 4, found sequence 3"),
    ],
    ids=[
        *("one letter changed", "changed and hashed again", "re-timed", "re-attributed", "another hash"),
        *("another link", "deleted in the middle", "deleted and renumbered", "beginning deleted", "swapped"),
        *("swapped and renumbered", "inserted", "inserted and renumbered", "duplicated"),
    ],
)
def test_tampering_is_found_at_the_first_event_that_does_not_hold(whole, tamper, seq, words):
    with pytest.raises(Broken, match=words) as caught:
        verify(tamper(whole))
    assert caught.value.seq == seq


def test_a_tail_that_is_missing_is_found_by_the_head_kept_elsewhere_and_not_by_the_chain(whole):
    head = verify(whole[:-1])
    assert head == whole[3].hash
    assert head != whole[4].hash


def test_who_writes_the_rest_anew_is_found_by_the_head_kept_elsewhere_and_not_by_the_chain(whole):
    forged = chain(*(event(act, day) for day, act in enumerate(["submit", "refuse"], start=1)))
    assert verify(forged) != whole[1].hash


# ---- what goes out


def test_the_checkpoint_is_the_hash_of_the_heads_whatever_their_order():
    heads = ["b" * 64, "a" * 64]
    assert checkpoint(heads) == hashlib.sha256(("a" * 64 + "\n" + "b" * 64).encode()).hexdigest()
    assert checkpoint(reversed(heads)) == checkpoint(heads)
    assert checkpoint([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_an_outsider_recomputes_the_chains_from_the_exported_lines_with_ten_lines_of_python(whole):
    other = chain(event("submit", 1, request="XA-XB-0002", contents={"case": VIETNAMESE}))
    lines = [exported(e.content, e.hash) for e in (*whole, *other)]

    heads: dict[tuple[Any, Any], str] = {}
    for line in lines:
        event_ = json.loads(line)
        found = event_.pop("hash")
        text = json.dumps(event_, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        place = (event_["request"], event_["desk"])
        assert event_["prev"] == heads.get(place, "0" * 64)
        assert found == hashlib.sha256(text.encode()).hexdigest()
        heads[place] = found

    assert sorted(heads.values()) == sorted([whole[4].hash, other[0].hash])


def test_an_exported_line_is_canonical_and_ends_with_what_was_hashed_but_for_the_hash(whole):
    line = exported(whole[0].content, whole[0].hash)
    assert line == rfc8785.dumps(json.loads(line))
    assert list(json.loads(line)) == [
        *("act", "actor", "at", "contents", "desk", "exercise", "hash", "prev", "request", "seq", "status")
    ]
    assert list(read_lines([line + b"\n", b"\n"])) == [
        {**json.loads(whole[0].content), "hash": whole[0].hash}
    ]


def test_lines_are_sorted_by_instant_request_desk_and_sequence_null_first():
    def row(day: int, request: str | None, desk: str | None, seq: int) -> dict[str, Any]:
        return {"at": f"2027-03-{day:02}T08:00:00Z", "request": request, "desk": desk, "seq": seq}

    rows = [
        row(1, None, None, 9),
        row(1, None, "XA/central_authority", 1),
        row(1, None, "XB/central_authority", 1),
        row(1, "XA-XB-0001", None, 2),
        row(1, "XA-XB-0001", None, 10),
        row(1, "XA-XB-0002", None, 1),
        row(2, None, None, 1),
    ]
    shuffled = [rows[place] for place in (4, 6, 1, 5, 0, 3, 2)]
    assert sorted(shuffled, key=order) == rows
