"""What the clock of an exercise shows at a wall instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from requests_app.world.models import Exercise
from requests_app.world.timekeeping import exercise_now

NO_CLOCK, NOT_STARTED, RUNNING, PAUSED, ENDED = (
    "played without a clock",
    "not started",
    "running",
    "paused",
    "ended",
)
STANDINGS = (NO_CLOCK, NOT_STARTED, RUNNING, PAUSED, ENDED)


@dataclass(frozen=True, slots=True)
class ClockFace:
    """How the clock stands.

    now   exercise time; wall_now wall time
    rate  exercise seconds for a wall second; 0 while the clock stands still
    """

    standing: str
    now: datetime
    wall_now: datetime
    rate: int
    starts_at: datetime
    ends_at: datetime


def clock_face(exercise: Exercise, wall: datetime) -> ClockFace:
    """Return what the clock of an exercise shows at a wall instant."""
    now = exercise_now(exercise, wall)
    clock = exercise.clock if exercise.is_live else None
    rate = int(clock.segments[-1].rate) if clock is not None and not exercise.ended else 0
    if exercise.ended:
        standing = ENDED
    elif clock is None:
        standing = NO_CLOCK
    elif rate:
        standing = RUNNING
    else:
        standing = NOT_STARTED if is_yet_to_start(exercise) else PAUSED
    return ClockFace(standing, now, wall, rate, exercise.starts_at, exercise.ends_at)


def is_yet_to_start(exercise: Exercise) -> bool:
    """Return whether the clock of an exercise has never been started."""
    clock = exercise.clock if exercise.is_live and not exercise.ended else None
    return clock is not None and len(clock.segments) == 1
