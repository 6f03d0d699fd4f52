"""The tutorials are done as they are written: a button that is renamed, or missing, fails them."""

from __future__ import annotations

import pytest

from tests.browser.stage import hospital
from tests.browser.tutorial import FOLDER, Mark, follow, marks

PASSWORD = "a-quiet-harbour-at-dawn"
STARTED = Mark("see", "The exercise has begun.")


def an_account(name: str, group: str) -> dict[str, str]:
    """Make somebody with a password; return what they know."""
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user(name, password=PASSWORD)
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return {"Name": name, "Password": PASSWORD}


def test_the_trainers_and_the_trainees_tutorial_lead_through_one_exercise(opens):
    from requests_app.workflow.verify import failures
    from requests_app.world.models import Exercise

    trainer, trainee = opens(), opens()
    trainer.goto("/sign-in/")
    trainers = follow(trainer, "trainer", an_account("trainer", "trainer"))
    knows = {"Name": "anna", "Password": PASSWORD}
    for done in trainers:
        if done.kind == "see" and done.text.startswith("The code"):
            knows["Code"] = trainer.locator(".code__word").inner_text()
        if done == STARTED:
            break
    trainee.goto("/sign-in/")
    for _ in follow(trainee, "trainee", knows):
        pass
    for _ in trainers:
        pass

    exercise = Exercise.objects.get(handle="hospital-ransomware-21")
    assert exercise.ended
    written = exercise.requests.get(planned="")
    assert written.contents["necessity"] == "The provider keeps its logs for seven days"
    assert list(failures(exercise)) == []


def test_the_analysts_tutorial_leads_to_the_figures(opens):
    from django.contrib.auth.models import User

    from requests_app.exercises.seating import seat_observer

    row = hospital(days=9)
    knows = an_account("analyst", "analyst")
    seat_observer(User.objects.get(username="analyst"), row)
    page = opens()
    page.goto("/sign-in/")

    for _ in follow(page, "analyst", knows):
        pass

    assert "stage=decide" in page.url
    assert "by=" in page.url


@pytest.mark.parametrize("name", ["trainer", "trainee", "analyst"])
def test_every_picture_of_a_tutorial_is_there_and_small(name):
    pictures = [FOLDER / "images" / f"{one.text}.png" for one in marks(name) if one.kind == "picture"]

    assert pictures
    assert [one.name for one in pictures if not one.exists() or one.stat().st_size > 60_000] == []
