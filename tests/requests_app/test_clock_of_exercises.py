"""The clock of live exercises: whatever is done to it, the same things happen at the same instants."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cooperation.behaviour import behaviours
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, find, read_scenario
from cooperation.words import Refused
from requests_app.agenda import batch, present
from requests_app.agenda.models import Lateness
from requests_app.exercises import control, heartbeat
from requests_app.exercises.models import Expectation, Inject
from requests_app.exercises.run import make, play
from requests_app.workflow.models import Event
from requests_app.workflow.verify import failures
from requests_app.world.models import Exercise, Heartbeat
from requests_app.world.timekeeping import exercise_now
from tests.builders import DAY_ZERO, desks_scenario

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
WALL = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR_A_SECOND = 3600
DAY_A_SECOND = 86_400
SHORT = "phishing-kit-author"
CLOCK_ACTS = ("start", "pause", "resume", "speed", "jump")


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The wall clock of the test. Nobody else waits for a turn, so nobody rests."""
    monkeypatch.setattr(present, "REST_S", 0)
    monkeypatch.setattr(heartbeat, "REST_S", 0)
    moved = Wall()
    monkeypatch.setattr(batch, "wall_now", lambda: moved.at)
    return moved


class Wall:
    """Wall time, moved by the test alone."""

    def __init__(self) -> None:
        self.at = WALL


class Live:
    """A live exercise, and the wall clock that the test moves; the beat comes when the test says so."""

    def __init__(self, scenario: Scenario, wall: Wall, *, seed: int = 7) -> None:
        Heartbeat.objects.all().delete()
        self._wall = wall
        self.wall = WALL
        self.key = control.open_live(scenario, seed=seed, teams="typical", wall=WALL).pk

    @property
    def wall(self) -> datetime:
        return self._wall.at

    @wall.setter
    def wall(self, at: datetime) -> None:
        self._wall.at = at

    @property
    def row(self) -> Exercise:
        return Exercise.objects.get(pk=self.key)

    def beat(self) -> list[Any]:
        """Sweep once and advance what is due; return what was."""
        due = heartbeat.sweep(self.wall)
        for key in due:
            heartbeat.tick(key, lambda: self.wall)
        return due

    def passes(self, *, beats: int = 1, every_s: float = 1) -> None:
        """Let wall time pass, with a beat at the end of each stretch."""
        for _ in range(beats):
            self.wall += timedelta(seconds=every_s)
            self.beat()

    def do(self, act: Any, *said: Any, **named: Any) -> Any:
        return act(self.key, self.wall, *said, **named)

    def shows(self) -> timedelta:
        """Return how far the exercise is from its start."""
        row = self.row
        return exercise_now(row, self.wall) - row.starts_at

    def inject(self, name: str) -> Inject:
        return Inject.objects.get(exercise=self.key, name=name)

    def fired(self) -> list[tuple[str, timedelta]]:
        """Return which injects came, and when after the start."""
        start = self.row.starts_at
        events = Event.objects.filter(exercise=self.key, act="inject").order_by("seq")
        return [(event.contents["inject"], event.at - start) for event in events]

    def late_buckets(self) -> list[int]:
        """Return the buckets of lateness that hold anything but the punctual."""
        rows = Lateness.objects.filter(exercise=self.key, bucket__gt=0)
        return list(rows.values_list("bucket", flat=True))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def shipped(name: str) -> Scenario:
    path = find(name)
    return read_scenario(path, path.name, rulebook(), behaviours().keys())


def newsroom(*injects: tuple[str, str]) -> Scenario:
    """Return a scenario in which nothing happens but injects, each a name and an instant; one is to be answered."""
    told: dict[str, Any] = {
        **json.loads(desks_scenario(name="newsroom")),
        "length": "40d",
        "injects": [
            {"id": name, "trigger": {"at": at}, "to": ["XA"], "title": f"News: {name}"}
            for name, at in injects
        ],
        "expectations": [
            {
                "id": "answer",
                "seat": "XA",
                "act": "submit",
                "to": "XB",
                "within": "6h",
                "of": {"inject": injects[0][0]},
                "points": 10,
                "why": "42(1)",
            }
        ],
    }
    return read_scenario(json.dumps(told).encode(), "newsroom.yaml", rulebook(), behaviours().keys())


@pytest.fixture
def news(wall: Wall) -> Live:
    """An exercise with news after 11 and 12 hours, running at an hour a second; ten hours have passed."""
    live = Live(newsroom(("first", "+11h"), ("second", "+12h")), wall)
    live.do(control.start, HOUR_A_SECOND)
    live.beat()
    live.passes(beats=2, every_s=5)
    return live


# -- the same things happen, whatever is done to the clock -----------------------------------------------


def chains(exercise: Exercise) -> list[tuple[str, str, int, bytes]]:
    """Return the bytes of every event on the chains of requests and desks."""
    rows = Event.objects.filter(exercise=exercise).exclude(request=None, desk="")
    found = rows.values_list("request__reference", "desk", "seq", "content")
    return sorted((reference or "", desk, seq, bytes(content)) for reference, desk, seq, content in found)


def story(exercise: Exercise) -> list[tuple[datetime, str, str]]:
    """Return what is on control's own chain, what was done to the clock left out."""
    rows = Event.objects.filter(exercise=exercise, request=None, desk="").exclude(act__in=CLOCK_ACTS)
    return [
        (at, act, json.dumps(said))
        for at, act, said in rows.order_by("seq").values_list("at", "act", "contents")
    ]


@cache
def played(name: str, seed: int) -> tuple[list[Any], list[Any]]:
    """Return what happens in a headless run of a scenario that ships."""
    exercise = make(shipped(name), seed=seed, teams="typical")
    play(exercise, exercise.ends_at)
    return chains(exercise), story(exercise)


STEPS = st.one_of(
    st.tuples(st.just("pass"), st.sampled_from([0.2, 1, 5, 15, 19.9])),
    st.tuples(st.just("pause"), st.sampled_from([0, 3, 86_400])),
    st.tuples(st.just("resume"), st.sampled_from([None, 60, HOUR_A_SECOND, DAY_A_SECOND])),
    st.tuples(st.just("speed"), st.sampled_from([1, 60, HOUR_A_SECOND, DAY_A_SECOND])),
    st.tuples(st.just("outage"), st.sampled_from([21, 3_600, 300_000])),
    st.tuples(st.just("jump"), st.sampled_from([1, 7, 50, 500])),
    st.tuples(st.just("jump_to_next"), st.none()),
    st.tuples(st.just("host_behind"), st.sampled_from([2, 30])),
)


def take(live: Live, step: str, value: Any) -> None:
    """Take one step; what cannot be done as the clock stands is left out."""
    clock = live.row.clock
    assert clock is not None
    paused = clock.is_paused(live.wall)
    if step == "pass":
        live.passes(beats=3, every_s=value)
    elif step == "pause" and not paused:
        live.do(control.pause)
        live.wall += timedelta(seconds=value)
        live.beat()
    elif step == "resume" and paused:
        live.do(control.resume, value)
    elif step == "speed" and not paused:
        live.do(control.speed, value)
    elif step == "outage":
        live.passes(every_s=value)
    elif step == "jump":
        row = live.row
        live.do(control.jump, min(exercise_now(row, live.wall) + hours(value), row.ends_at))
    elif step == "jump_to_next":
        live.do(control.jump_to_next)
    elif step == "host_behind":
        heartbeat.tick(live.key, lambda: live.wall - timedelta(seconds=value))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.sampled_from([7, 8]),
    rows_at_once=st.sampled_from([1, 7, 50, 1_000]),
    steps=st.lists(STEPS, min_size=4, max_size=25),
)
@example(
    seed=7,
    rows_at_once=7,
    steps=[
        ("pass", 5),
        ("pause", 86_400),
        ("jump_to_next", None),
        ("jump", 7),
        ("resume", DAY_A_SECOND),
        ("outage", 300_000),
        ("host_behind", 30),
        ("speed", 60),
        ("outage", 21),
        ("jump", 500),
        ("pass", 19.9),
    ],
)
def test_pauses_speeds_outages_and_jumps_change_nothing_but_the_exercises_own_chain(
    wall, seed, rows_at_once, steps
):
    expected_chains, expected_story = played(SHORT, seed)
    live = Live(shipped(SHORT), wall, seed=seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heartbeat, "ROWS_AT_ONCE", rows_at_once)
        patch.setattr(present, "ROWS_AT_ONCE", rows_at_once)
        live.do(control.start, HOUR_A_SECOND)
        live.beat()
        for step, value in steps:
            if not live.row.ended:
                take(live, step, value)
        _run_out(live)

    row = live.row
    assert chains(row) == expected_chains
    assert story(row) == expected_story
    assert list(failures(row)) == []


def _run_out(live: Live) -> None:
    """Let the exercise run to its end at a day a second."""
    for _ in range(500):
        row = live.row
        if row.ended:
            return
        assert row.clock is not None
        if row.clock.is_paused(live.wall):
            live.do(control.resume, DAY_A_SECOND)
        elif row.clock.segments[-1].rate != DAY_A_SECOND:
            live.do(control.speed, DAY_A_SECOND)
        live.passes()
    raise AssertionError("the exercise has not ended")


# -- the four classic faults of exercise platforms -------------------------------------------------------


def test_an_inject_fired_by_hand_in_a_pause_is_not_late(news):
    news.do(control.pause)
    news.passes(beats=3, every_s=86_400)
    news.do(control.fire_inject, "first")

    assert news.inject("first").fired_at == DAY_ZERO + hours(10)
    assert news.fired() == [("first", hours(10))]
    expectation = Expectation.objects.get(exercise=news.key)
    assert (expectation.status, expectation.due_at) == ("running", DAY_ZERO + hours(16))

    news.do(control.resume)
    news.passes(beats=5)
    expectation.refresh_from_db()
    assert (news.shows(), expectation.status) == (hours(15), "running")
    news.passes()
    expectation.refresh_from_db()
    assert (expectation.status, expectation.decided_at) == ("missed", DAY_ZERO + hours(16))
    assert news.fired() == [("first", hours(10)), ("second", hours(12))]
    assert news.late_buckets() == []


def test_injects_do_not_expire_in_a_long_pause(news):
    news.do(control.pause)
    for _ in range(30):
        news.wall += timedelta(days=1)
        assert news.beat() == []

    news.do(control.resume)
    news.passes(beats=2)

    assert news.fired() == [("first", hours(11)), ("second", hours(12))]
    assert news.late_buckets() == []


@pytest.mark.parametrize("paused_s", [0, 1, 15, 86_400], ids=["no time", "a second", "15 seconds", "a day"])
def test_the_first_inject_after_a_pause_is_not_lost(news, paused_s):
    news.do(control.pause)
    news.passes(every_s=paused_s)

    news.do(control.resume)
    resumed_at = news.wall
    assert news.row.wake_at == resumed_at + timedelta(seconds=1)
    news.passes()

    assert news.fired() == [("first", hours(11))]


def test_an_inject_due_at_the_very_instant_of_the_pause_comes_before_it(news):
    news.wall += timedelta(seconds=1)
    news.do(control.pause)

    assert news.fired() == [("first", hours(11))]
    acts = Event.objects.filter(exercise=news.key, request=None, desk="").order_by("seq")
    assert list(acts.values_list("act", flat=True)) == ["prepare", "start", "inject", "pause"]


@pytest.mark.parametrize(
    ("at", "comes_at"),
    [(None, hours(10)), (hours(8), hours(10)), (hours(10), hours(10)), (hours(11), hours(11))],
    ids=["for now", "for an instant that is past", "for the instant of the pause", "for later"],
)
def test_an_inject_added_during_a_pause_is_not_too_old(news, at, comes_at):
    news.do(control.pause)
    news.passes(beats=2, every_s=86_400)
    when = DAY_ZERO + at if at is not None else None
    news.do(control.add_inject, "added", title="Word from the embassy", body="", to=["XA", "XB"], at=when)

    in_the_pause = news.fired()
    news.do(control.resume)
    news.passes(beats=2)

    assert in_the_pause == ([("added", hours(10))] if comes_at == hours(10) else [])
    assert sorted(news.fired(), key=lambda one: one[1]) == news.fired()
    assert ("added", comes_at) in news.fired()
    assert len(news.fired()) == 3
    assert news.late_buckets() == []


# -- pauses ----------------------------------------------------------------------------------------------


def test_a_paused_exercise_is_left_alone_by_the_beat(news):
    news.do(control.pause)

    assert news.row.wake_at is None
    news.passes(beats=5, every_s=10)
    assert news.shows() == hours(10)


def test_a_pause_says_why_and_a_resumption_goes_on_at_the_old_pace(news):
    news.do(control.speed, 60)
    news.do(control.pause, "fire alarm")
    news.passes(every_s=3_600)
    news.do(control.resume)
    news.passes(beats=2, every_s=5)

    assert news.shows() == hours(10) + timedelta(minutes=10)
    acts = Event.objects.filter(exercise=news.key, act="pause").values_list("contents", flat=True)
    assert list(acts) == [{"why": "fire alarm"}]


# -- outages ---------------------------------------------------------------------------------------------


def test_a_night_switched_off_becomes_a_pause_from_the_last_beat(news):
    news.wall += timedelta(hours=14)
    news.beat()

    assert news.shows() == hours(10)
    clock = news.row.clock
    assert clock is not None
    assert [(int(s.rate), s.exercise_at - DAY_ZERO) for s in clock.segments[-2:]] == [
        (0, hours(10)),
        (HOUR_A_SECOND, hours(10)),
    ]
    news.passes()
    assert news.fired() == [("first", hours(11))]
    assert news.late_buckets() == []


def test_each_running_exercise_rests_in_an_outage_and_a_paused_one_stays_as_it_was(news):
    other = control.open_live(newsroom(("first", "+11h")), seed=8, teams="typical", wall=news.wall)
    control.start(other.pk, news.wall, 60)
    standing = control.open_live(newsroom(("first", "+11h")), seed=9, teams="typical", wall=news.wall)
    news.wall += timedelta(days=1)
    news.beat()

    rates = {
        seed: [segment.rate for segment in Exercise.objects.get(seed=seed).segments.all()]
        for seed in (7, 8, 9)
    }
    assert rates == {7: [0, 3600, 0, 3600], 8: [0, 60, 0, 60], 9: [0]}
    assert Exercise.objects.get(pk=standing.pk).wake_at is None


def test_an_outage_is_entered_once_in_each_exercise_whatever_dies_between_them(news):
    other = control.open_live(newsroom(("first", "+11h")), seed=8, teams="typical", wall=news.wall)
    control.start(other.pk, news.wall, HOUR_A_SECOND)
    went_dark_at = news.wall
    news.wall += timedelta(hours=14)
    assert set(heartbeat.sweep(news.wall)) == {news.key, other.pk}

    # All dies once one of two is entered; the other stands still, though the beat has come back.
    heartbeat.tick(news.key, lambda: news.wall)
    assert exercise_now(Exercise.objects.get(pk=other.pk), news.wall) == DAY_ZERO
    second_at = news.wall
    news.wall += timedelta(hours=5)
    news.beat()

    rests = {
        seed: [segment.wall_at for segment in Exercise.objects.get(seed=seed).segments.all()][2:]
        for seed in (7, 8)
    }
    assert rests == {
        7: [went_dark_at, second_at, second_at, news.wall],
        8: [went_dark_at, news.wall],
    }
    assert news.shows() == hours(10)
    assert exercise_now(Exercise.objects.get(pk=other.pk), news.wall) == DAY_ZERO
    news.passes()
    assert news.fired() == [("first", hours(11))]
    assert news.late_buckets() == []


def test_whoever_acts_first_in_an_exercise_after_an_outage_enters_it(news):
    news.wall += timedelta(hours=14)
    heartbeat.sweep(news.wall)

    news.do(control.speed, 60)

    assert [segment.rate for segment in news.row.segments.all()] == [0, 3600, 0, 3600, 60]
    assert news.shows() == hours(10)
    assert news.beat() == []


def test_the_clock_can_be_paused_in_an_outage_and_stands_at_the_last_beat(news):
    news.wall += timedelta(hours=14)

    news.do(control.pause)
    assert news.shows() == hours(10)
    news.do(control.resume)
    # Until the beat is back, time goes on standing still.
    news.passes(beats=2)

    assert news.shows() == hours(11)
    assert news.fired() == [("first", hours(11))]


def test_whoever_acts_before_the_first_beat_after_an_outage_meets_the_instant_of_the_last_beat(news):
    news.wall += timedelta(hours=14)
    assert news.shows() == hours(10)

    news.do(control.fire_inject, "second")

    assert news.fired() == [("second", hours(10))]


def test_a_silence_of_twenty_seconds_is_no_outage_and_one_of_twenty_one_is(news):
    news.passes(every_s=20)
    assert news.shows() == hours(30)
    news.passes(every_s=21)
    assert news.shows() == hours(30)


def test_two_beats_after_an_outage_enter_one_pause(news):
    news.wall += timedelta(hours=14)
    news.beat()
    news.beat()
    heartbeat.sweep(news.wall - timedelta(seconds=2))

    assert [segment.rate for segment in news.row.segments.all()] == [0, 3600, 0, 3600]


# -- hosts that do not agree -----------------------------------------------------------------------------


def test_a_host_whose_clock_is_behind_takes_no_exercise_back(news):
    news.passes(beats=2)
    seen = news.shows()

    heartbeat.tick(news.key, lambda: news.wall - timedelta(seconds=2))
    control.pause(news.key, news.wall - timedelta(seconds=2))

    assert news.shows() == seen == hours(12)
    at = Event.objects.get(exercise=news.key, act="pause").at
    assert at == DAY_ZERO + hours(12)
    walls = list(news.row.segments.values_list("wall_at", flat=True))
    assert walls == sorted(walls)


def test_the_last_beat_is_the_latest_whatever_host_noted_it(news):
    before = Heartbeat.objects.get(name="beat").at

    heartbeat.beat("beat", before - timedelta(seconds=30))

    assert Heartbeat.objects.get(name="beat").at == before


# -- what the beat finds ---------------------------------------------------------------------------------


def test_the_beat_finds_an_exercise_when_its_earliest_row_is_due_and_not_before(news):
    news.wall += timedelta(milliseconds=999)
    assert heartbeat.sweep(news.wall) == []
    news.wall += timedelta(milliseconds=1)
    assert heartbeat.sweep(news.wall) == [news.key]


def test_a_tick_that_finds_nothing_due_or_no_exercise_does_nothing(news):
    assert heartbeat.tick(news.key, lambda: news.wall) == 0
    before = Event.objects.filter(exercise=news.key).count()
    for _ in range(10):
        heartbeat.tick(news.key, lambda: news.wall)

    assert Event.objects.filter(exercise=news.key).count() == before
    control.end(news.key, news.wall)
    assert heartbeat.tick(uuid.uuid4(), lambda: news.wall) == 0


def test_a_worker_lets_go_of_an_exercise_when_its_turn_is_over(wall, monkeypatch):
    monkeypatch.setattr(heartbeat, "ROWS_AT_ONCE", 5)
    live = Live(shipped(SHORT), wall)
    live.do(control.start, DAY_A_SECOND)
    live.wall += timedelta(seconds=15)

    assert heartbeat.tick(live.key, lambda: live.wall, turn_s=0) == 0
    assert heartbeat.tick(live.key, lambda: live.wall, turn_s=0.001) == 1
    assert live.row.wake_at <= live.wall


def test_whoever_acts_while_workers_are_behind_is_told_so_at_once_and_helps_where_there_are_none(wall):
    live = Live(newsroom(*((f"news-{number}", "+1h") for number in range(60))), wall)
    live.do(control.start, HOUR_A_SECOND)
    live.beat()
    live.wall += timedelta(seconds=3)

    with pytest.raises(Refused) as refusal, present.at_present(live.key, live.wall):
        raise AssertionError("nothing is given")
    assert refusal.value.reason == "catching_up"
    assert live.fired() == []

    Heartbeat.objects.all().delete()
    with present.at_present(live.key, live.wall, backlog_at_most_s=60):
        assert len(live.fired()) == 60
