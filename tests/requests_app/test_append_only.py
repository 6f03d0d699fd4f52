"""Events stay as they are: the database itself refuses to change them, and only a whole exercise may go."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from requests_app.exercises.removal import remove
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise
from tests.builders import Table, day, everything, seated


@pytest.fixture
def played(exercise: Table) -> Table:
    """An exercise with events on the chains of a request, of two desks and of control."""
    request = exercise.desk("Arvania").files("mla_stored_data", to="Borland", on=day(0))
    exercise.desk("Borland").acknowledges(request, on=day(1))
    return exercise


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE requests_app_event SET act = 'accept'",
        "UPDATE requests_app_event SET recorded_at = '2020-01-01 00:00:00+00:00'",
        "UPDATE requests_app_event SET seq = seq",
        "DELETE FROM requests_app_event",
        "DELETE FROM requests_app_event WHERE seq = 2",
    ],
    ids=["another act", "another wall time", "nothing new", "all of them", "one of them"],
)
def test_the_database_refuses_to_change_or_delete_an_event(played, statement):
    before = everything()["Event"]

    with (
        pytest.raises(DatabaseError, match=r"an event is never (changed|deleted)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert len(before) == 4
    assert everything()["Event"] == before


def test_the_orm_cannot_save_over_an_event(played):
    event = Event.objects.first()
    event.act = "accept"

    with pytest.raises(DatabaseError, match="an event is never changed"), transaction.atomic():
        event.save()


def test_a_request_cannot_be_deleted_with_its_events(played):
    with pytest.raises(DatabaseError, match="an event is never deleted"), transaction.atomic():
        played.row.requests.first().delete()


def test_a_whole_exercise_is_removed_and_the_others_stay(transactional_db, every_exercise_holds):
    stays = everything()
    goes = seated()
    kept = seated()
    for table in (goes, kept):
        request = table.desk("Arvania").files("mla_stored_data", to="Borland", on=day(0))
        table.desk("Borland").acknowledges(request, on=day(1))

    remove(goes.row)

    assert [row.handle for row in Exercise.objects.all()] == ["two-desks-7-2"]
    assert Event.objects.count() == 4
    remove(kept.row)
    assert everything() == stays


def test_nothing_of_a_removed_exercise_is_left_in_any_table(transactional_db, every_exercise_holds):
    before = {
        model: model._base_manager.count() for model in apps.get_app_config("requests_app").get_models()
    }
    table = seated()
    request = table.desk("Arvania").files("preservation_expedited", to="Borland", on=day(0))
    borland = table.desk("Borland")
    borland.acknowledges(request, on=day(1))
    borland.asks_for_information(request, on=day(2))
    table.desk("Arvania").provides_information(request, on=day(3))
    table.runs_to(day(100))

    remove(table.row)

    assert {model: model._base_manager.count() for model in before} == before
