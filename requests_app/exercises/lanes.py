"""Who holds what, and for how long: a lane for each State, and in it each authority with its requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from cooperation.rulebook import rulebook
from cooperation.turn import turn_of
from cooperation.words import DRAFT, Side
from requests_app.workflow.models import AssistanceRequest, Deadline, Event
from requests_app.world.models import Authority, Exercise, SeatHolder

STUCK_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Held:
    """A request that waits for one authority.

    since       exercise instant from which it has been their turn; of one under way, when it arrives
    due_at      the earliest running deadline that they owe; None without one
    is_overdue  whether one that they owe has been missed
    """

    request_id: UUID
    reference: str
    request_type: str
    status: str
    since: datetime
    is_under_way: bool
    due_at: datetime | None
    is_overdue: bool

    @property
    def waits(self) -> bool:
        """Whether it has come, and is due or overdue."""
        return not self.is_under_way and (self.due_at is not None or self.is_overdue)


@dataclass(frozen=True, slots=True)
class DeskLane:
    """An authority: who acts there, when it last did something (exercise time), and what it holds.

    is_stuck  it has done nothing for as long as is asked about, while something that it holds is due
    """

    desk: str
    kind: str
    name: str
    simulated: bool
    people: int
    last_act_at: datetime | None
    idle_hours: float | None
    is_stuck: bool
    held: tuple[Held, ...]

    @property
    def waiting(self) -> tuple[Held, ...]:
        """What has come, and is due or overdue."""
        return tuple(one for one in self.held if one.waits)


@dataclass(frozen=True, slots=True)
class Lane:
    """A State with its authorities; those that neither hold anything nor have people are left out."""

    code: str
    name: str
    is_team: bool
    desks: tuple[DeskLane, ...]


def lanes(exercise: Exercise, now: datetime, stuck_after: timedelta = STUCK_AFTER) -> list[Lane]:
    """Return the lanes of an exercise at its present, in six queries.

    now  exercise time
    """
    # After the end nobody is to do anything, and nobody is stuck.
    limit = None if exercise.ended else stuck_after
    held = _held(exercise, now)
    acted = _last_acts(exercise)
    people = dict(
        SeatHolder.objects.filter(exercise=exercise, seat__isnull=False)
        .values_list("seat__authority")
        .annotate(Count("pk"))
    )
    states: dict[str, list[DeskLane]] = defaultdict(list)
    known = {}
    rows = Authority.objects.filter(state__exercise=exercise).select_related("state")
    for row in rows.order_by("state__code", "kind"):
        known[row.state.code] = row.state
        states[row.state.code] += _desk(row, held, acted, people, (exercise.starts_at, now), limit)
    return [Lane(code, known[code].name, known[code].is_team, tuple(desks)) for code, desks in states.items()]


def _desk(
    row: Authority,
    held: dict[str, list[Held]],
    acted: dict[str, datetime],
    people: dict[UUID, int],
    played: tuple[datetime, datetime],
    stuck_after: timedelta | None,
) -> list[DeskLane]:
    starts_at, now = played
    own = tuple(sorted(held.get(row.desk, ()), key=_urgency))
    if not own and row.pk not in people:
        return []
    last = acted.get(row.desk)
    waiting = [one for one in own if one.waits]
    idle_since = max(last or starts_at, min((one.since for one in waiting), default=now))
    return [
        DeskLane(
            desk=row.desk,
            kind=row.kind,
            name=rulebook().authorities[row.kind].name,
            simulated=row.simulated,
            people=people.get(row.pk, 0),
            last_act_at=last,
            idle_hours=(now - last).total_seconds() / 3600 if last else None,
            is_stuck=stuck_after is not None and bool(waiting) and now - idle_since >= stuck_after,
            held=own,
        )
    ]


def _urgency(one: Held) -> tuple[bool, bool, datetime, str]:
    """Return what sorts the requests of a desk: overdue, then what is due first, then what waits longest."""
    return not one.is_overdue, one.due_at is None, one.due_at or one.since, one.reference


def stuck(found: Iterable[Lane]) -> list[DeskLane]:
    """Return the desks that do nothing although something is due."""
    return [desk for lane in found for desk in lane.desks if desk.is_stuck]


def _held(exercise: Exercise, now: datetime) -> dict[str, list[Held]]:
    running = AssistanceRequest.objects.filter(exercise=exercise).exclude(
        status__in=(*rulebook().lifecycle.ends, DRAFT)
    )
    requests = list(running.defer("contents", "questions"))
    turns = _turns(running)
    owed = _owed(exercise, running)
    held: dict[str, list[Held]] = defaultdict(list)
    for request in requests:
        side = turn_of(request.status)
        if side is None or request.received_at is None:
            continue
        is_under_way = request.received_at > now
        due_at, is_overdue = owed.get((request.pk, side), (None, False))
        since = max(turns.get(request.pk, request.received_at), request.received_at)
        desk = f"{request.code_of(side)}/{request.kind_of(side)}"
        held[desk].append(
            Held(
                request_id=request.pk,
                reference=request.reference,
                request_type=request.request_type,
                status=request.status,
                since=since if side == "requested" else turns.get(request.pk, since),
                is_under_way=is_under_way,
                due_at=due_at,
                is_overdue=is_overdue,
            )
        )
    return held


def _turns(running: QuerySet[AssistanceRequest]) -> dict[UUID, datetime]:
    """Return from when each request has been the turn of the side whose turn it is."""
    since: dict[UUID, datetime] = {}
    before: dict[UUID, tuple[Side | None, bool]] = {}
    events = Event.objects.filter(request__in=running).order_by("request", "seq")
    for request, status, act, at in events.values_list("request", "status", "act", "at"):
        turn = (turn_of(status), act == "forward")
        if before.get(request, (None, False))[0] != turn[0] or turn[1]:
            since[request] = at
        before[request] = turn
    return since


def _owed(
    exercise: Exercise, running: QuerySet[AssistanceRequest]
) -> dict[tuple[UUID, str], tuple[datetime | None, bool]]:
    """Return, by request and side that owes it, the earliest running deadline and whether one is missed."""
    sides = rulebook().profiles[exercise.deadline_profile].owed_by
    found: dict[tuple[UUID, str], tuple[datetime | None, bool]] = {}
    rows = Deadline.objects.filter(request__in=running, ended_at=None, kind__in=("maximum", "target"))
    for request, rule, status, due_at in rows.values_list("request", "rule", "status", "due_at"):
        key = (request, sides[rule])
        earliest, is_overdue = found.get(key, (None, False))
        if status == Deadline.RUNNING and due_at is not None:
            earliest = min(earliest or due_at, due_at)
        found[key] = (earliest, is_overdue or status == Deadline.MISSED)
    return found


def _last_acts(exercise: Exercise) -> dict[str, datetime]:
    rows = Event.objects.filter(exercise=exercise).exclude(actor_state="")
    latest = rows.values_list("actor_state", "actor_authority").annotate(Max("at")).order_by()
    return {f"{state}/{kind}": at for state, kind, at in latest}
