"""A question in words of somebody's own is answered by a simulated State from the file of its case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from requests_app.exercises.run import play
from requests_app.workflow import door
from requests_app.workflow.models import Event
from requests_app.world.present import wall_now
from tests.browser.stage import hospital, sits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_exercise_holds")]
QUESTION = "Which machine in the university do you mean?"


def test_a_free_question_is_answered_by_what_the_file_of_the_case_knows():
    exercise = hospital(days=12)
    asked = exercise.requests.get(planned="operator-handle")
    clara = sits("clara", exercise, "XC/law_enforcement")
    assert asked.status == "acknowledged"

    door.act(
        asked.pk,
        by=clara.seat,
        act="ask_for_information",
        contents={"questions": [QUESTION, "purpose"]},
        version=asked.version,
        key="k-1",
        now=wall_now(),
    )
    play(exercise, exercise.starts_at + timedelta(days=30), rows_at_most=500)

    answers = Event.objects.get(request=asked, act="provide_information").contents["answers"]
    assert set(answers) == {QUESTION, "purpose"}
    assert answers[QUESTION].startswith("At 02:10 local time on 1 March 2027 the patient system")
