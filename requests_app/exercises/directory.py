"""The directory of an exercise: its States and their authorities, open now or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cooperation.calendars import calendar
from cooperation.rulebook import rulebook
from cooperation.world import competence
from requests_app.exercises.hours import hours_in_words, hours_of
from requests_app.world.models import Authority, Exercise, State


@dataclass(frozen=True, slots=True)
class Listed:
    """An authority to which requests are sent; `receives` are request types, `opens_at` None while it is open."""

    kind: str
    name: str
    desk: str
    is_open: bool
    hours: str
    opens_at: datetime | None
    receives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedState:
    """A State with its authorities. `local` is its own time; `today_off` why today is no working day, or None."""

    state: State
    local: datetime
    today_off: str | None
    authorities: tuple[Listed, ...]


def directory(exercise: Exercise, now: datetime) -> list[ListedState]:
    """Return the States of an exercise by code; `now` is exercise time."""
    rows = Authority.objects.filter(state__exercise=exercise).select_related("state")
    states: dict[str, State] = {}
    listed: dict[str, list[Listed]] = {}
    for row in rows.order_by("state__code", "kind"):
        states[row.state.code] = row.state
        hours = hours_of(exercise, row)
        is_open = hours.is_open(now)
        listed.setdefault(row.state.code, []).append(
            Listed(
                kind=row.kind,
                name=rulebook().authorities[row.kind].name,
                desk=row.desk,
                is_open=is_open,
                hours=hours_in_words(exercise, row),
                opens_at=None if is_open else hours.next_opening(now),
                receives=tuple(competence(rulebook(), row.kind).receives),
            )
        )
    return [_state(state, tuple(listed[code]), now) for code, state in states.items()]


def _state(state: State, authorities: tuple[Listed, ...], now: datetime) -> ListedState:
    own = calendar(state.calendar)
    return ListedState(state, now.astimezone(own.zone), own.why_off(own.local_date(now)), authorities)
