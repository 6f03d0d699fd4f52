"""The one door: what it refuses changes nothing, and a person's act happens once, at the present."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from cooperation.words import Refused
from requests_app.agenda.advance import locked
from requests_app.agenda.present import at_present
from requests_app.workflow import door
from requests_app.workflow.models import Event
from requests_app.workflow.records import authority_of
from requests_app.workflow.verify import failures
from tests.builders import Filed, Table, counted, day, everything, seated

ARVANIA, BORLAND, CASCADIA = "Arvania", "Borland", "Cascadia"
STATEMENTS_AT_MOST = 20
TOMORROW = day(1)


def acknowledged(exercise: Table, request_type: str = "mla_stored_data") -> Filed:
    """Return a request that Arvania filed on day 0 and Borland acknowledged on day 1."""
    request = exercise.desk(ARVANIA).files(request_type, to=BORLAND, on=day(0))
    exercise.desk(BORLAND).acknowledges(request, on=day(1))
    return request


# -- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "act", "contents", "reason"),
    [
        (BORLAND, "transmit", {}, "wrong_status"),
        (BORLAND, "acknowledge", {}, "wrong_status"),
        (ARVANIA, "accept", {}, "wrong_side"),
        (BORLAND, "withdraw", {}, "wrong_side"),
        (BORLAND, "lapse", {}, "wrong_type"),
        (BORLAND, "applaud", {}, "unknown_act"),
        (BORLAND, "confirm_preservation", {}, "wrong_type"),
        (BORLAND, "refuse", {"ground": "form"}, "missing_contents"),
        (BORLAND, "refuse", {"ground": "bad_weather", "reasons": "rain"}, "unknown_ground"),
        (BORLAND, "refuse", {"ground": ["form"], "reasons": "rain"}, "unknown_ground"),
        (BORLAND, "refuse", {"ground": "bank_secrecy", "reasons": "ours"}, "ground_never_sufficient"),
        (BORLAND, "refuse", {"ground": "fiscal", "reasons": "taxes"}, "ground_never_sufficient"),
        (BORLAND, "ask_for_information", {"questions": []}, "missing_contents"),
        (BORLAND, "forward", {}, "missing_contents"),
        (BORLAND, "forward", {"to_authority": "central_authority"}, "unknown_authority"),
        (BORLAND, "forward", {"to_authority": "ministry_of_silence"}, "unknown_authority"),
        (BORLAND, "record_step", {"step": "applause"}, "unknown_step"),
        (BORLAND, "record_step", {"step": "emergency_declared"}, "unknown_step"),
        (ARVANIA, "record_step", {"step": "freeze_effected"}, "unknown_step"),
        (ARVANIA, "confirm_in_writing", {}, "not_oral"),
        (BORLAND, "accept", {"share": 0.5}, "unwritable_contents"),
        (BORLAND, "accept", {"shares": [{"of": float("nan")}]}, "unwritable_contents"),
        (BORLAND, "accept", {"number": 2**53}, "unwritable_contents"),
        (BORLAND, "accept", {"note": "\ud800"}, "unwritable_contents"),
        (BORLAND, "accept", {"note": b"bytes"}, "unwritable_contents"),
    ],
    ids=[
        "not yet executed",
        "acknowledged already",
        "only the State asked accepts",
        "only the State that asks withdraws",
        "a request for evidence does not lapse",
        "no such act",
        "no preservation",
        "refused without reasons",
        "refused on no ground of the book",
        "refused on a list of grounds",
        "refused for bank secrecy",
        "refused as fiscal",
        "asked nothing",
        "forwarded to nobody",
        "forwarded to itself",
        "forwarded to no authority",
        "no such step",
        "the other side's step",
        "not this side's step",
        "never oral",
        "a fraction",
        "no number, deep inside",
        "a number too large",
        "half a letter",
        "bytes",
    ],
)
def test_what_is_refused_changes_nothing(exercise, who, act, contents, reason):
    request = acknowledged(exercise)
    exercise.runs_to(day(2))
    before = everything()

    refusal = exercise.desk(who).is_refused(act, request, on=day(2), **contents)

    assert refusal.reason == reason
    assert everything() == before


@pytest.mark.parametrize("act", ["acknowledge", "forward", "return_misdirected", "report_status"])
def test_borland_may_do_nothing_while_a_request_is_on_its_way(every_exercise_holds, act):
    exercise = seated(transit="5h")
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    exercise.runs_to(day(0, "13:59:59"))
    before = everything()

    refusal = exercise.desk(BORLAND).is_refused(
        act, request, on=day(0, "13:59:59"), to_authority="law_enforcement"
    )

    assert refusal.reason == "not_received"
    assert everything() == before


def test_borland_may_act_from_the_second_of_receipt(every_exercise_holds):
    exercise = seated(transit="5h")
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    exercise.desk(BORLAND).acknowledges(request, on=day(0, "14:00"))

    assert request.status == "acknowledged"


def test_arvania_may_withdraw_what_is_still_on_its_way(every_exercise_holds):
    exercise = seated(transit="5h")
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    exercise.desk(ARVANIA).withdraws(request, on=day(0, "10:00"))
    exercise.runs_to(day(10))

    assert request.status == "withdrawn"


def test_a_preservation_is_not_closed_while_the_data_waits_for_its_follow_up(exercise):
    request = acknowledged(exercise, "preservation_expedited")
    exercise.desk(BORLAND).accepts(request, on=day(1, "10:00"))
    exercise.desk(BORLAND).starts_execution(request, on=day(1, "11:00"))
    exercise.desk(BORLAND).confirms_preservation(request, on=day(1, "12:00"))

    refusal = exercise.desk(ARVANIA).is_refused("close", request, on=day(2))

    assert (refusal.reason, refusal.article) == ("keep_open", "42(8)")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"request_type": "love_letter"}, "unknown_type"),
        ({"receiver": ("XA", "law_enforcement")}, "same_state"),
        ({"contents": {"value": 1.5}}, "unwritable_contents"),
        ({"contents": {"facts": {"when": day(0)}}}, "unwritable_contents"),
    ],
    ids=["no such type", "to itself", "a fraction", "an instant that is not text"],
)
def test_a_draft_that_is_refused_changes_nothing(exercise, said, reason):
    exercise.runs_to(day(0))
    before = everything()

    with exercise.present(day(0)) as batch:
        state, kind = said.get("receiver", ("XB", "central_authority"))
        with pytest.raises(Refused) as refusal:
            door.draft(
                batch,
                request_type=said.get("request_type", "mla_stored_data"),
                sender=authority_of(batch, "XA", "central_authority"),
                receiver=authority_of(batch, state, kind),
                contents=said.get("contents", {}),
            )

    assert refusal.value.reason == reason
    assert everything() == before


# -- one act of a person ---------------------------------------------------------------------------------


@pytest.fixture
def live(exercise: Table) -> Table:
    """An exercise whose clock runs as fast as the wall's, from day zero."""
    exercise.clock_runs()
    return exercise


def acts(
    exercise: Table,
    request: Filed,
    act: str = "acknowledge",
    *,
    by: str = BORLAND,
    version: int = 1,
    key: str = "first",
    now: datetime = TOMORROW,
    **contents: object,
) -> Event:
    """Let a person at the desk of a State act."""
    seat = exercise.seat(by)
    return door.act(request.key, by=seat, act=act, contents=contents, version=version, key=key, now=now)


def test_a_persons_act_happens_at_the_present_of_the_exercise(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    event = acts(live, request, now=day(1))

    assert (event.at, event.actor_seat) == (day(1), "XB/central_authority/1")
    assert (request.status, request.row.version) == ("acknowledged", 2)


def test_a_persons_act_counts_whole_seconds(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    event = acts(live, request, now=day(1) + timedelta(microseconds=999_999))

    assert event.at == day(1)
    assert request.stages()[0][2] == day(1)


def test_a_persons_act_is_never_earlier_than_what_has_been_performed(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    live.runs_to(day(10))

    event = acts(live, request, now=day(5))

    assert event.at == day(10)


def test_an_exercise_without_a_running_clock_stands_where_it_is(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(3))

    event = acts(exercise, request, now=day(100))

    assert event.at == day(3)


def test_what_was_due_before_a_persons_act_has_happened_before_it(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    acts(live, request, now=day(40))

    assert request.deadlines() == {
        "td_mla_ack": "missed",
        "td_decision": "missed",
        "td_admissibility": "running",
    }
    assert live.row.__class__.objects.get(pk=live.row.pk).advanced_to == day(40)


def test_a_stale_version_is_refused_and_changes_nothing(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    acts(live, request, key="first")
    before = everything()

    with pytest.raises(Refused, match="something was done on it since") as refusal:
        acts(live, request, "accept", key="second", version=1)

    assert refusal.value.reason == "stale_version"
    assert everything() == before


def test_the_same_key_gets_the_same_answer_once(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    first = acts(live, request, key="first", version=1, now=day(1))
    before = Event.objects.count()

    again = acts(live, request, key="first", version=1, now=day(2))

    assert (again.request_id, again.seq, again.hash) == (first.request_id, first.seq, first.hash)
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("act", "contents"),
    [("accept", {}), ("acknowledge", {"note": "another"})],
    ids=["another act", "other contents"],
)
def test_a_key_is_not_used_for_two_things(live, act, contents):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    acts(live, request, key="first")
    before = everything()

    with pytest.raises(Refused) as refusal:
        acts(live, request, act, key="first", version=2, **contents)

    assert refusal.value.reason == "key_reused"
    assert everything() == before


def test_a_key_belongs_to_one_seat(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    acts(live, request, by=BORLAND, key="first")

    acts(live, request, "withdraw", by=ARVANIA, key="first", version=2)

    assert request.status == "withdrawn"


def test_a_refused_act_leaves_its_key_free(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    with pytest.raises(Refused):
        acts(live, request, "transmit", key="first")

    acts(live, request, "acknowledge", key="first")

    assert request.status == "acknowledged"


def test_a_third_state_finds_no_such_request(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    with pytest.raises(Refused) as refusal:
        acts(live, request, by=CASCADIA)

    assert refusal.value.reason == "not_found"


def test_a_request_that_is_not_there_is_not_found(live):
    with pytest.raises(Refused) as refusal:
        acts(live, Filed(live, uuid.uuid4()))

    assert refusal.value.reason == "not_found"


def test_a_request_of_another_exercise_is_not_found(live):
    other = seated()
    request = other.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    with pytest.raises(Refused) as refusal:
        acts(live, request)

    assert refusal.value.reason == "not_found"
    assert request.status == "sent"


@pytest.mark.parametrize(
    "contents", [{"share": 0.5}, {"note": "\udfff"}], ids=["a fraction", "half a letter"]
)
def test_what_a_person_says_must_be_writable(live, contents):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    with pytest.raises(Refused) as refusal:
        acts(live, request, **contents)

    assert refusal.value.reason == "unwritable_contents"


def test_one_live_act_takes_at_most_20_statements(live):
    request = live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    seat = live.seat(BORLAND)
    live.runs_to(day(0, "23:00"))

    with counted() as statements:
        door.act(request.key, by=seat, act="acknowledge", contents={}, version=1, key="first", now=day(1))

    assert len(statements) <= STATEMENTS_AT_MOST, "\n".join(["", *statements])


def test_a_live_act_that_changes_another_request_takes_at_most_20_statements(live):
    parent = acknowledged(live, "preservation_expedited")
    live.desk(BORLAND).accepts(parent, on=day(1, "10:00"))
    live.desk(BORLAND).starts_execution(parent, on=day(1, "11:00"))
    live.desk(BORLAND).confirms_preservation(parent, on=day(1, "12:00"))
    follow_up = live.desk(ARVANIA).drafts("mla_stored_data", to=BORLAND, on=day(2), parent=parent)
    seat = live.seat(ARVANIA)
    live.runs_to(day(2, "23:00"))

    with counted() as statements:
        door.act(follow_up.key, by=seat, act="submit", contents={}, version=0, key="first", now=day(3))

    assert parent.row.followed_up
    assert len(statements) <= STATEMENTS_AT_MOST, "\n".join(["", *statements])


def test_a_person_is_told_when_the_exercise_is_too_far_behind(live):
    for number in range(4):
        live.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0, f"09:0{number}"))
    with live.present(day(1)) as batch:
        for number in range(120):
            batch.put("follow", f"old-{number}", day(2), rank=20, payload={"act": "none", "by": "clock"})
    live.row.agenda.filter(key__startswith="old-").update(request_id=live.row.requests.first().pk)

    with pytest.raises(Refused) as refusal, at_present(live.row.pk, day(3), backlog_at_most_s=0):
        raise AssertionError("nothing is given")

    assert refusal.value.reason == "catching_up"
    with at_present(live.row.pk, day(3), backlog_at_most_s=60) as batch:
        assert batch.at == day(3)


def test_a_person_waits_for_others_no_longer_than_asked_for(transactional_db, every_exercise_holds):
    key = seated().row.pk
    is_held, is_told = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with transaction.atomic():
                locked(key)
                is_held.set()
                is_told.wait(30)
        finally:
            connection.close()

    holder = threading.Thread(target=other)
    holder.start()
    is_held.wait(30)
    try:
        with pytest.raises(Refused) as refusal, at_present(key, day(1), backlog_at_most_s=0):
            raise AssertionError("nothing is given")
    finally:
        is_told.set()
        holder.join()

    assert refusal.value.reason == "catching_up"
    with at_present(key, day(1)) as batch:
        assert batch.exercise.pk == key


def test_of_two_persons_who_act_at_once_on_one_version_one_is_told_to_look_again(
    transactional_db, every_exercise_holds
):
    exercise = seated()
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    seat = exercise.seat(BORLAND)
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def person(key: str) -> None:
        try:
            together.wait()
            door.act(request.key, by=seat, act="acknowledge", contents={}, version=1, key=key, now=day(1))
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.reason)
        finally:
            connection.close()

    people = [threading.Thread(target=person, args=(key,)) for key in ("first", "second")]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()

    assert sorted(outcomes) == ["done", "stale_version"]
    assert list(failures(exercise.row)) == []
