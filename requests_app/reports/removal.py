"""Deleting an exercise whole: its rows, its guests, and the reports that were written of it."""

from __future__ import annotations

import shutil

from django.db import transaction

from requests_app.exercises.removal import remove
from requests_app.reports.outbox import folder_of
from requests_app.world.models import Exercise


def remove_whole(exercise: Exercise) -> None:
    """Delete an exercise and all that is kept of it. Nothing brings it back but a backup."""
    folder = folder_of(exercise)
    with transaction.atomic():
        remove(exercise)
        transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
