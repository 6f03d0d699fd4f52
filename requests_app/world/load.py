"""The States of the world, as reference: loaded from the data files, again and again without harm."""

from __future__ import annotations

from django.db import transaction

from cooperation.calendars import state_calendars
from requests_app.world.models import State

# What every exercise must say, as long as no source shows the Convention in force.
AS_IF = {"in_force": False, "played": "as if in force between these States", "source": "exercise rule"}


def load_world() -> int:
    """Make the reference States equal to the data; return how many were added or changed."""
    wanted = {code: (found.name, code, found.zone, AS_IF) for code, found in state_calendars().items()}
    stored = {s.code: s for s in State.objects.filter(exercise=None)}
    changed = []
    for code, (name, borrowed, zone, status) in wanted.items():
        state = stored.get(code) or State(code=code)
        if state.pk is None or (state.name, state.calendar, state.zone, state.treaty_status) != (
            name,
            borrowed,
            zone,
            status,
        ):
            state.name, state.calendar, state.zone, state.treaty_status = name, borrowed, zone, status
            changed.append(state)
    with transaction.atomic():
        State.objects.bulk_create([s for s in changed if s.pk is None])
        State.objects.bulk_update(
            [s for s in changed if s.pk is not None], ["name", "calendar", "zone", "treaty_status"]
        )
    return len(changed)


def world_is_loaded() -> bool:
    """Return whether the reference States are there."""
    return State.objects.filter(exercise=None).count() >= len(state_calendars())
