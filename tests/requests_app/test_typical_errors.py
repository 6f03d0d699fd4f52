"""The typical errors of a played exercise: found at their place, with article, why and mend, and told to no seat early."""

from __future__ import annotations

import json
from typing import Any

import pytest

from requests_app.exercises.models import Expectation
from requests_app.exercises.run import play
from requests_app.exercises.typical_errors import typical_errors, typical_errors_for
from requests_app.world.models import TRAINEE, Exercise, Seat, SeatHolder
from tests.builders import day, desks_scenario, made

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
POINT, POLICE, CENTRAL = "contact_point_24_7", "law_enforcement", "central_authority"


def asks(name: str, kind: str, desk: str = CENTRAL, **more: Any) -> dict[str, Any]:
    """Return a request of Arvania to Borland."""
    return {
        "id": name,
        "when": "+9h",
        "who": f"XA/{desk}",
        "whom": f"XB/{desk}",
        "type": kind,
        "case": "port",
        "contents": {},
        **more,
    }


def scenario(**parts: Any) -> Exercise:
    text: dict[str, Any] = json.loads(desks_scenario(name="errors"))
    text["length"] = "100d"
    text["states"]["XA"]["seat"] = "team"
    text["states"]["XA"].pop("behaviour", None)
    text["cases"] = [
        {
            "id": "port",
            "state": "XA",
            "title": "Ransomware at a port",
            "offences": ["system_interference"],
            "facts": "The systems of a port were encrypted.",
        }
    ]
    return made(json.dumps({**text, **parts}))


def wrong_in_three_ways() -> Exercise:
    return scenario(
        requests=[
            asks("keep", "preservation_expedited", POINT, contents={"custodian_or_location": "South Cloud"}),
            asks(
                "fetch", "mla_stored_data", contents={"nexus": None, "custodian_or_location": "North Cloud"}
            ),
        ],
        truths=[{"case": "port", "custodians": ["North Cloud"]}],
    )


def test_errors_are_found_in_the_draft_the_facts_and_the_events():
    exercise = wrong_in_three_ways()

    play(exercise, exercise.ends_at)

    found = {(e.request.planned, e.found_by, e.error.id) for e in typical_errors(exercise)}
    assert ("fetch", "draft", "no_nexus") in found
    assert ("keep", "facts", "wrong_custodian") in found
    assert ("keep", "events", "no_followup_before_lapse") in found
    assert not {name for name, *_ in found} - {"keep", "fetch"}


def test_each_error_says_its_article_why_it_matters_and_how_it_is_mended():
    exercise = wrong_in_three_ways()

    play(exercise, day(3))

    told = {e.error.id: e for e in typical_errors(exercise)}
    custodian = told["wrong_custodian"]
    assert custodian.error.article == "42(3)(d)"
    assert custodian.why == (
        "A preservation reaches only whoever is named; the true holder goes on deleting."
    )
    assert custodian.error.mend.startswith("Look the holder up")
    assert all(e.why and e.error.mend and e.error.article for e in told.values())


def test_no_desk_is_told_before_the_end_and_control_is_at_any_time():
    exercise = wrong_in_three_ways()
    desk = Seat.objects.get(
        authority__state__exercise=exercise, authority__state__code="XA", authority__kind=POINT
    )

    play(exercise, day(50))
    trainee = SeatHolder(exercise=exercise, seat=desk, role=TRAINEE)
    assert list(typical_errors_for(trainee)) == []
    assert "no_nexus" in {
        e.error.id for e in typical_errors_for(SeatHolder(exercise=exercise, role="trainer"))
    }

    play(exercise, exercise.ends_at)
    assert {e.error.id for e in typical_errors_for(trainee)} >= {"wrong_custodian", "no_nexus"}


@pytest.mark.parametrize(
    ("contents", "without", "status"),
    [
        ({"nexus": "The host called the port's server."}, ["no_nexus"], "met"),
        ({"nexus": None}, ["no_nexus"], "missed"),
        ({"purpose": None}, ["gap"], "missed"),
        ({"custodian_or_location": "South Cloud"}, ["wrong_provider_entity"], "missed"),
        ({"custodian_or_location": "North Cloud, host nc-7"}, ["misled"], "missed"),
        ({"custodian_or_location": "North Cloud"}, ["gap", "misled", "wrong_provider_entity"], "met"),
    ],
    ids=["stated", "not stated", "a gap", "another company", "misled by a name", "read closely"],
)
def test_an_expectation_may_ask_that_the_request_shows_no_such_error(contents, without, status):
    expected = {
        "id": "it",
        "seat": "XA",
        "act": "submit",
        "or_acts": ["submit_orally"],
        "request": "fetch",
        "without": without,
        "within": "3d",
        "of": "start",
        "points": 10,
        "why": "40(15)",
    }
    exercise = scenario(
        requests=[asks("fetch", "mla_stored_data", contents=contents)],
        truths=[{"to": "XB", "provider_entity": "North Cloud", "misleading": ["nc-7"]}],
        expectations=[expected],
    )

    play(exercise, day(4))

    assert Expectation.objects.get(exercise=exercise).status == status
