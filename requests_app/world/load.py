"""Load the States of the world, as reference, from the data files: again and again without harm."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.db import transaction

from cooperation.calendars import state_calendars
from cooperation.words import EXERCISE_RULE
from cooperation.world import world
from cooperation.world.values import PLAYED_AS_IF, MemberState, TreatyStep
from requests_app.world.models import State

# What every exercise must say, as long as no source shows the Convention in force.
AS_IF: Final = {"in_force": False, "played": PLAYED_AS_IF, "source": EXERCISE_RULE}


def load_world() -> int:
    """Make the reference States equal to the data; return how many were added or changed."""
    stored = {state.code: state for state in State.objects.filter(exercise=None)}
    added, changed = [], []
    for code, member in world().states.items():
        wanted = _columns(member)
        state = stored.get(code)
        if state is None:
            added.append(State(code=code, **wanted))
        elif any(getattr(state, column) != value for column, value in wanted.items()):
            for column, value in wanted.items():
                setattr(state, column, value)
            changed.append(state)
    with transaction.atomic():
        State.objects.bulk_create(added)
        if changed:
            State.objects.bulk_update(changed, [*wanted])
    return len(added) + len(changed)


def world_is_loaded() -> bool:
    """Return whether the reference States are there with their facts."""
    return State.objects.filter(exercise=None).exclude(alpha3="").count() >= len(state_calendars())


def _columns(member: MemberState) -> dict[str, Any]:
    return {
        "name": member.name,
        "calendar": member.code,
        "zone": member.zone,
        "alpha3": member.alpha3,
        "name_vi": member.name_vi,
        "group": member.group,
        "treaty_status": {
            **AS_IF,
            "as_at": world().as_at,
            "signed": _step(member.signature),
            "ratified": _step(member.ratification),
        },
        "declarations": {subject: asdict(said) for subject, said in member.declared.items()},
    }


def _step(step: TreatyStep) -> dict[str, Any]:
    """Return the step as JSON gives it back, so that a second loading finds nothing changed."""
    return {**asdict(step), "sources": list(step.sources), "is_stated": step.is_stated}
