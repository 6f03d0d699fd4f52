"""The scenarios that ship, as a trainer chooses among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import override

from cooperation.behaviour import behaviours
from cooperation.calendars import calendar
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, StateEntry, read_scenario, shipped
from cooperation.words import Refused
from requests_app.exercises.control import open_live
from requests_app.exercises.paces import pace_in_words
from requests_app.exercises.seating import may_open, seat_trainer
from requests_app.world.models import SeatHolder


@dataclass(frozen=True, slots=True)
class StateOnShelf:
    """A State of a scenario: a team's seat, or simulated by a behaviour."""

    code: str
    name: str
    is_team: bool
    behaviour: str | None


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A scenario that ships.

    days        length in exercise time
    rate        exercise seconds for a wall second; pace says it in words
    wall_hours  how long the whole takes at that rate
    """

    scenario: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    deadline_profile: str
    starts_at: datetime
    ends_at: datetime
    days: float
    rate: int
    pace: str
    wall_hours: float
    seats: tuple[StateOnShelf, ...]
    cases: int
    requests: int
    injects: int
    expectations: int


def library() -> list[OnShelf]:
    """Return every scenario that ships."""
    return [on_shelf(name) for name in shipped()]


@cache
def on_shelf(name: str) -> OnShelf:
    """Return a scenario that ships; raise Refused `no_scenario` for any other."""
    scenario = shipped_scenario(name)
    length = scenario.ends_at - scenario.starts_at
    return OnShelf(
        scenario=scenario.id,
        title=scenario.title,
        summary=scenario.summary.strip(),
        objectives=scenario.objectives,
        deadline_profile=scenario.deadline_profile,
        starts_at=scenario.starts_at,
        ends_at=scenario.ends_at,
        days=length.total_seconds() / 86_400,
        rate=scenario.rate,
        pace=_pace(scenario.rate),
        wall_hours=length.total_seconds() / scenario.rate / 3_600,
        seats=tuple(_state(entry) for entry in scenario.states),
        cases=len(scenario.cases),
        requests=len(scenario.requests),
        injects=len(scenario.injects),
        expectations=len(scenario.expectations),
    )


def shipped_scenario(name: str) -> Scenario:
    """Return a scenario that ships; raise Refused `no_scenario` for any other."""
    path = shipped().get(name)
    if path is None:
        raise Refused("no_scenario", f"no scenario {name} ships", mend=f"use one of: {', '.join(shipped())}")
    return read_scenario(path, path.name, rulebook(), behaviours().keys())


def _pace(rate: int) -> str:
    """Return a pace in English, as the interface has it, whatever language is asked for."""
    with override("en"):
        return pace_in_words(rate)


def _state(entry: StateEntry) -> StateOnShelf:
    name = entry.name or calendar(entry.code).name
    return StateOnShelf(entry.code, name, entry.seat is not None, entry.behaviour)


def open_from_shelf(user: Any, name: str, *, seed: int, teams: str, wall: datetime) -> SeatHolder:
    """Make a live exercise of a scenario that ships, and seat the person as its trainer.

    teams  behaviour of team seats while no person sits there
    wall   wall instant

    Raises Refused: not_your_role, no_scenario, unknown_behaviour.
    """
    if not may_open(user):
        raise Refused("not_your_role", "only trainers open exercises", mend="ask a trainer")
    scenario = shipped_scenario(name)
    check_behaviour(teams)
    return seat_trainer(user, open_live(scenario, seed=seed, teams=teams, wall=wall))


def check_behaviour(name: str) -> None:
    """Raise Refused `unknown_behaviour` for a behaviour that there is not."""
    if name not in behaviours():
        raise Refused(
            "unknown_behaviour",
            f"there is no behaviour {name}",
            mend=f"use one of: {', '.join(behaviours())}",
        )
