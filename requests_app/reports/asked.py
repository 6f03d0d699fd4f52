"""The report that somebody asks for: of the intervals that they see, chosen and compared as they wish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from cooperation.reports.response_times import Report, response_times
from cooperation.reports.workload import STAGE, Workload, workload
from cooperation.rulebook import rulebook
from requests_app.reports.source import columns_of_rows
from requests_app.workflow.models import Interval
from requests_app.world.models import Exercise
from requests_app.world.timekeeping import exercise_now

_OPEN = Q(closed_at=None)
_STANDING: Mapping[str, Callable[[datetime], Q]] = {
    "open": lambda _: _OPEN,
    "closed": lambda _: ~_OPEN,
    "overdue": lambda now: _OPEN & Q(due_at__lt=now),
    "counted": lambda now: Q(due_at__isnull=False) & (~_OPEN | Q(due_at__lt=now)),
}
STANDINGS = tuple(_STANDING)
"""How an interval may stand; counted: for whether it was on time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which intervals are reported; what is empty does not matter.

    from_, to  alpha-2 of the State that asked, and of the one that was asked
    month      of opening, UTC, like 2027-03
    outcome    of what has ended
    standing   one of STANDINGS
    """

    stage: str = ""
    pillar: str = ""
    request_type: str = ""
    from_: str = ""
    to: str = ""
    month: str = ""
    outcome: str = ""
    standing: str = ""

    def said(self) -> dict[str, str]:
        """Return what was chosen by, under the names that a report uses."""
        told = {
            "stage": self.stage,
            "pillar": self.pillar,
            "request_type": self.request_type,
            "from": self.from_,
            "to": self.to,
            "month": self.month,
            "outcome": self.outcome,
            "standing": self.standing,
        }
        return {name: value for name, value in told.items() if value}


def only(rows: QuerySet[Interval], wanted: Wanted, now: datetime) -> QuerySet[Interval]:
    """Return the intervals that are wanted; `now` is the exercise's instant at which they stand so."""
    found: Mapping[str, Any] = {
        "stage": wanted.stage,
        "outcome": wanted.outcome,
        "request__request_type": wanted.request_type,
        "request__requesting_code": wanted.from_,
        "request__requested_code": wanted.to,
    }
    rows = rows.filter(**{name: value for name, value in found.items() if value})
    if wanted.pillar:
        kinds = [kind.id for kind in rulebook().types.values() if kind.pillar == wanted.pillar]
        rows = rows.filter(request__request_type__in=kinds)
    if wanted.month:
        first, after = _month(wanted.month)
        rows = rows.filter(opened_at__gte=first, opened_at__lt=after)
    return rows.filter(_STANDING[wanted.standing](now)) if wanted.standing else rows


def report_of(
    rows: QuerySet[Interval],
    exercise: Exercise,
    wanted: Wanted,
    *,
    by: tuple[str, ...] = (),
    public: bool = False,
    wall: datetime,
) -> Report:
    """Return the response-time report of an exercise as it stands by its clock.

    Not as of the last act or timer: that instant would tell one State that another has been at work.

    rows    the intervals that the reader sees
    by      any of cooperation.reports.groups.BY
    public  small groups are withheld
    wall    wall instant
    """
    now = exercise_now(exercise, wall)
    return response_times(
        columns_of_rows(only(rows, wanted, now), now),
        now,
        generated_at=wall,
        by=by,
        public=public,
        filters={"exercise": exercise.handle, **wanted.said()},
    )


def workload_of(
    rows: QuerySet[Interval], exercise: Exercise, wanted: Wanted, *, public: bool = False, wall: datetime
) -> Workload:
    """Return the work that the requests of an exercise were, as it stands by its clock.

    rows    the intervals that the reader sees
    wanted  its stage does not matter: work is told of whole requests
    public  small groups are withheld
    wall    wall instant
    """
    now = exercise_now(exercise, wall)
    chosen = replace(wanted, stage=STAGE)
    filters = {"exercise": exercise.handle, **replace(wanted, stage="").said()}
    return workload(columns_of_rows(only(rows, chosen, now), now), now, public=public, filters=filters)


def _month(text: str) -> tuple[datetime, datetime]:
    year, _, month = text.partition("-")
    first = datetime(int(year), int(month), 1, tzinfo=UTC)
    after = (
        first.replace(year=first.year + 1, month=1) if month == "12" else first.replace(month=int(month) + 1)
    )
    return first, after
