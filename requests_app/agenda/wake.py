"""Keeping `wake_at`: the one index that the beat reads."""

from __future__ import annotations

from requests_app.agenda.models import OPEN, AgendaItem
from requests_app.world.models import Exercise
from requests_app.world.timekeeping import wakes_at


def set_wake(exercise: Exercise) -> None:
    """Set when the exercise has its earliest open row due; the caller saves it.

    Called wherever that row or the clock may have changed, under the exercise's lock.
    """
    if not exercise.is_live or exercise.rests_from is not None:
        # One that is marked after an outage is to be looked at as soon as can be.
        return
    rows = AgendaItem.objects.filter(exercise=exercise, status=OPEN).order_by("due_at", "rank", "seq")
    earliest = rows.values_list("due_at", flat=True).first()
    exercise.wake_at = wakes_at(exercise.clock, earliest, exercise.ended)
