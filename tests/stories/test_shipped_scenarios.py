"""The scenarios that ship, played to their end: they hold, and the same seed gives the same log everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cooperation.behaviour import behaviours
from cooperation.eventlog import digest
from cooperation.rulebook import rulebook
from cooperation.scenario import read_scenario, shipped
from requests_app.agenda.models import AgendaItem
from requests_app.exercises.account import account
from requests_app.exercises.run import make, play
from requests_app.workflow.verify import checkpoint_of, failures
from requests_app.world.models import Exercise

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
SCENARIOS = ("business-email-compromise", "hospital-ransomware", "insider-below-threshold")
REFRESH = "./script/test tests/stories --write-golden"
GOLDEN = Path(__file__).parent.parent / "golden" / "checkpoints.json"


def played(name: str, *, seed: int = 7, teams: str = "typical", rows_at_most: int = 200) -> Exercise:
    """Return a shipped scenario played to its end."""
    path = shipped()[name]
    scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
    exercise = make(scenario, seed=seed, teams=teams)
    return play(exercise, exercise.ends_at, rows_at_most=rows_at_most)


@pytest.mark.parametrize("teams", ["typical", "overloaded"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_shipped_scenario_plays_to_its_end_and_holds(name, teams):
    exercise = played(name, teams=teams)

    assert exercise.ended
    assert exercise.advanced_to == exercise.ends_at
    assert list(failures(exercise)) == []
    assert not AgendaItem.objects.filter(
        exercise=exercise, status="open", due_at__lte=exercise.ends_at
    ).exists()
    assert not AgendaItem.objects.filter(exercise=exercise, status="set_aside").exists()
    figures = account(exercise)
    assert figures["requests"] >= 3
    assert figures["expectations"]["met"] + figures["expectations"]["missed"] >= 5
    assert 0 <= figures["expectations"]["points"] <= figures["expectations"]["of"] == 100


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_seed_gives_the_checkpoint_that_it_gave_before_on_every_database(request, name):
    exercise = played(name)
    made_from = digest((exercise.rulebook_digest + exercise.scenario_text).encode())
    found = {"checkpoint": checkpoint_of(exercise), "made_from": made_from}

    stored = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if request.config.getoption("--write-golden"):
        GOLDEN.write_text(json.dumps({**stored, exercise.handle: found}, indent=2, sort_keys=True) + "\n")
        return
    golden = stored[exercise.handle]
    assert golden["made_from"] == made_from, f"the rule book or the scenario has changed: {REFRESH}"
    assert golden["checkpoint"] == found["checkpoint"], (
        f"the same data gives another log; if meant: {REFRESH}"
    )


def test_another_seed_gives_another_log():
    assert checkpoint_of(played("hospital-ransomware", seed=8)) != checkpoint_of(
        played("hospital-ransomware")
    )


def test_batches_of_any_size_give_the_same_checkpoint():
    found = {checkpoint_of(played("hospital-ransomware", rows_at_most=rows)) for rows in (7, 1000)}

    assert len(found) == 1
