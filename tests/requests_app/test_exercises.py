"""What control runs: seats, planned requests, injects, milestones, expectations, and the desks that play."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from cooperation.document import BadInput
from requests_app.exercises.find import exercise_named
from requests_app.exercises.models import Expectation, Inject, Milestone
from requests_app.exercises.run import make, play
from requests_app.workflow.models import AssistanceRequest, Event, Notice
from requests_app.world.models import Authority, Exercise, Seat
from tests.builders import DAY_ZERO, day, desks_scenario, made

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
POINT, CENTRAL = "contact_point_24_7", "central_authority"


def planned(name: str, *, when: Any = "+9h", kind: str = "mla_stored_data", **more: Any) -> dict[str, Any]:
    """Return a request that Arvania plans to file in Borland."""
    desk = POINT if kind == "preservation_expedited" else CENTRAL
    return {
        "id": name,
        "when": when,
        "who": f"XA/{desk}",
        "whom": f"XB/{desk}",
        "type": kind,
        "case": "port",
        "contents": {},
        **more,
    }


def expects(name: str, *, act: str = "submit", within: str = "10h", **of: Any) -> dict[str, Any]:
    """Return what Arvania is expected to do."""
    return {
        "id": name,
        "seat": "XA",
        "act": act,
        "to": "XB",
        "within": within,
        "of": of or {"inject": "news"},
        "points": 10,
        "why": "42(1)",
    }


def scenario(*, people: tuple[str, ...] = (), **parts: Any) -> Exercise:
    """Return an exercise with these parts; people sit at the desks of these States."""
    text: dict[str, Any] = json.loads(desks_scenario(name="parts"))
    text["length"] = "100d"
    text["cases"] = [
        {
            "id": "port",
            "state": "XA",
            "title": "Ransomware at a port",
            "offences": ["system_interference"],
            "facts": "The systems of a port were encrypted.",
        }
    ]
    text["injects"] = [{"id": "news", "trigger": {"at": "+1h"}, "to": ["XA"], "title": "The port is offline"}]
    exercise = made(json.dumps({**text, **parts}))
    Authority.objects.filter(state__exercise=exercise, state__code__in=people).update(simulated=False)
    return exercise


def fired(exercise: Exercise) -> dict[str, datetime | None]:
    return dict(Inject.objects.filter(exercise=exercise).values_list("name", "fired_at"))


def first(exercise: Exercise, act: str) -> datetime:
    return Event.objects.filter(exercise=exercise, act=act, desk="").order_by("at")[0].at


# -- making ----------------------------------------------------------------------------------------------


def test_every_state_of_an_exercise_has_every_kind_of_authority_with_a_seat():
    exercise = scenario()

    kinds = {
        "cert",
        CENTRAL,
        POINT,
        "extradition_authority",
        "law_enforcement",
        "prosecution_or_court",
    }
    desks = Authority.objects.filter(state__exercise=exercise)
    assert {(d.state.code, d.kind) for d in desks} == {
        (code, kind) for code in ("XA", "XB", "XC") for kind in kinds
    }
    assert {str(seat) for seat in Seat.objects.filter(authority__state__exercise=exercise)} == {
        f"{desk}/1" for desk in desks
    }


def test_officers_are_those_of_the_scenario_else_those_of_the_behaviour():
    states = json.loads(desks_scenario())["states"]
    states["XB"]["officers"] = {CENTRAL: 9}
    exercise = scenario(states=states)

    officers = Authority.objects.get(state__exercise=exercise, state__code="XB", kind=CENTRAL).officers
    assert officers == 9
    assert Authority.objects.filter(state__exercise=exercise, officers__lt=1).count() == 0


def test_an_exercise_says_that_the_convention_is_played_as_if_in_force():
    exercise = scenario()

    opening = Event.objects.filter(exercise=exercise, request=None, desk="").order_by("seq")[0]
    assert opening.at == DAY_ZERO
    assert opening.contents["status_of_convention"] == "as if in force between these States"
    assert (opening.contents["scenario"], opening.contents["seed"]) == ("parts", 7)


def test_teams_that_behave_in_no_known_way_are_bad_input():
    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario

    read = read_scenario(desks_scenario().encode(), "two-desks.yaml", rulebook(), behaviours().keys())

    with pytest.raises(BadInput, match="there is no behaviour lazy"):
        make(read, seed=7, teams="lazy")
    assert not Exercise.objects.exists()


def test_an_exercise_is_found_by_its_handle():
    exercise = scenario()

    assert exercise_named("parts-7") == exercise
    with pytest.raises(BadInput, match=r"there is no exercise with this handle \(known: parts-7\)"):
        exercise_named("parts-8")


def test_playing_tells_how_far_it_has_come_and_never_backwards():
    exercise = scenario(requests=[planned("logs")])
    seen: list[datetime] = []

    play(exercise, exercise.ends_at, rows_at_most=5, watch=seen.append)

    assert len(seen) > 3
    assert seen == sorted(seen)
    assert exercise.ended


# -- planned requests ------------------------------------------------------------------------------------


def test_a_simulated_seat_files_what_is_planned_when_its_office_is_open():
    exercise = scenario(requests=[planned("logs", when="+14h")])

    play(exercise, day(10))

    # 14:00 UTC is 21:00 in Arvania: the office files it when it opens, at 01:00 or 02:00 UTC.
    request = AssistanceRequest.objects.get(exercise=exercise)
    assert request.planned == "logs"
    assert day(1, "00:00") < request.submitted_at < day(1, "03:00")


def test_a_contact_point_files_at_any_hour():
    exercise = scenario(requests=[planned("keep", when="+14h", kind="preservation_expedited")])

    play(exercise, day(1))

    assert AssistanceRequest.objects.get(exercise=exercise).submitted_at == day(0, "14:00")


def test_where_people_sit_nothing_is_filed_or_answered_for_them():
    exercise = scenario(people=("XA",), requests=[planned("logs")])
    other = scenario(people=("XB",), requests=[planned("keep", kind="preservation_expedited")])

    play(exercise, day(50))
    play(other, day(50))

    assert not AssistanceRequest.objects.filter(exercise=exercise).exists()
    assert AssistanceRequest.objects.get(exercise=other).status == "sent"


def test_a_follow_up_is_filed_so_long_after_the_act_it_waits_for():
    follow_up = planned(
        "image", when={"after_act": "confirm_preservation", "of": "keep", "plus": "10d"}, parent="keep"
    )
    exercise = scenario(requests=[planned("keep", kind="preservation_expedited"), follow_up])

    play(exercise, exercise.ends_at)

    filed = AssistanceRequest.objects.get(exercise=exercise, planned="image")
    confirmed_at = first(exercise, "confirm_preservation")
    assert filed.parent is not None
    assert filed.parent.planned == "keep"
    assert timedelta(days=10) <= filed.submitted_at - confirmed_at <= timedelta(days=14)


def test_contents_that_the_author_leaves_out_on_purpose_stay_out():
    exercise = scenario(
        requests=[planned("logs", contents={"language": None, "identifiers": ["198.51.100.7"]})]
    )

    play(exercise, day(2))

    contents = AssistanceRequest.objects.get(exercise=exercise).contents
    assert "language" not in contents or contents["language"] is None
    assert contents["identifiers"] == ["198.51.100.7"]
    assert contents["requesting_authority"] == "Central authority for MLA, Arvania"


# -- injects ---------------------------------------------------------------------------------------------


def test_an_inject_comes_at_its_instant_to_the_desks_of_its_states_only():
    exercise = scenario(people=("XA", "XB", "XC"))

    play(exercise, day(1))

    assert fired(exercise) == {"news": day(0, "01:00")}
    notices = Notice.objects.filter(authority__state__exercise=exercise, kind="inject")
    assert {notice.authority.state.code for notice in notices} == {"XA"}
    assert {notice.at for notice in notices} == {day(0, "01:00")}
    told = Event.objects.get(exercise=exercise, act="inject")
    assert (told.request, told.desk, told.actor_seat) == (None, "", "")


def test_an_inject_follows_the_act_it_waits_for_once():
    injects = [
        {
            "id": "call",
            "trigger": {"after_act": "submit", "type": "mla_stored_data", "plus": "2h"},
            "to": ["XB"],
            "title": "The provider calls",
        }
    ]
    exercise = scenario(requests=[planned("one"), planned("two", when="+3d")], injects=injects)

    play(exercise, day(20))

    assert fired(exercise) == {"call": first(exercise, "submit") + timedelta(hours=2)}
    assert Event.objects.filter(exercise=exercise, act="inject").count() == 1


@pytest.mark.parametrize(
    ("requests", "at"),
    [([], day(1, "12:00")), ([planned("keep", kind="preservation_expedited")], None)],
    ids=["nothing was filed", "something was filed"],
)
def test_an_inject_comes_if_nothing_has_been_done_by_then(requests, at):
    trigger = {"if_nothing_by": "+36h", "act": "submit", "from": "XA", "type": "preservation_expedited"}
    injects = [{"id": "reminder", "trigger": trigger, "to": ["XA"], "title": "Logs rotate soon"}]
    exercise = scenario(requests=requests, injects=injects)

    play(exercise, day(20))

    assert fired(exercise) == {"reminder": at}


# -- milestones and expectations -------------------------------------------------------------------------


def test_a_milestone_is_reached_with_the_first_act_that_fits():
    milestones = [
        {"id": "asked", "when": {"act": "submit", "of": "logs"}},
        {"id": "refused", "when": {"act": "refuse", "of": "keep"}},
    ]
    exercise = scenario(
        requests=[planned("keep", kind="preservation_expedited"), planned("logs", when="+2d")],
        milestones=milestones,
    )

    play(exercise, day(20))

    reached = dict(Milestone.objects.filter(exercise=exercise).values_list("name", "reached_at"))
    filed = AssistanceRequest.objects.get(exercise=exercise, planned="logs")
    assert reached == {"asked": filed.submitted_at, "refused": None}


@pytest.mark.parametrize(
    ("expectation", "status", "decided_at"),
    [
        (expects("it"), "met", day(0, "09:00")),
        (expects("it", within="7h"), "missed", day(0, "08:00")),
        (expects("it", act="withdraw"), "missed", day(0, "11:00")),
        (expects("it", within="30m", inject="late"), "met", day(0, "09:00")),
        (expects("it", act="withdraw", inject="never"), "missed", day(100, "00:00")),
    ],
    ids=["in time", "too late", "not at all", "before it was asked for", "never asked for"],
)
def test_an_expectation_is_met_or_missed(expectation, status, decided_at):
    never = {"if_nothing_by": "+1d", "act": "submit"}
    injects = [
        {"id": "news", "trigger": {"at": "+1h"}, "to": ["XA"], "title": "The port is offline"},
        {"id": "late", "trigger": {"at": "+12h"}, "to": ["XA"], "title": "The port is still offline"},
        {"id": "never", "trigger": never, "to": ["XA"], "title": "Nobody has asked"},
    ]
    keep = planned("keep", kind="preservation_expedited")
    exercise = scenario(requests=[keep], injects=injects, expectations=[expectation])

    play(exercise, exercise.ends_at)

    found = Expectation.objects.get(exercise=exercise)
    assert (found.status, found.decided_at) == (status, decided_at)
    told = Event.objects.get(exercise=exercise, act="expectation")
    assert told.contents == {"expectation": "it", "status": status}


# -- desks -----------------------------------------------------------------------------------------------


def test_one_officer_takes_emergencies_first_then_preservation_then_the_rest():
    states = json.loads(desks_scenario())["states"]
    states["XB"]["officers"] = {POINT: 1, CENTRAL: 1}
    point = f"XB/{POINT}"
    requests = [
        planned("busy", when="+1h", kind="preservation_expedited"),
        planned("help", when="+61m", kind="law_enforcement_inquiry", who=f"XA/{POINT}", whom=point),
        planned("keep", when="+62m", kind="preservation_expedited"),
        planned("life", when="+63m", kind="emergency_data", who=f"XA/{POINT}", whom=point),
    ]
    exercise = scenario(states=states, requests=requests)

    play(exercise, day(3))

    taken = Event.objects.filter(exercise=exercise, desk=point, act="take_up", contents__task="acknowledge")
    names = {r.reference: r.planned for r in AssistanceRequest.objects.filter(exercise=exercise)}
    order = [names[event.contents["request"]] for event in taken.order_by("seq")]
    assert order[0] == "busy"
    assert order.index("life") < order.index("keep") < order.index("help")


def test_work_is_done_in_office_hours_and_by_no_more_officers_than_there_are():
    states = json.loads(desks_scenario())["states"]
    states["XB"]["officers"] = {CENTRAL: 2}
    requests = [planned(f"r{number}", when=f"+{9 * 60 + number}m") for number in range(8)]
    exercise = scenario(states=states, requests=requests)

    play(exercise, exercise.ends_at)

    desk = Event.objects.filter(exercise=exercise, desk=f"XB/{CENTRAL}", act="take_up").order_by("seq")
    assert desk.count() > 8
    for event in desk:
        local = event.at + timedelta(hours=1 if event.at < day(27, "01:00") else 2)
        assert local.weekday() < 5
        assert 7 <= local.hour < 19
