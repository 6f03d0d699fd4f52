"""Whatever is changed behind the door's back is found, and named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from cooperation.eventlog import canonical, digest
from requests_app.agenda.models import AgendaItem
from requests_app.exercises.removal import remove
from requests_app.workflow.models import AssistanceRequest, Deadline, Event, Interval, Suspension
from requests_app.workflow.one_instant import one_instant
from requests_app.workflow.verify import failures
from requests_app.world.models import Authority, Exercise
from tests.builders import Table, day, seated, shell, without_guard

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
FIRST = "XA-XB-0001"


@pytest.fixture
def played(exercise: Table) -> Table:
    """An exercise with two requests; on the first a question was asked and answered, five events in all."""
    arvania, borland = exercise.desk("Arvania"), exercise.desk("Borland")
    request = arvania.files("mla_stored_data", to="Borland", on=day(0))
    borland.acknowledges(request, on=day(1))
    borland.asks_for_information(request, on=day(2))
    arvania.provides_information(request, on=day(5))
    borland.accepts(request, on=day(6))
    other = arvania.files("preservation_expedited", to="Borland", on=day(7))
    borland.acknowledges(other, on=day(8))
    exercise.runs_to(day(40))
    return exercise


def events(seq: int) -> Any:
    return Event.objects.filter(request__reference=FIRST, seq=seq)


def change(seq: int, /, **columns: Any) -> None:
    assert events(seq).update(**columns) == 1


def change_one_byte() -> None:
    content = bytes(events(2).get().content)
    change(2, content=content.replace(b'"act":"acknowledge"', b'"act":"acknowledgf"'))


def delete(*seqs: int) -> None:
    Event.objects.filter(request__reference=FIRST, seq__in=seqs)._raw_delete("default")


def swap() -> None:
    change(2, seq=99)
    change(3, seq=2)
    change(99, seq=3)


def insert_in_the_middle() -> None:
    for seq in (5, 4, 3):
        change(seq, seq=seq + 1)
    event = events(2).get()
    event.pk, event.seq = None, 3
    event.save(force_insert=True)


def duplicate_the_last() -> None:
    event = events(5).get()
    event.pk, event.seq = None, 6
    event.save(force_insert=True)


def relink(event: Event, **said: Any) -> str:
    """Store other facts in an event, with bytes and a hash that fit; return the hash."""
    import json

    content = canonical({**json.loads(bytes(event.content)), **said})
    Event.objects.filter(pk=event.pk).update(content=content, hash=digest(content))
    return digest(content)


def retime_the_last() -> None:
    relink(events(5).get(), at="2027-03-08T09:00:00Z")
    change(5, at=day(7))


def retime_the_last_and_its_head() -> None:
    head = relink(events(5).get(), at="2027-03-08T09:00:00Z")
    change(5, at=day(7))
    AssistanceRequest.objects.filter(reference=FIRST).update(chain_head=head)


def reattribute_the_middle() -> None:
    actor = {"state": "XC", "authority": "central_authority", "seat": "XC/central_authority/1"}
    relink(events(2).get(), actor=actor)
    change(2, actor_state="XC", actor_authority="central_authority", actor_seat="XC/central_authority/1")


def write_rubbish(content: bytes) -> None:
    change(5, content=content, hash=digest(content))
    AssistanceRequest.objects.filter(reference=FIRST).update(chain_head=digest(content))


def move_to_the_other_request() -> None:
    other = AssistanceRequest.objects.get(reference="XA-XB-0002")
    change(5, request=other, seq=3)


IN_THE_LOG: dict[str, tuple[Callable[[], None], str]] = {
    "one byte": (change_one_byte, f"{FIRST}, event 2: expected hash "),
    "the act": (lambda: change(2, act="accept"), f"{FIRST}, event 2, act: expected 'acknowledge'"),
    "the instant": (lambda: change(2, at=day(1, "09:00:01")), f"{FIRST}, event 2, at: expected "),
    "the contents": (lambda: change(3, contents={"questions": []}), f"{FIRST}, event 3, contents: "),
    "the status": (lambda: change(4, status="closed"), f"{FIRST}, event 4, status: expected "),
    "the State": (lambda: change(2, actor_state="XA"), f"{FIRST}, event 2, actor: expected "),
    "the authority": (lambda: change(2, actor_authority="cert"), f"{FIRST}, event 2, actor: expected "),
    "the seat": (lambda: change(2, actor_seat=""), f"{FIRST}, event 2, actor: expected "),
    "the hash before": (lambda: change(3, prev="0" * 64), f"{FIRST}, event 3: expected previous hash "),
    "the hash": (lambda: change(3, hash="f" * 64), f"{FIRST}, event 3: expected hash ffff"),
    "the number": (lambda: change(5, seq=7), f"{FIRST}, event 5: expected sequence 5, found sequence 7"),
    "the desk": (
        lambda: change(2, desk="XA/central_authority"),
        f"{FIRST}, event 2: expected sequence 2, found sequence 3",
    ),
    "the first deleted": (lambda: delete(1), f"{FIRST}, event 1: expected sequence 1, found sequence 2"),
    "one in the middle deleted": (
        lambda: delete(3),
        f"{FIRST}, event 3: expected sequence 3, found sequence 4",
    ),
    "the last deleted": (lambda: delete(5), f"{FIRST}: expected 5 events, head "),
    "the last two deleted": (lambda: delete(4, 5), f"{FIRST}: expected 5 events, head "),
    "all deleted": (lambda: delete(1, 2, 3, 4, 5), f"{FIRST}: expected 5 events, head "),
    "two swapped": (swap, f"{FIRST}, event 2: expected previous hash "),
    "one inserted": (insert_in_the_middle, f"{FIRST}, event 3: expected previous hash "),
    "one duplicated": (duplicate_the_last, f"{FIRST}, event 6: expected previous hash "),
    "one moved to another chain": (move_to_the_other_request, "XA-XB-0002, event 3: expected previous hash "),
    "the last at another instant": (retime_the_last, f"{FIRST}: expected 5 events, head "),
    "the last at another instant, with its head": (
        retime_the_last_and_its_head,
        f"{FIRST}, intervals: expected ",
    ),
    "one by somebody else": (reattribute_the_middle, f"{FIRST}, event 3: expected previous hash "),
    "bytes that are no JSON": (
        lambda: write_rubbish(b"\xff\x00"),
        f"{FIRST}, event 5, content: expected 'an",
    ),
    "bytes that are no event": (lambda: write_rubbish(b"[1]"), f"{FIRST}, event 5, content: expected 'an"),
}


@pytest.mark.harmed
@pytest.mark.parametrize(("harm", "place"), IN_THE_LOG.values(), ids=IN_THE_LOG)
def test_what_is_changed_in_the_log_is_found_and_named(played, harm, place):
    without_guard()
    harm()

    ran = shell("verify", "two-desks-7")

    assert ran.code == 1
    assert any(line.startswith(f"two-desks-7: {place}") for line in ran.said), ran.said
    assert "holds" not in "".join(ran.said)


def requests() -> Any:
    return AssistanceRequest.objects.filter(reference=FIRST)


def intervals(stage: str) -> Any:
    return Interval.objects.filter(request__reference=FIRST, stage=stage)


def deadlines(rule: str) -> Any:
    return Deadline.objects.filter(request__reference=FIRST, rule=rule)


def add_an_interval() -> None:
    Interval.objects.create(request=requests().get(), stage="confirm", opened_at=day(9))


IN_THE_ROWS: dict[str, tuple[Callable[[], Any], str]] = {
    "its status": (lambda: requests().update(status="closed"), f"{FIRST}, status: expected "),
    "whether it was followed up": (lambda: requests().update(followed_up=True), f"{FIRST}, status: "),
    "its type": (lambda: requests().update(request_type="extradition"), f"{FIRST}, request_type: expected "),
    "when it was received": (lambda: requests().update(received_at=day(1)), f"{FIRST}, received_at: "),
    "who asked": (lambda: requests().update(requesting_kind="cert"), f"{FIRST}, from: expected "),
    "its version": (lambda: requests().update(version=4), f"{FIRST}: expected 4 events, head "),
    "its head": (lambda: requests().update(chain_head="0" * 64), f"{FIRST}: expected 5 events, head 0000"),
    "its name": (lambda: requests().update(reference="XA-XB-0007"), "XA-XB-0007, event 1, request: "),
    "a stage closed earlier": (
        lambda: intervals("decide").update(closed_at=day(5)),
        f"{FIRST}, intervals: expected ",
    ),
    "a stage opened later": (lambda: intervals("whole").update(opened_at=day(1)), f"{FIRST}, intervals: "),
    "a stage suspended longer": (
        lambda: intervals("decide").update(suspended_seconds=9),
        f"{FIRST}, intervals: ",
    ),
    "a stage's outcome": (lambda: intervals("whole").update(outcome="answered"), f"{FIRST}, intervals: "),
    "a stage gone": (lambda: intervals("inform").delete(), f"{FIRST}, intervals: expected "),
    "a stage more": (add_an_interval, f"{FIRST}, intervals: expected "),
    "when a stage was due": (
        lambda: intervals("decide").update(due_at=day(90)),
        f"{FIRST}, interval decide: expected due ",
    ),
    "when a deadline was due": (
        lambda: deadlines("td_decision").update(due_at=day(90)),
        f"{FIRST}, deadline td_decision: expected due ",
    ),
    "a deadline's budget": (
        lambda: deadlines("td_decision").update(amount=60),
        f"{FIRST}, deadline td_decision: expected due ",
    ),
    "a deadline's budget, whatever date is put with it": (
        lambda: deadlines("td_decision").update(amount=60, due_at=day(60)),
        f"{FIRST}, deadline td_decision: expected 30 days, found 60 days",
    ),
    "a deadline's unit": (
        lambda: deadlines("td_decision").update(unit="fortnights"),
        f"{FIRST}, deadline td_decision: expected due nowhere",
    ),
    "a deadline's calendar": (
        lambda: deadlines("td_mla_ack").update(calendar="QQ"),
        f"{FIRST}, deadline td_mla_ack: expected due nowhere",
    ),
    "a deadline's suspensions": (
        lambda: Suspension.objects.all()[:1].get().delete(),
        f"{FIRST}, deadline ",
    ),
    "a deadline's rule": (
        lambda: deadlines("td_decision").update(rule="td_applause"),
        f"{FIRST}, deadline td_applause: expected a rule for mla_stored_data",
    ),
    "a missed deadline made met": (
        lambda: Deadline.objects.filter(rule="td_preserve").update(status="met"),
        "XA-XB-0002, deadline td_preserve: expected missed, found met",
    ),
    "a met deadline made missed": (
        lambda: deadlines("td_mla_ack").update(status="missed"),
        f"{FIRST}, deadline td_mla_ack: expected met, found missed",
    ),
    "a desk's head": (
        lambda: Authority.objects.filter(state__code="XA", kind="central_authority").update(chain_seq=2),
        "XA/central_authority: expected 2 events, head ",
    ),
    "control's head": (
        lambda: Exercise.objects.update(chain_head="0" * 64),
        "control: expected 1 events, head 0000",
    ),
    "the seed": (lambda: Exercise.objects.update(seed=8), f"{FIRST}, event 1, exercise: expected "),
    "a row on the agenda performed in secret": (
        lambda: AgendaItem.objects.filter(key="end").update(status="done"),
        "agenda end: expected nothing performed before its time",
    ),
    "a row on the agenda left open": (
        lambda: AgendaItem.objects.filter(status="done", kind="expire").update(status="open"),
        "agenda expire/",
    ),
    "a row on the agenda set aside": (
        lambda: AgendaItem.objects.filter(key="end").update(status="set_aside", error="too late"),
        "agenda end: expected performed, found set aside: too late",
    ),
}


@pytest.mark.harmed
@pytest.mark.parametrize(("harm", "place"), IN_THE_ROWS.values(), ids=IN_THE_ROWS)
def test_what_is_changed_in_the_rows_is_found_and_named(played, harm, place):
    harm()

    ran = shell("verify", "two-desks-7")

    assert ran.code == 1
    assert any(line.startswith(f"two-desks-7: {place}") for line in ran.said), ran.said


@pytest.mark.harmed
@pytest.mark.parametrize(
    ("desk", "place"),
    [("XA/central_authority", "XA/central_authority, event 1: "), ("", "control, event 1: ")],
    ids=["a desk", "control"],
)
def test_a_byte_changed_on_another_chain_is_found_too(played, desk, place):
    without_guard()
    event = Event.objects.get(request=None, desk=desk)
    Event.objects.filter(pk=event.pk).update(content=bytes(event.content).replace(b"2027", b"2028"))

    ran = shell("verify")

    assert ran.code == 1
    assert ran.said[0].startswith(f"two-desks-7: {place}expected hash ")


@pytest.mark.harmed
def test_a_deleted_desk_is_missed(played):
    without_guard()
    Event.objects.filter(desk="XA/central_authority")._raw_delete("default")

    ran = shell("verify")

    assert ran.code == 1
    assert ran.said[0].startswith("two-desks-7: XA/central_authority: expected 1 events, head ")


# -- the command -----------------------------------------------------------------------------------------


def test_an_unharmed_exercise_holds(played):
    ran = shell("verify", "two-desks-7")

    assert ran.code == 0
    assert ran.out == ""
    assert len(ran.said) == 1
    assert ran.said[0].startswith("two-desks-7 holds; checkpoint ")


def test_without_a_handle_every_exercise_is_verified(played):
    seated()

    ran = shell("verify")

    assert ran.code == 0
    assert [line.split()[0] for line in ran.said] == ["two-desks-7", "two-desks-7-2"]


@pytest.mark.harmed
def test_one_exercise_that_does_not_hold_is_enough(played):
    seated()
    Deadline.objects.filter(rule="td_decision").update(due_at=day(90) + timedelta(seconds=1))

    ran = shell("verify")

    assert ran.code == 1
    assert ran.said[-1].startswith("two-desks-7-2 holds; ")


def test_an_unknown_handle_is_one_line_that_names_those_that_exist(played):
    ran = shell("verify", "two-desks-8")

    assert (ran.code, ran.out) == (2, "")
    assert ran.said == ["two-desks-8: there is no exercise with this handle (known: two-desks-7)"]


def test_where_nothing_was_played_nothing_is_wrong(played):
    remove(played.row)

    ran = shell("verify")

    assert (ran.code, ran.said) == (0, ["there is no exercise yet"])


def test_an_exercise_that_runs_is_verified_as_of_one_instant(transactional_db, every_exercise_holds):
    key = seated().row.pk

    def act() -> None:
        Exercise.objects.filter(pk=key).update(agenda_seq=99)
        connection.close()

    with one_instant():
        before = Exercise.objects.get(pk=key).agenda_seq
        other = threading.Thread(target=act)
        other.start()
        other.join()
        assert Exercise.objects.get(pk=key).agenda_seq == before != 99

    assert Exercise.objects.get(pk=key).agenda_seq == 99


@pytest.mark.parametrize("scenario", ["early-warning", "phishing-kit-author"])
def test_much_evidence_is_verified_with_as_few_queries_as_little(scenario, django_assert_num_queries):
    shell("run_exercise", scenario, "--seed", "7")
    exercise = Exercise.objects.get()

    with django_assert_num_queries(16):
        assert list(failures(exercise)) == []
