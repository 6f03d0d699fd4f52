"""An outage in the clocks of live exercises: marked in all of them at once, entered in each under its lock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Value, When

from requests_app.agenda.advance import locked
from requests_app.agenda.wake import set_wake
from requests_app.world.models import Exercise
from requests_app.world.timekeeping import store_clock


def mark_outage(last_beat: datetime, wall: datetime) -> None:
    """Mark every live exercise, in one statement, as resting since a beat; until that is entered it stands still.

    Those whose clock runs are to be looked at now; one that was paused, as soon as somebody acts in it. One
    that still rests since an earlier outage does so until then.
    """
    live = Exercise.objects.filter(is_live=True, ended=False, rests_from=None)
    looked_at = Case(When(wake_at__isnull=False, then=Value(wall)), default=None)
    live.update(rests_from=last_beat, wake_at=looked_at)


def enter_if_marked(exercise_id: UUID, wall: datetime) -> None:
    """Enter the outage of a marked exercise as a pause, in a transaction of its own.

    One that somebody else has in hand is left to them or to the next sweep: its mark stays until it is entered.
    """
    with transaction.atomic():
        try:
            exercise = locked(exercise_id, skip_locked=True)
        except Exercise.DoesNotExist:
            return
        if exercise.rests_from is not None:
            enter(exercise, exercise.rests_from, wall)


def enter(exercise: Exercise, rests_from: datetime, wall: datetime) -> None:
    """Let a running clock have stood still between two wall instants; the exercise is locked by the caller."""
    clock = exercise.clock
    if clock is not None and not exercise.ended and not clock.is_paused(wall):
        paused = clock.pause(rests_from, exercise.advanced_to)
        store_clock(exercise, paused.resume(wall, exercise.advanced_to))
    exercise.rests_from = None
    set_wake(exercise)
    exercise.save(update_fields=["rests_from", "wake_at"])
