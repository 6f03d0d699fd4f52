"""The clock of a live exercise: read, moved and stored; and when the beat must look at the exercise again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Subquery

from cooperation.clock import Clock
from requests_app.world.models import ClockSegment, Exercise, Heartbeat, clock_of

BEAT = "beat"
# A beat comes every second. Silence longer than this is an outage: it is entered as a pause from the last
# beat, so that a night switched off expires nothing.
OUTAGE_AFTER = timedelta(seconds=20)


def exercise_now(exercise: Exercise, wall: datetime) -> datetime:
    """Return the exercise's present at a wall instant, in whole seconds.

    Never before what has been performed, never after the end, and in an outage that is not entered yet no
    later than the last beat before it.
    """
    rests_from = resting_from(exercise, wall)
    clock = exercise.clock if exercise.is_live else None
    if clock is None:
        return exercise.advanced_to
    shown = clock.exercise_at(rests_from or wall).replace(microsecond=0)
    return min(max(shown, exercise.advanced_to), exercise.ends_at)


def resting_from(exercise: Exercise, wall: datetime) -> datetime | None:
    """Read the clock of a live exercise; return the last beat before an outage that it does not tell of yet.

    Clock, beat and mark are read in one statement: what is entered meanwhile is seen whole or not at all.
    """
    if not exercise.is_live:
        return None
    beat = Subquery(Heartbeat.objects.filter(name=BEAT).values("at")[:1])
    segments = list(exercise.segments.annotate(beat=beat, rests_from=F("exercise__rests_from")))
    exercise.clock = clock_of(segments)
    if not segments:
        return None
    marked: datetime | None = segments[0].rests_from
    last: datetime | None = segments[0].beat
    is_silent = last is not None and wall - last > OUTAGE_AFTER
    return marked or (last if is_silent else None)


def store_clock(exercise: Exercise, clock: Clock) -> None:
    """Store the segments that a clock has more than the exercise; those stored never change."""
    stored = exercise.segments.count()
    ClockSegment.objects.bulk_create(
        ClockSegment(
            exercise=exercise,
            number=number,
            wall_at=segment.wall_at,
            exercise_at=segment.exercise_at,
            rate=int(segment.rate),
        )
        for number, segment in enumerate(clock.segments)
        if number >= stored
    )
    exercise.clock = clock


def wakes_at(clock: Clock | None, due_at: datetime | None, ended: bool) -> datetime | None:
    """Return the wall instant at which an exercise has something to do; None while it has nothing."""
    if clock is None or due_at is None or ended:
        return None
    # While paused, what was due before the pause still is; what comes later waits for the clock.
    return clock.wall_at(due_at)
