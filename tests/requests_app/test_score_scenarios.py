"""Playing scenarios under two behaviours, to see whether they tell good work from bad."""

from __future__ import annotations

import json

import pytest

from requests_app.world.models import Exercise
from tests.builders import shell

pytestmark = pytest.mark.django_db

SHORT = ["hospital-ransomware", "insider-below-threshold", "intimate-images", "politically-sensitive-request"]


@pytest.mark.parametrize("scenario", SHORT)
def test_a_careless_team_scores_visibly_less_than_a_prompt_one_and_nothing_is_kept(scenario):
    ran = shell("score_scenarios", scenario, "--seed", "2", "--json")

    prompt, careless = json.loads(ran.out)
    assert (prompt["behaviour"], careless["behaviour"]) == ("prompt", "careless")
    assert prompt["of"] == careless["of"] == 100
    assert prompt["points"] - careless["points"] >= 20
    assert ran.code == 0
    assert len(ran.said) == 2
    assert not Exercise.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("nowhere",), "nowhere"),
        (("hospital-ransomware", "--teams", "prompt,perfect"), "perfect"),
        (("hospital-ransomware", "--teams", ""), "typical"),
    ],
    ids=["no such scenario", "no such behaviour", "no behaviour at all"],
)
def test_bad_input_is_one_line_and_exit_2(arguments, names):
    ran = shell("score_scenarios", *arguments)

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert names in ran.said[0]
