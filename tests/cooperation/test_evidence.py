"""Custody as data, invented artefacts, and what a receiver finds."""

from __future__ import annotations

import pytest

from cooperation.document import BadInput
from cooperation.evidence.artefacts import NOTICE, changed, make, zone_told
from cooperation.evidence.receipts import Head, envelope, open_envelope, receipt
from cooperation.evidence.receiving import digests, wrong_with
from cooperation.evidence.rules import CATEGORIES, SOURCES, artefact_of, custody
from cooperation.rulebook import rulebook
from tests.builders import day

FORMS = ("record", "table", "log", "mail", "chat", "wallet", "image")


def recipe(form: str, **more: object) -> dict[str, object]:
    return {
        "form": form,
        "stream": [7, "XB", "keep-the-log", "item-traffic_data"],
        "title": "Traffic data",
        "identifiers": ["account 12345678"],
        "zone": "+07:00",
        "at": "2027-03-01T00:00:00Z",
        "flaw": False,
        **more,
    }


@pytest.mark.parametrize("form", FORMS)
def test_a_recipe_gives_the_same_bytes_each_time_and_they_say_exercise(form):
    made = make(recipe(form))

    assert make(recipe(form)) == made
    assert make(recipe(form, stream=[8, "XB", "keep-the-log", "item-traffic_data"])) != made
    assert NOTICE.encode() in made[:200]
    assert zone_told(made) == "+07:00"
    assert b"account 12345678" in made
    assert len(made) <= 4_096


@pytest.mark.parametrize("form", FORMS)
def test_the_flaw_is_in_the_file_that_is_said_to_have_it(form):
    assert make(recipe(form, flaw=True)) != make(recipe(form))


def test_one_changed_byte_is_one_byte():
    whole = make(recipe("log"))

    found = b"".join(changed([whole[:100], whole[100:]], len(whole)))

    assert len(found) == len(whole)
    assert sum(a != b for a, b in zip(found, whole)) == 1


SENT = {
    "sha256": digests(b"abc").sha256,
    "sha512": digests(b"abc").sha512,
    "size": 3,
    "zone": "+01:00",
    "seal": "S-1",
}
HEAD = b"# Times are local, UTC+07:00"


@pytest.mark.parametrize(
    ("announced", "content", "head", "sealed", "expected"),
    [
        (SENT, b"abc", b"", True, ()),
        (SENT, b"abd", b"", True, ("changed_file",)),
        (SENT, None, b"", True, ("missing_file",)),
        (SENT, b"abc", HEAD, True, ("wrong_zone",)),
        (SENT, b"abc", b"", False, ("unsealed_medium",)),
        ({**SENT, "seal": ""}, b"abc", b"", False, ()),
        (SENT, b"abd", HEAD, False, ("changed_file", "wrong_zone", "unsealed_medium")),
    ],
    ids=["all agrees", "another byte", "no file", "another zone", "no seal", "never sealed", "all at once"],
)
def test_a_receiver_finds_what_is_wrong(announced, content, head, sealed, expected):
    found = None if content is None else digests(content)

    assert wrong_with(announced, found, head=head, sealed=sealed) == expected


def test_every_step_and_break_names_its_source():
    rules = custody()

    assert set(rules.steps) >= {
        *(
            "identified",
            "preserved",
            "collected",
            "acquired",
            "examined",
            "sealed",
            "transmitted",
            "received",
        ),
        *("verified", "returned", "destroyed", "read"),
    }
    assert all(step.source and step.chain in ("desk", "request") for step in rules.steps.values())
    assert set(rules.breaks) == {"changed_file", "missing_file", "wrong_zone", "unsealed_medium"}
    assert set(rules.conditions) == {"purpose", "onward_transfer", "confidential", "delete_by"}


def test_every_word_of_what_a_request_returns_has_a_form():
    words = {word for kind in rulebook().types.values() for word in kind.evidence_returned}

    assert len(words) > 30
    for word in words:
        form = artefact_of(word)
        assert form.form in FORMS
        assert form.category in CATEGORIES
        assert form.source in SOURCES


def test_a_receipt_opens_as_it_was_written_and_nothing_else_does():
    body = receipt(
        exercise="two-desks/7",
        request="XA-XB-0001",
        desk="XA/central_authority",
        at=day(3),
        head=Head("XA-XB-0001", 9, "ab" * 32),
        items=[{"item": "XA-XB-0001/XB-1", "sha256": "cd" * 32, "size": 3}],
    )

    opened = open_envelope(envelope(body, "11" * 64, "22" * 32), "receipt.json")

    assert opened.body == body
    assert opened.said["heads"] == {"XA-XB-0001": [9, "ab" * 32]}
    for content in (b"", b"[]", b"{}", b'{"schema":"comity.signed/1","signed":"{}"}', b"[" * 100_000):
        with pytest.raises(BadInput):
            open_envelope(content, "receipt.json")
