"""Which exercises a person finds in a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from requests_app.exercises.seating import OPENS
from requests_app.world.models import Exercise, SeatHolder

# Trainers open all exercises there are; analysts read their response times.
KNOW_ALL = (OPENS, "analyst")


def knows_all_exercises(user: Any) -> bool:
    """Return whether a person finds every exercise of the installation: staff, trainers and analysts."""
    return bool(user.is_staff or user.is_superuser or user.groups.filter(name__in=KNOW_ALL).exists())


def listed_for(user: Any, *, archived: bool = False) -> QuerySet[Exercise]:
    """Return the exercises that a person may know of; those in which they sit, unless they know all.

    archived  also what is archived, which is in no list and is found only where it is asked for
    """
    found = Exercise.objects.all() if archived else Exercise.objects.filter(archived_at=None)
    if knows_all_exercises(user):
        return found
    return found.filter(pk__in=SeatHolder.objects.filter(user=user.pk).values("exercise"))
