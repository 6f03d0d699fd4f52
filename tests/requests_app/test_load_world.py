"""The world in the database: loaded from the data, again and again without harm."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from requests_app.world.load import load_world, world_is_loaded
from requests_app.world.models import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_loaded(db: None) -> None:
    State.objects.all().delete()


def test_the_first_loading_adds_every_state_and_the_second_changes_nothing():
    assert not world_is_loaded()
    assert load_world() == 193
    assert load_world() == 0
    assert world_is_loaded()


def test_a_state_holds_what_the_data_say():
    load_world()
    state = State.objects.get(exercise=None, code="VN")

    assert (state.name, state.name_vi, state.alpha3, state.group) == (
        "Viet Nam",
        "Việt Nam",
        "VNM",
        "asia_pacific",
    )
    assert (state.calendar, state.zone) == ("VN", "Asia/Ho_Chi_Minh")
    assert state.treaty_status["in_force"] is False
    assert state.treaty_status["played"] == "as if in force between these States"
    assert state.treaty_status["signed"] == {
        "on": "2025-10-25",
        "sources": ["plo", "newshour"],
        "confidence": "high",
        "note": "",
        "is_stated": True,
    }
    assert state.treaty_status["ratified"]["confidence"] == "verify"
    assert state.declarations["languages"] == {
        "says": "not stated",
        "on": "not stated",
        "source": "not stated",
        "evidence": "not stated",
    }


def test_what_was_changed_by_hand_is_put_right():
    load_world()
    State.objects.filter(code="VN").update(name_vi="?", treaty_status={})
    State.objects.filter(code="NO").update(group="")

    assert load_world() == 2
    assert State.objects.get(code="VN").name_vi == "Việt Nam"
    assert State.objects.get(code="NO").group == "western_europe_and_others"


def test_a_missing_state_is_added():
    load_world()
    State.objects.filter(code="TV").delete()

    assert not world_is_loaded()
    assert load_world() == 1
    assert world_is_loaded()


def test_states_of_a_database_from_before_their_facts_are_loaded_anew():
    load_world()
    State.objects.update(alpha3="", name_vi="", group="", declarations={})

    assert not world_is_loaded()
    assert load_world() == 193
    assert load_world() == 0


def test_loading_takes_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        load_world()
    with django_assert_max_num_queries(4):
        load_world()


def test_the_command_may_be_repeated(capsys):
    call_command("load_world")
    call_command("load_world")

    assert State.objects.filter(exercise=None).count() == 193
    assert capsys.readouterr().err.count("the world is loaded") == 2
