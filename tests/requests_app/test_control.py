"""Control's hand on a live exercise: what each function does, and what it refuses without changing anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cooperation.behaviour import behaviours
from cooperation.rulebook import rulebook
from cooperation.scenario import read_scenario
from cooperation.words import Refused
from requests_app.agenda.models import AgendaItem
from requests_app.exercises import control, heartbeat
from requests_app.exercises.account import account
from requests_app.exercises.models import Expectation, Inject, Work
from requests_app.exercises.run import make, play
from requests_app.workflow import door
from requests_app.workflow.models import AssistanceRequest, Event, Notice
from requests_app.workflow.verify import failures
from requests_app.world.models import Authority, Exercise, Heartbeat, Seat
from tests.builders import DAY_ZERO, busy_scenario, desks_scenario, everything, shell

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
WALL = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR_A_SECOND = 3600
SCENARIO: dict[str, Any] = {
    **json.loads(desks_scenario(name="controlled")),
    "length": "40d",
    "injects": [
        {"id": "news", "trigger": {"at": "+12h"}, "to": ["XA"], "title": "The port is offline"},
        {
            "id": "nudge",
            "trigger": {"if_nothing_by": "+2d", "act": "submit", "from": "XA"},
            "to": ["XA"],
            "title": "Nobody has asked for anything",
        },
        {
            "id": "echo",
            "trigger": {"after_act": "submit", "from": "XA", "plus": "1d"},
            "to": ["XA", "XB"],
            "title": "The press has heard of it",
        },
    ],
    "expectations": [
        {
            "id": "ask",
            "seat": "XA",
            "act": "submit",
            "to": "XB",
            "within": "6h",
            "of": {"inject": "news"},
            "points": 20,
            "why": "42(1)",
        },
        {
            "id": "withdraw",
            "seat": "XA",
            "act": "withdraw",
            "to": "XB",
            "within": "30d",
            "of": {"inject": "news"},
            "points": 5,
            "why": "40(26)",
        },
    ],
    "cases": [
        {
            "id": "port",
            "state": "XA",
            "title": "Ransomware at a port",
            "offences": ["system_interference"],
            "facts": "The systems of a port were encrypted.",
        }
    ],
    "requests": [
        {
            "id": "preserve",
            "when": "+1d",
            "who": "XA/contact_point_24_7",
            "whom": "XB/contact_point_24_7",
            "type": "preservation_expedited",
            "case": "port",
            "contents": {},
        },
    ],
}


class Controls:
    """A live exercise at whose controls the test sits."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        Heartbeat.objects.all().delete()
        text = json.dumps(scenario).encode()
        read = read_scenario(text, f"{scenario['scenario']}.yaml", rulebook(), behaviours().keys())
        self.wall = WALL
        self.key = control.open_live(read, seed=7, teams="typical", wall=WALL).pk

    def do(self, act: Callable[..., Any], *said: Any, **named: Any) -> Any:
        return act(self.key, self.wall, *said, **named)

    def refuses(self, act: Callable[..., Any], *said: Any, **named: Any) -> str:
        """Return the reason why something is refused, having seen that it changed nothing."""
        heartbeat.tick(self.key, lambda: self.wall)
        before = everything()
        with pytest.raises(Refused) as refusal:
            self.do(act, *said, **named)
        assert everything() == before
        return refusal.value.reason

    def passes(self, hours: float) -> Controls:
        """Let exercise time pass, at an hour a second."""
        self.wall += timedelta(seconds=hours)
        heartbeat.tick(self.key, lambda: self.wall)
        return self

    @property
    def row(self) -> Exercise:
        return Exercise.objects.get(pk=self.key)

    def inject(self, name: str) -> Inject:
        return Inject.objects.get(exercise=self.key, name=name)

    def expectation(self, name: str) -> Expectation:
        return Expectation.objects.get(exercise=self.key, name=name)

    def authority(self, desk: str) -> Authority:
        state, kind = desk.split("/")
        return Authority.objects.get(state__exercise=self.key, state__code=state, kind=kind)

    def told(self, act: str) -> list[tuple[timedelta, Any]]:
        """Return what control's chain says of an act: when after the start, and what."""
        rows = Event.objects.filter(exercise=self.key, request=None, desk="", act=act).order_by("seq")
        return [(event.at - self.row.starts_at, event.contents) for event in rows]

    def shows(self) -> timedelta:
        clock = self.row.clock
        assert clock is not None
        return clock.exercise_at(self.wall) - self.row.starts_at


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.fixture
def fresh(db: None) -> Controls:
    """An exercise whose clock has never run."""
    return Controls(SCENARIO)


@pytest.fixture
def running(fresh: Controls) -> Controls:
    """An exercise that runs at an hour a second; ten hours have passed."""
    fresh.do(control.start, HOUR_A_SECOND)
    return fresh.passes(10)


# -- the clock -------------------------------------------------------------------------------------------


def test_a_new_exercise_stands_at_its_first_instant_until_it_is_started(fresh):
    fresh.wall += timedelta(days=9)
    assert (fresh.shows(), fresh.row.wake_at) == (hours(0), None)

    fresh.do(control.start, HOUR_A_SECOND)
    fresh.wall += timedelta(seconds=3)

    assert fresh.shows() == hours(3)
    assert fresh.told("start") == [(hours(0), {"rate": 3600})]
    assert fresh.row.wake_at == fresh.wall + timedelta(seconds=9)


def test_speed_changes_the_pace_from_now_on(running):
    running.do(control.speed, 60)
    running.wall += timedelta(seconds=60)

    assert running.shows() == hours(11)
    assert running.told("speed") == [(hours(10), {"rate": 60})]


def test_a_clock_is_paused_and_resumed_at_another_pace(running):
    running.do(control.pause)
    running.wall += timedelta(hours=5)
    running.do(control.resume, 60)
    running.wall += timedelta(seconds=60)

    assert running.shows() == hours(11)
    assert running.told("pause") == [(hours(10), {"why": "control"})]
    assert running.told("resume") == [(hours(10), {"rate": 60})]


def test_what_lies_before_the_instant_jumped_to_happens_on_the_way_in_its_order(running):
    running.do(control.jump, DAY_ZERO + timedelta(days=3))
    running.passes(0)

    assert running.shows() == timedelta(days=3)
    assert running.inject("news").fired_at == DAY_ZERO + hours(12)
    assert AssistanceRequest.objects.get(exercise=running.key).submitted_at == DAY_ZERO + hours(24)
    assert running.expectation("ask").status == "missed"
    assert running.expectation("ask").decided_at == DAY_ZERO + hours(18)


def test_a_jump_in_a_pause_leaves_the_clock_standing(running):
    running.do(control.pause)
    running.do(control.jump, DAY_ZERO + hours(13))
    running.passes(5)

    assert running.shows() == hours(13)
    assert running.inject("news").status == Inject.FIRED


def test_a_jump_to_the_next_thing_that_happens_names_its_instant(running):
    assert running.do(control.jump_to_next) == DAY_ZERO + hours(12)
    running.passes(0)
    assert running.inject("news").fired_at == DAY_ZERO + hours(12)

    assert running.do(control.jump_to_next) == DAY_ZERO + hours(18)


def test_a_jump_to_the_next_thing_goes_forward_also_where_a_host_ahead_has_performed_more(running):
    """A page is asked for at one instant; by the time the exercise is locked, more may have happened."""
    asked_at = running.wall
    running.passes(1)

    at = control.jump_to_next(running.key, asked_at)

    assert at == DAY_ZERO + hours(12)
    assert running.shows() == hours(13)  # the second that has passed since is an hour


def test_an_exercise_that_is_ended_early_drops_what_was_to_come(running):
    running.passes(15)
    running.do(control.end)

    row = running.row
    assert (row.ended, row.wake_at, row.advanced_to) == (True, None, DAY_ZERO + hours(25))
    assert not AgendaItem.objects.filter(exercise=running.key, status="open").exists()
    assert running.told("end") == [(hours(25), {})]
    assert running.expectation("ask").status == "missed"
    assert (running.expectation("withdraw").status, running.expectation("withdraw").decided_at) == (
        "uncounted",
        DAY_ZERO + hours(25),
    )
    before = Event.objects.count()
    running.passes(1_000)
    assert (Event.objects.count(), running.shows()) == (before, hours(25))


def test_an_exercise_ends_by_itself_at_its_last_instant(running):
    running.passes(2_000)

    assert running.row.ended
    assert running.told("end") == [(timedelta(days=40), {})]


@pytest.mark.parametrize(
    ("act", "said", "reason"),
    [
        (control.start, (HOUR_A_SECOND,), "already_started"),
        (control.start, (0,), "bad_rate"),
        (control.start, (86_401,), "bad_rate"),
        (control.speed, (0,), "bad_rate"),
        (control.speed, (-60,), "bad_rate"),
        (control.resume, (0,), "bad_rate"),
        (control.resume, (), "not_paused"),
        (control.jump, (DAY_ZERO - timedelta(days=9),), "jump_back"),
        (control.jump, (DAY_ZERO + hours(9),), "jump_back"),
        (control.jump, (DAY_ZERO + timedelta(days=41),), "after_the_end"),
    ],
    ids=[
        "started twice",
        "started at no pace",
        "started faster than a day a second",
        "no pace",
        "a pace backwards",
        "resumed at no pace",
        "resumed while running",
        "jump before the start",
        "jump an hour back",
        "jump beyond the end",
    ],
)
def test_a_running_clock_refuses(running, act, said, reason):
    assert running.refuses(act, *said) == reason


@pytest.mark.parametrize(
    ("act", "said", "reason"),
    [
        (control.pause, (), "paused"),
        (control.speed, (60,), "paused"),
        (control.resume, (), "not_started"),
    ],
    ids=["pause", "speed", "resume"],
)
def test_a_clock_that_never_ran_refuses(fresh, act, said, reason):
    assert fresh.refuses(act, *said) == reason


def test_a_paused_clock_refuses_to_be_paused_again(running):
    running.do(control.pause)

    assert running.refuses(control.pause) == "paused"
    assert running.refuses(control.start, 60) == "already_started"


WORDS = {"title": "News", "body": "", "to": ["XA"]}


@pytest.mark.parametrize(
    ("act", "said", "named"),
    [
        (control.start, (60,), {}),
        (control.pause, (), {}),
        (control.resume, (), {}),
        (control.speed, (60,), {}),
        (control.jump, (DAY_ZERO + timedelta(days=40),), {}),
        (control.end, (), {}),
        (control.fire_inject, ("nudge",), {}),
        (control.skip_inject, ("nudge",), {}),
        (control.hold_inject, ("nudge",), {}),
        (control.release_inject, ("nudge",), {}),
        (control.edit_inject, ("nudge",), WORDS),
        (control.add_inject, ("late",), {**WORDS, "at": None}),
        (control.take_seat, ("XB", "central_authority"), {}),
        (control.give_back_seat, ("XB", "central_authority"), {}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_after_the_end_nothing_is_moved_brought_or_taken(running, act, said, named):
    running.do(control.end)

    assert running.refuses(act, *said, **named) == "ended"


def test_after_the_end_there_is_nothing_to_jump_to(running):
    running.do(control.end)

    assert running.refuses(control.jump_to_next) == "nothing_to_come"


def test_an_exercise_played_without_a_clock_has_none_to_move(db):
    read = read_scenario(json.dumps(SCENARIO).encode(), "controlled.yaml", rulebook(), behaviours().keys())
    headless = make(read, seed=7, teams="typical")

    with pytest.raises(Refused, match="played without a clock"):
        control.start(headless.pk, WALL, 60)


# -- injects ---------------------------------------------------------------------------------------------


def test_an_inject_fired_by_hand_comes_now_and_not_again(running):
    running.do(control.fire_inject, "news")
    running.passes(10)

    assert running.told("inject") == [
        (hours(10), {"inject": "news", "to": ["XA"], "title": "The port is offline"})
    ]
    desks = Notice.objects.filter(authority__state__exercise=running.key, kind="inject")
    assert {notice.authority.state.code for notice in desks} == {"XA"}
    assert running.expectation("ask").due_at == DAY_ZERO + hours(16)


def test_a_skipped_inject_does_not_come_but_can_be_fired_after_all(running):
    running.do(control.skip_inject, "news")
    running.passes(5)
    assert (running.inject("news").status, running.told("inject")) == (Inject.SKIPPED, [])

    running.do(control.fire_inject, "news")

    assert running.inject("news").fired_at == DAY_ZERO + hours(15)


def test_a_held_inject_comes_when_it_is_released_after_its_time(running):
    running.do(control.hold_inject, "news")
    running.passes(5)
    assert running.told("inject") == []

    running.do(control.release_inject, "news")
    running.passes(1)

    assert [at for at, _ in running.told("inject")] == [hours(15)]


def test_a_held_inject_comes_in_its_time_when_it_is_released_before(running):
    running.do(control.hold_inject, "news")
    running.passes(1)
    running.do(control.release_inject, "news")
    running.passes(5)

    assert [at for at, _ in running.told("inject")] == [hours(12)]


def test_a_held_inject_that_waits_for_nothing_stays_out_when_something_happens(running):
    running.do(control.hold_inject, "nudge")
    running.passes(20)
    assert AssistanceRequest.objects.get(exercise=running.key).submitted_at == DAY_ZERO + hours(24)

    running.do(control.release_inject, "nudge")
    running.passes(40)

    assert running.inject("nudge").fired_at is None


def test_a_held_inject_that_waits_for_an_act_comes_when_it_is_released_after_it(running):
    running.do(control.hold_inject, "echo")
    running.passes(50)
    assert running.inject("echo").fired_at is None

    running.do(control.release_inject, "echo")

    assert running.inject("echo").fired_at == DAY_ZERO + hours(60)


def test_an_edited_inject_says_what_it_was_given_last(running):
    running.do(control.edit_inject, "news", title="The port burns", body="Smoke is seen.", to=["XB", "XC"])
    running.passes(5)

    assert running.told("inject") == [
        (hours(12), {"inject": "news", "to": ["XB", "XC"], "title": "The port burns"})
    ]
    assert running.inject("news").body == "Smoke is seen."


@pytest.mark.parametrize(
    ("at", "comes_at"),
    [(None, 10), (DAY_ZERO + hours(3), 10), (DAY_ZERO + hours(11.5), 11.5)],
    ids=["at once", "for an instant that is past", "for later"],
)
def test_an_inject_added_in_the_run_comes_in_its_time_or_at_once(running, at, comes_at):
    running.do(control.add_inject, "leak", title="A leak", body="", to=["XC"], at=at)
    running.passes(5)

    assert (hours(comes_at), {"inject": "leak", "to": ["XC"], "title": "A leak"}) in running.told("inject")
    assert running.told("add_inject") == [(hours(10), {"inject": "leak", "to": ["XC"], "title": "A leak"})]


@pytest.mark.parametrize(
    ("act", "said", "named", "reason"),
    [
        (control.fire_inject, ("weather",), {}, "no_inject"),
        (control.skip_inject, ("weather",), {}, "no_inject"),
        (control.hold_inject, ("weather",), {}, "no_inject"),
        (control.release_inject, ("weather",), {}, "no_inject"),
        (control.edit_inject, ("weather",), WORDS, "no_inject"),
        (control.release_inject, ("news",), {}, "inject_is_past"),
        (control.edit_inject, ("news",), {**WORDS, "to": ["XZ"]}, "unknown_state"),
        (control.edit_inject, ("news",), {**WORDS, "to": []}, "unknown_state"),
        (control.edit_inject, ("news",), {**WORDS, "title": "x" * 301}, "bad_text"),
        (control.add_inject, ("news",), {**WORDS, "at": None}, "inject_exists"),
        (control.add_inject, ("leak",), {**WORDS, "to": ["XA", "US"], "at": None}, "unknown_state"),
        (control.add_inject, ("x" * 121,), {**WORDS, "at": None}, "bad_text"),
        (control.add_inject, (" ",), {**WORDS, "at": None}, "bad_text"),
        (control.add_inject, ("leak",), {**WORDS, "body": "nul \0", "at": None}, "bad_text"),
        (control.add_inject, ("leak",), {**WORDS, "title": "\udc80", "at": None}, "bad_text"),
        (
            control.add_inject,
            ("leak",),
            {**WORDS, "at": DAY_ZERO + timedelta(days=41)},
            "after_the_end",
        ),
    ],
    ids=[
        "fire one that is not",
        "skip one that is not",
        "hold one that is not",
        "release one that is not",
        "edit one that is not",
        "release one that is not held",
        "edit for an unknown State",
        "edit for nobody",
        "edit with an endless title",
        "add one that is there",
        "add for an unknown State",
        "add with an endless name",
        "add without a name",
        "add with a zero in it",
        "add with half a sign in it",
        "add for after the end",
    ],
)
def test_injects_that_cannot_be_are_refused(running, act, said, named, reason):
    assert running.refuses(act, *said, **named) == reason


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (control.fire_inject, {}),
        (control.skip_inject, {}),
        (control.hold_inject, {}),
        (control.edit_inject, WORDS),
    ],
    ids=["fire", "skip", "hold", "edit"],
)
def test_an_inject_that_has_come_is_past(running, act, named):
    running.passes(5)

    assert running.refuses(act, "news", **named) == "inject_is_past"


# -- expectations ----------------------------------------------------------------------------------------


def test_an_evaluator_overrides_a_score_with_a_reason_also_after_the_end(running):
    running.do(control.fire_inject, "news")
    running.do(control.override_expectation, "ask", points=12, reason="asked by telephone")
    running.do(control.end)
    running.do(control.override_expectation, "withdraw", points=5, reason="would have been wrong")

    asked, withdrew = running.expectation("ask"), running.expectation("withdraw")
    assert (asked.status, asked.points_given, asked.points_possible) == ("uncounted", 12, 20)
    assert (withdrew.status, withdrew.points_given) == ("uncounted", 5)
    assert running.told("override_expectation") == [
        (hours(10), {"expectation": "ask", "points": 12, "reason": "asked by telephone"}),
        (hours(10), {"expectation": "withdraw", "points": 5, "reason": "would have been wrong"}),
    ]


@pytest.mark.parametrize("keep_back", [control.hold_inject, control.skip_inject], ids=["held", "left out"])
def test_what_news_that_never_came_asks_for_is_not_counted(running, keep_back):
    running.do(keep_back, "news")
    running.passes(24 * 40)

    assert running.row.ended
    found = running.expectation("withdraw")
    assert (found.status, found.points_given, found.points_possible) == ("uncounted", 0, 0)
    # What was done all the same, before anybody asked for it, is worth its points.
    assert running.expectation("ask").status == "met"
    assert account(running.row)["expectations"] == {"met": 1, "missed": 0, "points": 20, "of": 20}


def test_what_was_asked_for_and_not_done_by_the_end_is_missed_and_counted(running):
    running.passes(24 * 40)

    assert [running.expectation(name).status for name in ("ask", "withdraw")] == ["missed", "missed"]
    assert account(running.row)["expectations"] == {"met": 0, "missed": 2, "points": 0, "of": 25}


@pytest.mark.parametrize(
    ("name", "points", "why", "reason"),
    [
        ("ask", 21, "very good", "bad_points"),
        ("ask", -1, "very bad", "bad_points"),
        ("ask", 10, "", "no_reason"),
        ("ask", 10, " \n", "no_reason"),
        ("ask", 10, "x" * 2_001, "bad_text"),
        ("sing", 10, "why not", "no_expectation"),
    ],
    ids=["more than it is worth", "less than nothing", "no reason", "a blank reason", "too long", "unknown"],
)
def test_overrides_that_cannot_be_are_refused(running, name, points, why, reason):
    assert running.refuses(control.override_expectation, name, points=points, reason=why) == reason


# -- seats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "said", "reason"),
    [
        (control.take_seat, ("XB", "ministry_of_silence"), "no_authority"),
        (control.take_seat, ("XZ", "central_authority"), "no_authority"),
        (control.take_seat, ("", ""), "no_authority"),
        (control.give_back_seat, ("XB", "central_authority"), "seat_is_so"),
    ],
    ids=["unknown desk", "unknown State", "nothing named", "given back untaken"],
)
def test_seats_that_cannot_be_are_refused(running, act, said, reason):
    assert running.refuses(act, *said) == reason


def test_a_seat_is_taken_once(running):
    running.do(control.take_seat, "XB", "central_authority")

    assert running.refuses(control.take_seat, "XB", "central_authority") == "seat_is_so"
    assert running.told("take_seat") == [(hours(10), {"desk": "XB/central_authority"})]


def test_a_taken_desk_does_nothing_by_itself_and_takes_up_what_stands_open_when_given_back(running):
    running.do(control.take_seat, "XB", "contact_point_24_7")
    running.passes(24 * 5)
    request = AssistanceRequest.objects.get(exercise=running.key)
    assert request.status == "sent"

    running.do(control.give_back_seat, "XB", "contact_point_24_7")
    running.passes(24 * 5)

    request.refresh_from_db()
    assert request.status == "evidence_transmitted"
    acts = request.events.order_by("seq")
    assert [event.act for event in acts][:2] == ["submit", "acknowledge"]
    assert acts[1].at >= DAY_ZERO + hours(10 + 24 * 5)


def test_what_an_officer_had_in_hand_is_left_when_people_take_the_desk_and_taken_up_again_after(running):
    running.passes(14)
    running.do(control.jump_to_next)
    running.passes(0)
    while not Work.objects.filter(exercise=running.key, status="in_hand", side="requested").exists():
        running.do(control.jump_to_next)
        running.passes(0)
    running.do(control.take_seat, "XB", "contact_point_24_7")
    running.passes(24 * 3)
    request = AssistanceRequest.objects.get(exercise=running.key)
    left_at = request.version
    assert not Work.objects.filter(exercise=running.key, status="in_hand", side="requested").exists()

    running.do(control.give_back_seat, "XB", "contact_point_24_7")
    running.passes(24 * 5)

    request.refresh_from_db()
    assert request.version > left_at
    assert request.status == "evidence_transmitted"


def test_people_at_a_taken_desk_act_and_the_simulated_one_goes_on_from_there(running):
    running.do(control.take_seat, "XB", "contact_point_24_7")
    running.passes(24 * 2)
    request = AssistanceRequest.objects.get(exercise=running.key)
    seat = Seat.objects.select_related("authority__state").get(
        authority=running.authority("XB/contact_point_24_7")
    )
    door.act(request.pk, by=seat, act="acknowledge", contents={}, version=1, key="one", now=running.wall)
    running.do(control.give_back_seat, "XB", "contact_point_24_7")
    running.passes(24 * 5)

    request.refresh_from_db()
    assert [event.act for event in request.events.order_by("seq")].count("acknowledge") == 1
    assert request.status == "evidence_transmitted"


def pairs(exercise: Exercise, without: str) -> dict[str, list[bytes]]:
    """Return the chains of the requests in which a State has no part."""
    found: dict[str, list[bytes]] = {}
    rows = Event.objects.filter(exercise=exercise).exclude(request=None)
    rows = rows.exclude(request__requesting_code=without).exclude(request__requested_code=without)
    for reference, content in rows.order_by("seq").values_list("request__reference", "content"):
        found.setdefault(reference, []).append(bytes(content))
    return found


def test_a_seat_taken_and_given_back_leaves_the_other_states_draws_as_they_were(db):
    scenario = json.loads(busy_scenario("busy", requests=60, states=4, days=60))
    read = read_scenario(json.dumps(scenario).encode(), "busy.yaml", rulebook(), behaviours().keys())
    untouched = make(read, seed=7, teams="typical")
    play(untouched, untouched.ends_at)

    live = Controls(scenario)
    live.do(control.start, HOUR_A_SECOND)
    live.passes(24 * 10)
    for kind in ("central_authority", "contact_point_24_7"):
        live.do(control.take_seat, "SG", kind)
    live.passes(24 * 20)
    for kind in ("central_authority", "contact_point_24_7"):
        live.do(control.give_back_seat, "SG", kind)
    live.passes(24 * 90)

    assert live.row.ended
    assert pairs(live.row, without="SG") == pairs(untouched, without="SG")
    assert len(pairs(live.row, without="SG")) > 20
    assert pairs(live.row, without="ZA") != pairs(untouched, without="ZA")
    assert list(failures(live.row)) == []


# -- from the shell --------------------------------------------------------------------------------------


@pytest.fixture
def handle(running: Controls, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("requests_app.management.commands.control.wall_now", lambda: running.wall)
    shell("load_world")
    return str(running.row.handle)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("nothing-1", "pause"), "nothing-1"),
        (("HANDLE", "start"), "resume"),
        (("HANDLE", "speed", "0"), "86,400"),
        (("HANDLE", "speed", "fast"), "fast"),
        (("HANDLE", "jump", "yesterday"), "yesterday"),
        (("HANDLE", "jump", "2027-03-02T00:00:00"), "offset"),
        (("HANDLE", "jump", "+900d"), "ends"),
        (("HANDLE", "fire", "weather"), "weather"),
        (("HANDLE", "add", "leak", "--title", "A leak", "--to", "XQ"), "XQ"),
        (("HANDLE", "add", "leak", "--title", "A leak", "--to", "XA", "--at", "noon"), "noon"),
        (("HANDLE", "override", "ask", "--points", "99", "--reason", "so"), "20"),
        (("HANDLE", "take", "XB"), "XB"),
        (("HANDLE", "take", "XB/choir"), "XB/choir"),
        (("HANDLE", "sing"), "sing"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_control_answers_bad_input_with_one_line_and_exit_2(handle, arguments, names):
    before = everything()

    ran = shell("control", *[handle if word == "HANDLE" else word for word in arguments])

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert names in ran.said[0]
    assert "Traceback" not in ran.said[0]
    assert everything() == before


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("nowhere",), "nowhere"),
        (("insider-below-threshold", "--teams", "perfect"), "perfect"),
        (("insider-below-threshold", "--seed", "many"), "many"),
        (("insider-below-threshold", "--rate", "60"), "--start"),
        (("insider-below-threshold", "--start", "--rate", "0"), "86,400"),
        (("insider-below-threshold", "--start", "--rate", "-5"), "86,400"),
    ],
    ids=["no such scenario", "no such behaviour", "no number", "not started", "no pace", "backwards"],
)
def test_open_exercise_answers_bad_input_with_one_line_and_exit_2(db, arguments, names):
    ran = shell("open_exercise", *arguments)

    assert (ran.code, ran.out, len(ran.said)) == (2, "", 1)
    assert names in ran.said[0]
    assert not Exercise.objects.exists()


def test_an_exercise_is_opened_run_and_ended_from_the_shell(db):
    opened = shell("open_exercise", "insider-below-threshold", "--seed", "7", "--start", "--rate", "60")
    assert (opened.code, opened.said) == (0, ["EXERCISE insider-below-threshold-7: running"])

    steps = [
        (("pause",), "the clock stands still"),
        (("resume",), "the clock runs"),
        (("speed", "3600"), "the clock runs"),
        (("take", "XB/central_authority"), "XB/central_authority is taken by people"),
        (("give", "XB/central_authority"), "XB/central_authority is simulated"),
        (("add", "leak", "--title", "A leak", "--to", "XA,XB"), "the inject leak is added"),
        (("end",), "ended"),
    ]
    for said, answer in steps:
        ran = shell("control", "insider-below-threshold-7", *said)
        assert (ran.code, ran.said) == (0, [f"EXERCISE insider-below-threshold-7: {answer}"])
    assert Exercise.objects.get().ended
