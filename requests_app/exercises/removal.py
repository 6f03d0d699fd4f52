"""Taking a whole exercise away: the only way in which events ever go."""

from __future__ import annotations

from django.db import transaction

from requests_app.evidence.keys import forget
from requests_app.exercises.people import erase
from requests_app.world.models import Exercise, Guest


def remove(exercise: Exercise) -> None:
    """Delete an exercise and all that belongs to it, its guests too, in one transaction; then its signing keys.

    What was signed can be checked all the same: each receipt names its public key.
    """
    with transaction.atomic():
        guests = [guest.user for guest in Guest.objects.filter(exercise=exercise).select_related("user")]
        itself = Exercise._base_manager.filter(pk=exercise.pk)
        # First of all, because events may go only when their exercise no longer stands; the keys that
        # point to it are checked at the end of the transaction.
        itself._raw_delete(itself.db)
        for relation in Exercise._meta.related_objects:
            rows = relation.related_model._base_manager
            rows.filter(**{f"{relation.field.name}_id": exercise.pk}).delete()
        for guest in guests:
            erase(guest)
        # What is taken back with an outer transaction keeps its keys.
        transaction.on_commit(lambda: forget(exercise.pk))
