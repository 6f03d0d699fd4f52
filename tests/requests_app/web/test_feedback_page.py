"""What a team reads after the end: whose hand earned the points, and what was not counted."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.exercises import control
from requests_app.exercises.after_action import own_feedback
from requests_app.world.present import wall_now
from tests.browser.stage import hospital, sits

pytestmark = pytest.mark.django_db


def feedback(exercise) -> str:
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    page = client.get(f"/exercises/{exercise.handle}/feedback/").content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def test_points_are_told_apart_by_whose_hand_earned_them_and_what_had_no_time_is_not_counted():
    exercise = hospital(days=12)
    control.take_seat(exercise.pk, wall_now(), "XA", "contact_point_24_7")
    sits("anna", exercise, "XA/contact_point_24_7")
    control.end(exercise.pk, wall_now())
    exercise.refresh_from_db()

    told = own_feedback(exercise, "XA")
    met = [one for one in told.expectations if one.status == "met"]
    assert len(met) > 2
    assert all(one.happened is not None and not one.happened.by_people for one in met)
    assert told.score.points == told.score.simulated == sum(one.points for one in met)
    uncounted = [one.points for one in told.expectations if one.status == "uncounted"]
    assert uncounted
    assert told.score.of + sum(uncounted) == sum(one.points for one in told.expectations)

    page = feedback(exercise)
    assert f"{told.score.points} of {told.score.of} points." in page
    assert f"{told.score.simulated} of them were earned by the simulation, at desks where nobody sat." in page
    assert "Arvania: 24/7 contact point (by the simulation)" in page
    assert "not counted The news that asks for it was kept back" in page
    assert "not counted 0 of" not in page
    assert "before its time was over. (exercise rule)" in page
    assert "the exercise ended before its time was over" in page
