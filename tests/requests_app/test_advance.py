"""The agenda performed: in order, once, in batches of any size, whatever goes wrong in one row."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.lifecycle import permitted_acts
from cooperation.rulebook import rulebook
from requests_app.agenda.advance import KINDS, Kind, advance
from requests_app.agenda.batch import Batch
from requests_app.agenda.models import AgendaItem
from requests_app.exercises.account import log_lines
from requests_app.exercises.run import play
from requests_app.workflow.log import append_to_exercise
from requests_app.workflow.models import Event
from requests_app.workflow.records import open_intervals, request_of
from requests_app.workflow.verify import checkpoint_of, failures
from requests_app.world.models import Exercise
from tests.builders import DEEDS, Table, busy_scenario, counted, day, everything, made, seated

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
STATEMENTS_AN_EVENT_AT_MOST = 0.3


def note(batch: Batch, row: AgendaItem) -> None:
    """Write the row's key on control's chain."""
    append_to_exercise(batch, "note", {"key": row.key})


def fail(batch: Batch, row: AgendaItem) -> None:
    """Change something, then fail."""
    note(batch, row)
    raise ValueError("the sun went out")


def clash(batch: Batch, row: AgendaItem) -> None:
    """Put a row whose key is there already: only the write finds out."""
    note(batch, row)
    batch.put("note", "taken", batch.at, rank=1)


def again(batch: Batch, row: AgendaItem) -> None:
    """Put itself again, at once, for ever."""
    number = row.payload["number"] + 1
    batch.put("again", f"again-{number}", batch.at, rank=1, payload={"number": number})


def chain(batch: Batch, row: AgendaItem) -> None:
    """Put what follows: something now, something later."""
    note(batch, row)
    batch.put("note", f"{row.key} now", batch.at, rank=0)
    batch.put("note", f"{row.key} later", batch.at + timedelta(hours=1), rank=0)


@pytest.fixture
def agenda(exercise: Table, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put rows on the agenda, given as (kind, key, instant, rank)."""
    for perform in (note, fail, clash, again, chain):
        monkeypatch.setitem(KINDS, perform.__name__, Kind(perform, lambda batch, rows: None))

    def put(*rows: tuple[str, str, datetime, int]) -> None:
        with exercise.present(day(0)) as batch:
            for kind, key, at, rank in rows:
                batch.put(kind, key, at, rank=rank, payload={"number": 1})

    return put


def noted(exercise: Table) -> list[tuple[datetime, str]]:
    events = Event.objects.filter(exercise=exercise.row, act="note").order_by("seq")
    return [(event.at, event.contents["key"]) for event in events]


def statuses(exercise: Table, *keys: str) -> dict[str, tuple[str, str]]:
    rows = AgendaItem.objects.filter(exercise=exercise.row, key__in=keys)
    return {row.key: (row.status, row.error) for row in rows}


def advanced_to(exercise: Table) -> datetime:
    return Exercise.objects.get(pk=exercise.row.pk).advanced_to


# -- order -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows_at_most", [1, 2, 3, 200])
def test_rows_are_performed_by_instant_then_rank_then_insertion(exercise, agenda, rows_at_most):
    agenda(
        ("note", "third", day(2), 5),
        ("note", "fourth", day(2), 5),
        ("note", "fifth", day(3), 0),
        ("note", "first", day(1), 9),
        ("note", "second", day(2), 4),
    )

    exercise.runs_to(day(9), rows_at_most=rows_at_most)

    assert noted(exercise) == [
        (day(1), "first"),
        (day(2), "second"),
        (day(2), "third"),
        (day(2), "fourth"),
        (day(3), "fifth"),
    ]


@pytest.mark.parametrize("rows_at_most", [1, 2, 3, 200])
def test_rows_put_on_the_way_join_in_their_place(exercise, agenda, rows_at_most):
    agenda(
        ("chain", "a", day(1), 5),
        ("note", "b", day(1), 6),
        ("note", "c", day(1, "09:30"), 0),
        ("note", "d", day(2), 0),
    )

    exercise.runs_to(day(9), rows_at_most=rows_at_most)

    assert noted(exercise) == [
        (day(1), "a"),
        (day(1), "a now"),
        (day(1), "b"),
        (day(1, "09:30"), "c"),
        (day(1, "10:00"), "a later"),
        (day(2), "d"),
    ]


def test_more_is_due_until_all_is_performed(exercise, agenda):
    agenda(*[("note", f"row {number}", day(1), 0) for number in range(7)])

    assert [advance(exercise.row.pk, day(2), 3) for _ in range(3)] == [True, True, False]
    assert len(noted(exercise)) == 7
    assert advanced_to(exercise) == day(2)


def test_what_is_not_yet_due_stays_open(exercise, agenda):
    agenda(("note", "now", day(1), 0), ("note", "a second later", day(1, "09:00:01"), 0))

    exercise.runs_to(day(1))

    assert noted(exercise) == [(day(1), "now")]
    assert statuses(exercise, "a second later") == {"a second later": ("open", "")}


def test_an_exercise_does_not_go_back(exercise, agenda):
    agenda(("note", "now", day(1), 0))
    exercise.runs_to(day(5))

    assert advance(exercise.row.pk, day(2)) is False

    assert advanced_to(exercise) == day(5)


def test_nothing_may_be_put_before_what_has_been_performed(exercise, agenda):
    exercise.runs_to(day(5))
    with exercise.present(day(5)) as batch:
        batch.put("note", "late", day(1), rank=0)

    exercise.runs_to(day(6))

    assert noted(exercise) == [(day(5), "late")]


def test_there_is_no_exercise_to_advance():
    with pytest.raises(Exercise.DoesNotExist):
        advance(uuid.uuid4(), day(1))


# -- once ------------------------------------------------------------------------------------------------


def test_nothing_fires_twice(exercise, agenda):
    agenda(("note", "once", day(1), 0))
    exercise.runs_to(day(2))
    exercise.runs_to(day(3))

    with pytest.raises(IntegrityError), transaction.atomic():
        agenda(("note", "once", day(4), 0))
    exercise.runs_to(day(5))

    assert noted(exercise) == [(day(1), "once")]


def test_a_row_that_was_dropped_does_not_fire(exercise, agenda):
    agenda(("note", "dropped", day(2), 0))
    with exercise.present(day(1)) as batch:
        batch.drop("dropped")
        batch.put("note", "dropped at once", day(2), rank=0)
        batch.drop("dropped at once")

    exercise.runs_to(day(3))

    assert noted(exercise) == []
    assert statuses(exercise, "dropped", "dropped at once") == {
        "dropped": ("dropped", ""),
        "dropped at once": ("dropped", ""),
    }


# -- what goes wrong -------------------------------------------------------------------------------------


@pytest.mark.harmed
@pytest.mark.parametrize("rows_at_most", [1, 2, 200])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("fail", "ValueError: the sun went out"),
        ("clash", "IntegrityError: "),
        ("unheard of", "KeyError: 'unheard of'"),
    ],
    ids=["in the row", "in the write", "of a kind that nobody knows"],
)
def test_a_row_that_fails_is_set_aside_with_its_error_and_the_rest_go_on(
    exercise, agenda, kind, error, rows_at_most
):
    agenda(
        ("note", "taken", day(1), 0),
        ("note", "before", day(2), 0),
        (kind, "bad", day(3), 0),
        ("note", "after", day(3), 1),
        ("note", "last", day(4), 0),
    )

    exercise.runs_to(day(9), rows_at_most=rows_at_most)

    found = statuses(exercise, "taken", "before", "bad", "after", "last")
    assert {key: status for key, (status, _) in found.items()} == {
        "taken": "done",
        "before": "done",
        "bad": "set_aside",
        "after": "done",
        "last": "done",
    }
    assert found["bad"][1].startswith(error)
    assert noted(exercise) == [
        (day(1), "taken"),
        (day(2), "before"),
        (day(3), "after"),
        (day(4), "last"),
    ]
    assert [failure.place for failure in failures(exercise.row)] == ["two-desks-7: agenda bad"]


@pytest.mark.harmed
@pytest.mark.parametrize("rows_at_most", [1, 50, 200, 1000])
def test_rows_of_one_instant_that_lead_to_one_another_without_end_are_stopped(exercise, agenda, rows_at_most):
    agenda(("again", "again-1", day(1), 0), ("note", "after", day(1), 5))

    exercise.runs_to(day(2), rows_at_most=rows_at_most)

    stopped = AgendaItem.objects.get(exercise=exercise.row, status="set_aside")
    assert stopped.key == "again-101"
    assert "more than 100 rows of one instant led to one another" in stopped.error
    assert noted(exercise) == [(day(1), "after")]
    assert advanced_to(exercise) == day(2)


@pytest.mark.parametrize("crash", [KeyboardInterrupt, SystemExit])
def test_a_crash_leaves_the_rows_open_and_nothing_half_done(exercise, agenda, monkeypatch, crash):
    agenda(*[("note", f"row {number}", day(number), 0) for number in range(1, 6)])
    exercise.runs_to(day(1))
    before = everything()

    def crashes(batch: Batch, row: AgendaItem) -> None:
        note(batch, row)
        if row.key == "row 4":
            raise crash

    with monkeypatch.context() as patch:
        patch.setitem(KINDS, "note", Kind(crashes, lambda batch, rows: None))
        with pytest.raises(crash):
            advance(exercise.row.pk, day(9))
    assert everything() == before

    exercise.runs_to(day(9))
    assert [key for _, key in noted(exercise)] == ["row 1", "row 2", "row 3", "row 4", "row 5"]


def test_where_the_database_itself_fails_no_row_is_set_aside(exercise, agenda, monkeypatch):
    agenda(*[("note", f"row {number}", day(number), 0) for number in range(1, 6)])

    def is_locked(batch: Batch, row: AgendaItem) -> None:
        if row.key == "row 4":
            raise OperationalError("database is locked")
        note(batch, row)

    with monkeypatch.context() as patch:
        patch.setitem(KINDS, "note", Kind(is_locked, lambda batch, rows: None))
        with pytest.raises(OperationalError):
            advance(exercise.row.pk, day(9))
    assert statuses(exercise, "row 3", "row 4") == {"row 3": ("done", ""), "row 4": ("open", "")}

    exercise.runs_to(day(9))
    assert [key for _, key in noted(exercise)] == ["row 1", "row 2", "row 3", "row 4", "row 5"]


# -- batches ---------------------------------------------------------------------------------------------


def test_the_log_is_the_same_at_every_batch_size():
    scenario = busy_scenario("busy", requests=21, states=4, days=40, officers=2)
    logs, checkpoints = set(), set()
    for rows_at_most in (1, 7, 50, 200, 1000):
        exercise = made(scenario)
        play(exercise, exercise.ends_at, rows_at_most=rows_at_most)
        logs.add(b"\n".join(log_lines(exercise)))
        checkpoints.add(checkpoint_of(exercise))

    assert len(logs) == 1
    assert len(checkpoints) == 1
    assert logs.pop().count(b"\n") > 200


def test_in_batches_of_200_an_event_takes_at_most_three_tenths_of_a_statement():
    exercise = made(busy_scenario("busy", requests=200, days=120))

    with counted() as statements:
        play(exercise, exercise.ends_at, rows_at_most=200)

    events = Event.objects.filter(exercise=exercise).count()
    assert events > 2_000
    assert len(statements) / events <= STATEMENTS_AN_EVENT_AT_MOST


# -- whatever happens, it holds --------------------------------------------------------------------------

BEHAVIOURS = st.sampled_from(["typical", "overloaded"])
TYPES = (
    "preservation_expedited",
    "mla_stored_data",
    "emergency_data",
    "spontaneous_information",
    "extradition",
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**31),
    requests=st.integers(1, 8),
    states=st.integers(2, 4),
    officers=st.integers(1, 3),
    days=st.integers(1, 90),
    rows_at_most=st.sampled_from([3, 40, 200]),
    behaviour=BEHAVIOURS,
)
def test_whatever_simulated_states_do_the_exercise_holds(
    seed, requests, states, officers, days, rows_at_most, behaviour
):
    text = busy_scenario("small", requests=requests, states=states, days=days, officers=officers)
    exercise = made(text.replace('"typical"', f'"{behaviour}"'), seed=seed)

    play(exercise, exercise.ends_at, rows_at_most=rows_at_most)

    assert list(failures(exercise)) == []
    assert exercise.ended


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_people_do_the_exercise_holds(data):
    exercise = seated(transit=data.draw(st.sampled_from(["0m", "3h", "2d"])))
    at = day(0)
    filed = []
    for _ in range(data.draw(st.integers(4, 14))):
        at += timedelta(minutes=data.draw(st.sampled_from([0, 1, 90, 1440, 7 * 1440, 31 * 1440])))
        parent = data.draw(st.sampled_from([None, *filed]))
        if not filed or data.draw(st.booleans()):
            kind = data.draw(st.sampled_from([*TYPES, "preservation_extension", "mla_documents"]))
            oral = "submit_orally" in rulebook().types[kind].acts and data.draw(st.booleans())
            whom = data.draw(st.sampled_from(["", "law_enforcement"]))
            arvania = exercise.desk("Arvania")
            filed.append(arvania.files(kind, to="Borland", on=at, parent=parent, orally=oral, whom=whom))
        _do_something(exercise, data, data.draw(st.sampled_from(filed)), at)
    exercise.runs_to(at + timedelta(days=data.draw(st.sampled_from([0, 20, 100]))))

    assert list(failures(exercise.row)) == []


def _do_something(exercise: Table, data: Any, request: Any, at: datetime) -> None:
    """Let one side do one of the acts that the table permits it."""
    who, side = data.draw(st.sampled_from([("Arvania", "requesting"), ("Borland", "requested")]))
    row = request.row
    if side == "requested" and at < row.received_at:
        return
    with exercise.present(at) as batch:
        row = request_of(batch, request.key)
        kind = rulebook().types[row.request_type]
        stages = [interval.stage for interval in open_intervals(batch, row)]
        standing = row.progress.standing(kind.id, stages, kind.acts)
    usual = dict(DEEDS.values())
    allowed = permitted_acts(rulebook().lifecycle, standing, side, sorted(usual.keys() & kind.acts))
    if not allowed:
        return
    act = data.draw(st.sampled_from(allowed))
    contents = dict(usual[act])
    if act == "record_step":
        contents["step"] = "preservation_effected" if side == "requested" else "emergency_declared"
    if act == "transmit":
        contents["part"] = data.draw(st.booleans())
    if act == "forward":
        others = {"law_enforcement", "central_authority"} - {row.requested_kind}
        contents["to_authority"] = sorted(others)[0]
    exercise.desk(who).does(act, request, on=at, **contents)
