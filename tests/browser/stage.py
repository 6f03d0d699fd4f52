"""What stands behind the pages: an exercise under way, and people at its desks."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

SCENARIO, SEED = "hospital-ransomware", 7
HOUR_A_SECOND = 3_600


@cache
def _scenario() -> Any:
    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import find, read_scenario

    path = find(SCENARIO)
    return read_scenario(path, path.name, rulebook(), behaviours().keys())


def hospital(*, days: float, rate: int = 0) -> Any:
    """Return the hospital's exercise, live, after so many days; its clock stands still unless it has a rate."""
    from requests_app.exercises.run import make, play
    from requests_app.world.models import ClockSegment
    from requests_app.world.present import wall_now

    row = make(_scenario(), seed=SEED, teams="typical")
    play(row, row.starts_at + timedelta(days=days), rows_at_most=500)
    row.is_live = True
    row.save(update_fields=["is_live"])
    wall = wall_now()
    for number, pace in enumerate((HOUR_A_SECOND, rate)):
        ClockSegment.objects.create(
            exercise=row,
            number=number,
            wall_at=wall - timedelta(seconds=0 if number else 1),
            exercise_at=row.advanced_to,
            rate=pace if number else 0,
        )
    return row


def sits(name: str, exercise: Any, desk: str = "") -> Any:
    """Seat a person at a desk like XA/central_authority, where nothing is simulated any more; else at control."""
    from django.contrib.auth.models import Group, User

    from requests_app.world.models import TRAINEE, TRAINER, Seat, SeatHolder

    user, _ = User.objects.get_or_create(username=name)
    if not desk:
        user.groups.add(Group.objects.get_or_create(name="trainer")[0])
        return SeatHolder.objects.create(user=user, exercise=exercise, role=TRAINER)
    code, _, kind = desk.partition("/")
    seat = Seat.objects.select_related("authority__state").get(
        authority__state__exercise=exercise, authority__state__code=code, authority__kind=kind
    )
    seat.authority.simulated = False
    seat.authority.save(update_fields=["simulated"])
    return SeatHolder.objects.create(user=user, exercise=exercise, seat=seat, role=TRAINEE)
