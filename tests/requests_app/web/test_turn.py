"""Whose move it is, as a desk reads it: its own, another authority's of its State, or the other State's."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.exercises import control
from requests_app.world.present import wall_now
from tests.browser.stage import hospital, sits

pytestmark = pytest.mark.django_db
WARNING = "Spontaneous information"


@pytest.fixture
def exercise(db):
    """Day 12: Borland's police have told Arvania's police something, who have not answered."""
    return hospital(days=11.3)


def reads(exercise, name: str, desk: str, path: str) -> str:
    if not User.objects.filter(username=name).exists():
        sits(name, exercise, desk)
    client = Client()
    client.force_login(User.objects.get(username=name))
    page = client.get(f"/exercises/{exercise.handle}/{path}").content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def test_a_desk_is_not_told_that_it_must_act_where_another_authority_of_its_state_must(exercise):
    told = exercise.requests.get(request_type="spontaneous_information")
    assert (told.requested_kind, told.status) == ("law_enforcement", "sent")

    now = reads(exercise, "anna", "XA/contact_point_24_7", "desk/")
    elsewhere = reads(exercise, "anna", "XA/contact_point_24_7", "desk/?view=elsewhere")
    page = reads(exercise, "anna", "XA/contact_point_24_7", f"requests/{told.pk}/")

    assert told.reference not in now
    assert f"{WARNING} {told.reference} · Received" in elsewhere
    assert "Sent With another authority of your State" in elsewhere
    assert "Arvania, Law-enforcement agency holds the ball" in page
    assert "You hold the ball" not in page


def test_the_authority_that_must_act_is_told_so(exercise):
    told = exercise.requests.get(request_type="spontaneous_information")

    now = reads(exercise, "boris", "XA/law_enforcement", "desk/")
    page = reads(exercise, "boris", "XA/law_enforcement", f"requests/{told.pk}/")

    assert f"{WARNING} {told.reference} · Received" in now
    assert "You hold the ball" in page


def test_a_date_on_the_desk_that_the_other_side_owes_is_told_as_theirs(exercise):
    waiting = reads(exercise, "anna", "XA/contact_point_24_7", "desk/?view=all")
    assert "17 March 2027, 10:59 owed by Cascadia there 16 March 2027, 23:59 (UTC-4)" in waiting
    assert "Your move in 34 days 15 April 2027, 23:59 there 15 April 2027, 18:59 (UTC+2)" in waiting


def test_after_the_end_the_desk_and_the_control_room_call_for_no_act(exercise):
    sits("tara", exercise)
    control.end(exercise.pk, wall_now())

    desk = reads(exercise, "boris", "XA/law_enforcement", "desk/")
    room = reads(exercise, "tara", "", "control/")

    assert "Spontaneous information" in desk
    for call in ("Needs an act now", "Your move", "Write a request", "New request"):
        assert call not in desk
    assert "Standing Due" not in desk
    assert "Who holds what" in room
    assert "Needs your eye" not in room
    assert "stuck" not in room
