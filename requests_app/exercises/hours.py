"""When an authority of an exercise works."""

from __future__ import annotations

from cooperation.behaviour import behaviours
from cooperation.calendars import ALWAYS_OPEN, OfficeHours, calendar, office_hours
from requests_app.exercises.desks import POINT
from requests_app.world.models import Authority, Exercise


def hours_of(exercise: Exercise, desk: Authority) -> OfficeHours:
    """Return the hours of a desk; a contact point is there at all hours (Art. 41(1))."""
    if desk.kind == POINT:
        return ALWAYS_OPEN
    behaviour = behaviours()[desk.state.behaviour or exercise.teams]
    return office_hours(calendar(desk.state.calendar), behaviour.opens, behaviour.closes)


def hours_in_words(exercise: Exercise, desk: Authority) -> str:
    """Say when a desk works, in its own local time."""
    if desk.kind == POINT:
        return "at all hours"
    behaviour = behaviours()[desk.state.behaviour or exercise.teams]
    return f"{behaviour.opens:%H:%M} to {behaviour.closes:%H:%M} on working days"
