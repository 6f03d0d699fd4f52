"""Looking up: scenarios, rehearsals of them, the directory's hours, and the rule book."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from requests_app import tasks
from requests_app.exercises import rehearsal
from requests_app.exercises.models import Rehearsal
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.world.models import Exercise
from tests.requests_app.api.conftest import CENTRAL, POINT


def test_the_library_says_what_a_scenario_is_for_and_how_long_it_takes(trainer):
    found = {one["scenario"]: one for one in trainer.gets("scenarios/")}
    hospital = found["hospital-ransomware"]

    assert len(found) >= 14
    assert hospital["title"] == "The wards are offline"
    assert (hospital["days"], hospital["pace"], hospital["wall_hours"]) == (
        120,
        "one hour is one second",
        0.8,
    )
    assert [seat["code"] for seat in hospital["seats"] if seat["is_team"]] == ["XA"]
    assert len(hospital["objectives"]) == 6
    assert trainer.gets("scenarios/hospital-ransomware/") == hospital
    assert trainer.asks("get", "scenarios/nowhere/").status_code == 404


def test_a_rehearsal_tells_where_everything_lands_and_leaves_no_exercise_behind(live, trainer, wall):
    said = {"scenario": "intimate-images", "seed": 3}
    before = (Exercise.objects.count(), Event.objects.count(), AssistanceRequest.objects.count())
    kept = folders()
    asked = trainer.asks("post", "rehearsals/", said)
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    assert trainer.asks("post", "rehearsals/", said).json()["id"] == asked.json()["id"]

    tasks.rehearse()

    done = trainer.gets(f"rehearsals/{asked.json()['id']}/")
    found = done["found"]
    assert (done["status"], found["is_whole"]) == ("done", True), found
    assert found["requests"] > 5
    assert all(one["at"] for one in found["injects"] if one["status"] == "fired")
    assert [one["status"] for one in found["expected"] if one["happened_at"]].count("met") >= 1
    assert found["due"][0]["at"] < found["due"][-1]["at"]
    assert before == (Exercise.objects.count(), Event.objects.count(), AssistanceRequest.objects.count())
    assert len(trainer.gets("exercises/")["results"]) == 1
    assert kept == folders()
    assert rehearsal.play_next(wall.at) is None


def folders() -> set[str]:
    roots = (settings.KEYS_DIR, settings.EVIDENCE_DIR)
    return {str(path) for root in roots for path in root.glob("*")}


def test_a_rehearsal_that_takes_too_long_tells_how_far_it_came(db):
    scenario = rehearsal.shipped_scenario("intimate-images")

    found = rehearsal.rehearse(scenario, seed=3, teams="typical", seconds_at_most=0)

    assert found["is_whole"] is False
    assert found["reached"] < "2028"


def test_a_rehearsal_whose_player_was_stopped_is_told_as_failed(trainer, wall):
    key = trainer.asks("post", "rehearsals/", {"scenario": "intimate-images"}).json()["id"]
    long_ago = wall.at - timedelta(hours=1)
    Rehearsal.objects.update(status=Rehearsal.RUNNING, started_at=long_ago)

    assert rehearsal.play_next(wall.at) is None
    assert trainer.gets(f"rehearsals/{key}/")["status"] == "failed"


def test_what_cannot_be_rehearsed_is_refused(trainer):
    for said in ({"scenario": "nowhere"}, {"scenario": "intimate-images", "teams": "heroic"}):
        assert trainer.asks("post", "rehearsals/", said).status_code == 400


def test_the_directory_tells_the_next_opening(arvania, live):
    states = arvania.gets(f"exercises/{live.handle}/states/")
    borland = next(state for state in states if state["code"] == "XB")
    desks = {one["kind"]: one for one in borland["authorities"]}

    assert (borland["local_time"], borland["today_off"]) == ("2027-03-01T01:00:00+01:00", None)
    assert desks[CENTRAL]["opens_at"] == "2027-03-01T07:30:00Z"
    assert desks[CENTRAL]["hours"] == "08:30 to 17:00 on working days"
    assert (desks[POINT]["opens_at"], desks[POINT]["hours"]) == (None, "at all hours")


def test_the_rule_book_is_searched_by_words_that_stand_together(arvania):
    found = arvania.gets("rulebook/search/?q=expedited preservation")
    assert (found[0]["kind"], "preservation" in found[0]["title"].casefold()) == ("type", True)
    assert arvania.gets("rulebook/search/?q=zzzz") == []
    assert arvania.asks("get", "rulebook/search/").json()["field"] == "q"
    never = [one["id"] for one in arvania.gets("rulebook/grounds/") if one["never_sufficient"]]
    assert "fiscal" in never
    assert arvania.gets("rulebook/safeguards/")[0]["question"]
    profiles = [one["id"] for one in arvania.gets("rulebook/profiles/")]
    assert "training_default" in profiles
    rules = arvania.gets("rulebook/profiles/training_default/")["deadlines"]
    assert {"requested", "requesting"} <= {one["owed_by"] for one in rules}
    assert arvania.asks("get", "rulebook/profiles/none/").status_code == 404
    life = arvania.gets("rulebook/lifecycle/")
    submit = next(one for one in life["transitions"] if one["act"] == "submit")
    assert (submit["side"], submit["from_statuses"], submit["to"]) == ("requesting", ["draft"], "sent")
