"""Archiving: an exercise that is over is only read, and in no list; it is exported as before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from cooperation.words import Refused
from requests_app.agenda.advance import locked


def archive(exercise_id: UUID, wall: datetime) -> None:
    """Archive an exercise that has ended; raise Refused `not_ended`. Twice is as good as once."""
    with transaction.atomic():
        exercise = locked(exercise_id)
        if not exercise.ended:
            raise Refused("not_ended", "what still runs is not archived", mend="end the exercise first")
        if exercise.archived_at is None:
            exercise.archived_at = wall
            exercise.save(update_fields=["archived_at"])


def bring_back(exercise_id: UUID) -> None:
    """Put an archived exercise back into the lists."""
    with transaction.atomic():
        exercise = locked(exercise_id)
        exercise.archived_at = None
        exercise.save(update_fields=["archived_at"])
