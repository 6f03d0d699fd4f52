"""What one request does to another: the parent that it follows."""

from __future__ import annotations

import pytest

from cooperation.words import Refused
from tests.builders import Filed, Table, day, everything

ARVANIA, BORLAND, CASCADIA = "Arvania", "Borland", "Cascadia"


def preserved(exercise: Table) -> Filed:
    """Return a preservation that Borland confirmed on day 1."""
    request = exercise.desk(ARVANIA).files("preservation_expedited", to=BORLAND, on=day(0))
    borland = exercise.desk(BORLAND)
    borland.acknowledges(request, on=day(0, "10:00"))
    borland.accepts(request, on=day(0, "11:00"))
    borland.starts_execution(request, on=day(0, "12:00"))
    borland.confirms_preservation(request, on=day(1))
    return request


def test_a_follow_up_stands_on_its_parents_chain_by_the_same_seat_in_the_same_write(exercise):
    parent = preserved(exercise)

    follow_up = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(20), parent=parent)

    told = parent.row.events.get(act="record_step")
    filed = follow_up.row.events.get(act="submit")
    assert told.contents == {"step": "mla_request_received", "request": "XA-XB-0002"}
    assert (told.at, told.actor_seat) == (day(20), "XA/central_authority/1")
    assert (told.at, told.actor_seat, told.recorded_at) == (filed.at, filed.actor_seat, filed.recorded_at)


@pytest.mark.parametrize(
    ("parent_type", "child_type", "step"),
    [
        ("preservation_expedited", "mla_stored_data", "mla_request_received"),
        ("preservation_expedited", "mla_documents", "mla_request_received"),
        ("provisional_arrest", "extradition", "extradition_request_received"),
        ("law_enforcement_inquiry", "freezing_or_seizure", "formal_freeze_request_received"),
    ],
    ids=["stored data", "documents", "extradition", "formal freeze"],
)
def test_filing_a_follow_up_tells_the_parent_which_it_is(exercise, parent_type, child_type, step):
    parent = exercise.desk(ARVANIA).files(parent_type, to=BORLAND, on=day(0))

    exercise.desk(ARVANIA).files(child_type, to=BORLAND, on=day(1), parent=parent)

    assert parent.row.events.get(act="record_step").contents == {"step": step, "request": "XA-XB-0002"}


def test_a_request_for_evidence_tells_nothing_to_a_parent_that_preserves_nothing(exercise):
    parent = exercise.desk(ARVANIA).files("law_enforcement_inquiry", to=BORLAND, on=day(0))

    exercise.desk(ARVANIA).files("mla_documents", to=BORLAND, on=day(1), parent=parent)

    assert [act for act, _ in parent.acts()] == ["submit"]


def test_a_parent_that_has_ended_is_told_nothing(exercise):
    parent = exercise.desk(ARVANIA).files("preservation_expedited", to=BORLAND, on=day(0))
    exercise.desk(ARVANIA).withdraws(parent, on=day(1))

    exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(2), parent=parent)

    assert [act for act, _ in parent.acts()] == ["submit", "withdraw"]


def test_an_extension_is_told_to_the_parent_when_it_is_confirmed_and_by_whom(exercise):
    parent = preserved(exercise)
    extension = exercise.desk(ARVANIA).files("preservation_extension", to=BORLAND, on=day(10), parent=parent)
    borland = exercise.desk(BORLAND)
    borland.acknowledges(extension, on=day(11))
    borland.accepts(extension, on=day(12))
    borland.starts_execution(extension, on=day(13))
    assert [act for act, _ in parent.acts()].count("record_step") == 0

    borland.confirms_preservation(extension, on=day(14))

    told = parent.row.events.get(act="record_step")
    assert told.contents == {
        "step": "preservation_extended",
        "request": "XA-XB-0002",
        "until": "2027-06-30T21:59:59Z",  # day 121: 60 days more than day 61
    }
    assert (told.at, told.actor_seat) == (day(14), "XB/contact_point_24_7/1")


@pytest.mark.parametrize(
    ("until", "problem"),
    [
        ("2027-06-30", "has no offset"),
        ("2027-06-30T23:59:59", "has no offset"),
        ("the end of June", "not a date"),
        (7, "not a date"),
        ("2027-03-02T00:00:00Z", "cannot end before now"),
    ],
    ids=["a day", "no offset", "words", "a number", "gone by"],
)
def test_an_extension_until_no_instant_to_come_is_refused(exercise, until, problem):
    parent = preserved(exercise)
    extension = exercise.desk(ARVANIA).files("preservation_extension", to=BORLAND, on=day(10), parent=parent)
    borland = exercise.desk(BORLAND)
    borland.acknowledges(extension, on=day(11))
    borland.accepts(extension, on=day(12))
    borland.starts_execution(extension, on=day(13))

    with pytest.raises(Refused, match=problem) as refusal:
        borland.confirms_preservation(extension, on=day(14), until=until)

    assert refusal.value.reason == "bad_until"
    assert extension.status == "in_execution"


@pytest.mark.parametrize(
    ("who", "to"),
    [(BORLAND, ARVANIA), (ARVANIA, CASCADIA), (CASCADIA, BORLAND)],
    ids=["the other way round", "to a third State", "by a third State"],
)
def test_a_follow_up_joins_the_same_two_states_in_the_same_direction(exercise, who, to):
    parent = preserved(exercise)
    exercise.runs_to(day(20))
    before = everything()

    with pytest.raises(Refused, match="same two States in the same direction") as refusal:
        exercise.desk(who).files("mla_stored_data", to=to, on=day(20), parent=parent)

    assert refusal.value.reason == "other_pair"
    assert everything() == before


@pytest.mark.parametrize(
    "step",
    [
        "mla_request_received",
        "follow_up_ended",
        "preservation_extended",
        "extradition_request_received",
        "formal_freeze_request_received",
    ],
)
@pytest.mark.parametrize("who", [ARVANIA, BORLAND])
def test_what_only_another_request_brings_about_cannot_be_recorded_by_hand(exercise, who, step):
    parent = preserved(exercise)

    with pytest.raises(Refused, match=f"cannot record {step}") as refusal:
        exercise.desk(who).records(
            parent, on=day(2), step=step, request="XA-XB-0002", until="2027-12-31T00:00:00Z"
        )

    assert refusal.value.reason == "unknown_step"
    assert refusal.value.mend.startswith("it may record: ")


def test_requests_of_a_pair_are_numbered_as_they_are_submitted(exercise):
    arvania = exercise.desk(ARVANIA)
    late = arvania.drafts("mla_stored_data", to=BORLAND, on=day(0))
    early = arvania.files("mla_documents", to=BORLAND, on=day(1))
    elsewhere = arvania.files("mla_documents", to=CASCADIA, on=day(2))
    back = exercise.desk(BORLAND).files("mla_documents", to=ARVANIA, on=day(3))

    arvania.submits(late, on=day(4))

    assert [r.row.reference for r in (early, elsewhere, back, late)] == [
        "XA-XB-0001",
        "XA-XC-0001",
        "XB-XA-0001",
        "XA-XB-0002",
    ]
