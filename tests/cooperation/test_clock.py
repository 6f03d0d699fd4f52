"""The clock of an exercise: written-out readings, and properties that hold for every history of a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.clock import Clock, Segment
from cooperation.words import Refused

MADE = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
BEGIN = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
ONE = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def wall(minutes: float) -> datetime:
    return MADE + timedelta(minutes=minutes)


def exercise(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


@pytest.fixture
def an_hour_a_second() -> Clock:
    """Started 10 minutes after it was made, at an hour a second."""
    return Clock.stopped(MADE, BEGIN).start(wall(10), BEGIN, 3600)


def test_a_clock_stands_still_until_it_is_started(an_hour_a_second):
    assert an_hour_a_second.exercise_at(wall(-5)) == BEGIN
    assert an_hour_a_second.exercise_at(wall(10)) == BEGIN
    assert an_hour_a_second.exercise_at(wall(11)) == exercise(60)
    assert an_hour_a_second.is_paused(wall(-5))
    assert an_hour_a_second.is_paused(wall(9))
    assert not an_hour_a_second.is_paused(wall(10))


def test_a_clock_that_was_never_started_never_reaches_a_later_instant():
    clock = Clock.stopped(MADE, BEGIN)

    assert clock.wall_at(BEGIN) == MADE
    assert clock.wall_at(BEGIN + ONE) is None


def test_a_pause_adds_nothing_and_a_resumed_clock_keeps_its_rate(an_hour_a_second):
    clock = an_hour_a_second.pause(wall(11), exercise(60)).resume(wall(100), exercise(60))

    assert clock.exercise_at(wall(50)) == exercise(60)
    assert clock.is_paused(wall(50))
    assert clock.exercise_at(wall(101)) == exercise(120)
    assert clock.wall_at(exercise(60)) == wall(11)
    assert clock.wall_at(exercise(60) + timedelta(hours=1)) == wall(100) + timedelta(seconds=1)


def test_an_instant_is_not_reached_while_the_clock_is_paused(an_hour_a_second):
    clock = an_hour_a_second.pause(wall(11), exercise(60))

    assert clock.wall_at(exercise(59)) is not None
    assert clock.wall_at(exercise(61)) is None


def test_another_speed_holds_from_its_instant_on(an_hour_a_second):
    clock = an_hour_a_second.speed(wall(11), exercise(60), 60)

    assert clock.exercise_at(wall(11)) == exercise(60)
    assert clock.exercise_at(wall(71)) == exercise(120)
    assert clock.wall_at(exercise(120)) == wall(71)


def test_a_jump_skips_what_lies_between_and_keeps_the_rate(an_hour_a_second):
    clock = an_hour_a_second.jump(wall(11), exercise(60), exercise(500))

    assert clock.exercise_at(wall(11) - ONE) < exercise(60)
    assert clock.exercise_at(wall(11)) == exercise(500)
    assert clock.exercise_at(wall(12)) == exercise(560)
    assert clock.wall_at(exercise(300)) == wall(11)


def test_a_jump_of_a_paused_clock_leaves_it_paused(an_hour_a_second):
    clock = an_hour_a_second.pause(wall(11), exercise(60)).jump(wall(12), exercise(60), exercise(70))

    assert clock.is_paused(wall(13))
    assert clock.exercise_at(wall(13)) == exercise(70)


def test_no_segment_lies_before_what_has_been_performed(an_hour_a_second):
    ahead = exercise(61)

    assert an_hour_a_second.pause(wall(11), ahead).exercise_at(wall(11)) == ahead
    assert an_hour_a_second.speed(wall(11), ahead, 1).exercise_at(wall(11)) == ahead
    with pytest.raises(Refused, match="never goes back"):
        an_hour_a_second.jump(wall(11), ahead, exercise(60.5))


def test_a_host_whose_clock_is_behind_moves_nothing_back(an_hour_a_second):
    clock = an_hour_a_second.pause(wall(11), exercise(60)).resume(wall(5), exercise(60))

    assert clock.exercise_at(wall(11)) == exercise(60)
    assert clock.exercise_at(wall(12)) == exercise(120)


def test_a_night_without_power_is_a_pause_from_the_last_beat(an_hour_a_second):
    clock = an_hour_a_second.pause(wall(12), exercise(119)).resume(wall(600), exercise(120))

    assert clock.exercise_at(wall(300)) == exercise(120)
    assert clock.exercise_at(wall(601)) == exercise(180)


def test_rates_are_exact_and_a_float_is_what_it_prints():
    tenth = Clock.stopped(MADE, BEGIN).start(MADE, BEGIN, 0.1)
    third = Clock.stopped(MADE, BEGIN).start(MADE, BEGIN, Fraction(1, 3))

    assert tenth.segments[-1].rate == Fraction(1, 10)
    assert tenth.exercise_at(wall(10)) == BEGIN + timedelta(minutes=1)
    assert third.exercise_at(wall(10)) == BEGIN + timedelta(seconds=200)
    assert third.wall_at(BEGIN + ONE) == MADE + 3 * ONE


def test_a_clock_left_running_stands_at_the_end_of_the_calendar_instead_of_failing(an_hour_a_second):
    fast = an_hour_a_second.speed(wall(10), BEGIN, 86_400 * 365)

    assert fast.exercise_at(wall(10) + timedelta(days=1)) == datetime.max.replace(tzinfo=UTC)
    assert (
        Clock.stopped(MADE, BEGIN).start(MADE, BEGIN, Fraction(1, 10**6)).wall_at(at("9000-01-01T00:00Z"))
        is None
    )


@pytest.mark.parametrize(
    ("transition", "reason"),
    [
        (lambda clock: clock.start(wall(11), BEGIN, 60), "already_started"),
        (lambda clock: clock.resume(wall(11), BEGIN), "not_paused"),
        (lambda clock: clock.speed(wall(11), BEGIN, 0), "no_rate"),
        (lambda clock: clock.jump(wall(11), BEGIN, BEGIN), "jump_back"),
        (lambda clock: clock.pause(wall(11), BEGIN).pause(wall(12), BEGIN), "paused"),
        (lambda clock: clock.pause(wall(11), BEGIN).speed(wall(12), BEGIN, 5), "paused"),
        (lambda clock: clock.pause(wall(11), BEGIN).start(wall(12), BEGIN, 5), "already_started"),
        (lambda clock: Clock.stopped(MADE, BEGIN).resume(wall(12), BEGIN), "not_started"),
        (lambda clock: Clock.stopped(MADE, BEGIN).start(wall(12), BEGIN, 0), "no_rate"),
        (lambda clock: Clock.stopped(MADE, BEGIN).pause(wall(12), BEGIN), "paused"),
    ],
    ids=[
        "started twice",
        "resumed while running",
        "a speed of nothing",
        "a jump back",
        "paused twice",
        "another speed while paused",
        "started while paused",
        "resumed before it started",
        "started at no rate",
        "paused before it started",
    ],
)
def test_a_transition_that_makes_no_sense_is_refused(an_hour_a_second, transition, reason):
    with pytest.raises(Refused) as refused:
        transition(an_hour_a_second)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Clock(()), "at least one segment"),
        (lambda: Clock((Segment(wall(1), BEGIN, 0), Segment(wall(0), BEGIN, 0))), "order of wall time"),
        (lambda: Clock((Segment(wall(0), BEGIN, 60), Segment(wall(1), BEGIN, 0))), "never goes back"),
        (lambda: Segment(MADE, BEGIN, -1), "0 or more"),
        (lambda: Segment(MADE, BEGIN, float("nan")), "no rate"),
        (lambda: Segment(MADE, BEGIN, float("inf")), "no rate"),
        (lambda: Segment(MADE.replace(tzinfo=None), BEGIN, 1), "offset"),
    ],
    ids=[
        "no segments",
        "out of order",
        "back in time",
        "a negative rate",
        "no number",
        "infinite",
        "no offset",
    ],
)
def test_a_clock_that_cannot_be_is_refused(make, why):
    with pytest.raises(ValueError, match=why):
        make()


rates = st.one_of(
    st.integers(1, 90_000),
    st.fractions(min_value=Fraction(1, 1000), max_value=90_000, max_denominator=1000),
)
moves = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "speed", "jump"]),
        st.integers(-1_000_000, 3_600_000_000),
        st.integers(-5_000_000, 5_000_000),
        rates,
    ),
    max_size=8,
)


def history(rate: Fraction | int, drawn: list[tuple[str, int, int, Fraction | int]]) -> Clock:
    """Play a clock through moves: waits in wall microseconds (a host may be behind), performed a bit off."""
    clock, now = Clock.stopped(MADE, BEGIN).start(MADE, BEGIN, rate), MADE
    for move, wait, off, other_rate in drawn:
        now += wait * ONE
        performed_to = max(clock.exercise_at(now) + off * ONE, BEGIN)
        paused = clock.segments[-1].rate == 0
        if move == "jump":
            present = max(clock.exercise_at(max(now, clock.segments[-1].wall_at)), performed_to)
            clock = clock.jump(now, performed_to, present + abs(off) * ONE)
        elif move == "resume" or paused:
            clock = clock.resume(now, performed_to, other_rate) if paused else clock
        elif move == "pause":
            clock = clock.pause(now, performed_to)
        else:
            clock = clock.speed(now, performed_to, other_rate)
    return clock


offsets = st.integers(-10_000_000, 30_000_000_000)


@given(rates, moves, st.lists(offsets, min_size=2, max_size=6))
@settings(max_examples=300, deadline=None)
def test_exercise_time_never_goes_back(rate, drawn, walls):
    clock = history(rate, drawn)

    shown = [clock.exercise_at(MADE + offset * ONE) for offset in sorted(walls)]

    assert shown == sorted(shown)


@given(rates, moves, st.integers(-1000, 10**12))
@settings(max_examples=500, deadline=None)
def test_the_inverse_is_the_first_wall_instant_that_shows_it(rate, drawn, offset):
    clock = history(rate, drawn)
    wanted = BEGIN + offset * ONE

    found = clock.wall_at(wanted)

    if found is None:
        last = clock.segments[-1]
        assert last.rate == 0
        assert last.exercise_at < wanted
    else:
        assert clock.exercise_at(found) >= wanted
        assert found == MADE or clock.exercise_at(found - ONE) < wanted


@given(rates, moves, st.integers(0, 10**10))
@settings(max_examples=300, deadline=None)
def test_a_pause_adds_exactly_nothing(rate, drawn, length):
    clock = history(rate, drawn)
    now = max(segment.wall_at for segment in clock.segments) + 1_000_000 * ONE
    if clock.segments[-1].rate == 0:
        clock = clock.resume(now, BEGIN)
    shown = clock.exercise_at(now)

    paused = clock.pause(now, shown).resume(now + length * ONE, shown)

    assert paused.exercise_at(now + length * ONE) == shown
    late = 7_000_000 * ONE
    assert paused.exercise_at(now + length * ONE + late) - clock.exercise_at(now + late) in (
        -ONE,
        0 * ONE,
        ONE,
    )


@given(st.integers(1, 90_000), st.integers(0, 10**11), st.integers(0, 10**11), st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_at_whole_rates_a_pause_shifts_a_clock_to_the_microsecond(rate, before, length, after):
    clock = Clock.stopped(MADE, BEGIN).start(MADE, BEGIN, rate)
    began = MADE + before * ONE

    paused = clock.pause(began, BEGIN).resume(began + length * ONE, BEGIN)

    assert paused.exercise_at(began + (length + after) * ONE) == clock.exercise_at(began + after * ONE)
