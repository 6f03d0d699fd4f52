"""Playing scenarios under two behaviours, to see whether they tell good work from bad."""

from __future__ import annotations

import json

import pytest

from cooperation.scenario import shipped
from requests_app.world.models import Exercise
from tests.builders import shell

pytestmark = pytest.mark.django_db

# The year of 2,000 requests is played by a benchmark.
SHORT = sorted(set(shipped()) - {"national-desk-year"})


@pytest.mark.parametrize("scenario", SHORT)
def test_a_careless_team_scores_visibly_less_than_a_prompt_one_and_nothing_is_kept(scenario):
    ran = shell("score_scenarios", scenario, "--seed", "1", "--json")

    prompt, careless = json.loads(ran.out)
    assert (prompt["behaviour"], careless["behaviour"]) == ("prompt", "careless")
    assert prompt["of"] == careless["of"] == 100
    assert prompt["points"] - careless["points"] >= 20
    assert ran.code == 0
    assert len(ran.said) == 2
    assert not Exercise.objects.exists()


def test_several_seeds_are_played_one_after_the_other():
    ran = shell("score_scenarios", "insider-below-threshold", "--seed", "3,4", "--json")

    played = [(score["seed"], score["behaviour"]) for score in json.loads(ran.out)]
    assert played == [(3, "prompt"), (3, "careless"), (4, "prompt"), (4, "careless")]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("nowhere",), "nowhere"),
        (("hospital-ransomware", "--teams", "prompt,perfect"), "perfect"),
        (("hospital-ransomware", "--teams", ""), "typical"),
        (("hospital-ransomware", "--seed", "one"), "one"),
    ],
    ids=["no such scenario", "no such behaviour", "no behaviour at all", "no seed"],
)
def test_bad_input_is_one_line_and_exit_2(arguments, names):
    ran = shell("score_scenarios", *arguments)

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert names in ran.said[0]
