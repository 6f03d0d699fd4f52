"""The board of the control room: how the clock stands, what came and comes, who holds what, who is stuck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from cooperation.rulebook import rulebook
from requests_app.agenda.models import OPEN, AgendaItem
from requests_app.exercises.clock_face import ClockFace, clock_face, is_yet_to_start
from requests_app.exercises.lanes import STUCK_AFTER, DeskLane, Lane, lanes, stuck
from requests_app.exercises.models import Expectation, Inject, Message, Milestone
from requests_app.exercises.script import script_of
from requests_app.workflow.models import AssistanceRequest, Deadline
from requests_app.world.models import Authority, Exercise

# Of deadlines and of requests, so many that are past and so many to come.
MARKS_AT_MOST = 100
INJECT, REQUEST, MILESTONE = "inject", "request", "milestone"
DEADLINE, EXPECTATION = "deadline", "expectation"
# The kind of an agenda row that files a planned request.
FILE = "file"
# How the next thing that happens is told; what a simulated desk does is told by its kind alone.
TOLD = {
    "inject": gettext_noop("news comes in"),
    "file": gettext_noop("a planned request is filed"),
    "work_done": gettext_noop("a simulated desk has done its work"),
    "office_opens": gettext_noop("a simulated office opens"),
    "ready": gettext_noop("a simulated desk is ready to act"),
    "chase": gettext_noop("a simulated desk asks how its request stands"),
    "consider": gettext_noop("the other side sees what was done"),
    "follow": gettext_noop("the other side sees what was done"),
    "warn": gettext_noop("a desk is warned of a deadline"),
    "expire": gettext_noop("a deadline expires"),
    "expectation": gettext_noop("the time for an expectation is over"),
    "end": gettext_noop("the exercise ends"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the timeline.

    at      exercise time; None where nobody can say when it comes
    kind    inject, request, milestone, deadline or expectation
    name    of a request that is to come, the scenario's id of it; of one that was filed, its type
    status  of an inject: planned, held, skipped, fired; of a request: planned, filed; of a milestone: reached,
            open; of a deadline and an expectation their own
    """

    at: datetime | None
    kind: str
    name: str
    title: str
    status: str
    is_to_come: bool
    request_id: UUID | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing that happens: exercise time, and wall time where the clock runs."""

    at: datetime
    wall_at: datetime | None
    kind: str
    told: str
    name: str


@dataclass(frozen=True, slots=True)
class Board:
    """All of it. `unanswered`: desks whose last message control has not answered, since when."""

    clock: ClockFace
    next: Next | None
    timeline: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    stuck: tuple[DeskLane, ...]
    stuck_after_hours: float
    unanswered: tuple[tuple[str, datetime], ...]


def board(exercise: Exercise, wall: datetime, stuck_after: timedelta = STUCK_AFTER) -> Board:
    """Return the board of an exercise at a wall instant, in some fifteen queries whatever was played.

    stuck_after  how much exercise time a desk may do nothing while something is due
    """
    face = clock_face(exercise, wall)
    found = lanes(exercise, face.now, stuck_after)
    return Board(
        clock=face,
        next=next_thing(exercise),
        timeline=tuple(timeline(exercise, face.now)),
        lanes=tuple(found),
        stuck=tuple(stuck(found)),
        stuck_after_hours=stuck_after.total_seconds() / 3600,
        unanswered=tuple(unanswered(exercise)),
    )


def next_thing(exercise: Exercise) -> Next | None:
    """Return the next thing that happens in an exercise; None where nothing will, as after the end."""
    if exercise.ended:
        return None
    row = rows_to_come(exercise).order_by("due_at", "rank", "seq").first()
    if row is None:
        return None
    clock = exercise.clock if exercise.is_live else None
    wall_at = clock.wall_at(row.due_at) if clock is not None else None
    name = row.payload.get(row.kind) or _reference(row.request_id)
    return Next(row.due_at, wall_at, row.kind, TOLD.get(row.kind, row.kind), str(name))


def rows_to_come(exercise: Exercise) -> QuerySet[AgendaItem]:
    """Return the open rows of the agenda, without requests planned for desks at which people act.

    Those are left to the people; their rows bring nothing about (desks.file).
    """
    rows = AgendaItem.objects.filter(exercise=exercise, status=OPEN)
    with_people = Authority.objects.filter(state__exercise=exercise, simulated=False)
    desks = set(with_people.values_list("state__code", "kind"))
    if not desks:
        return rows
    planned = script_of(exercise.pk).scenario.requests
    theirs = [one.id for one in planned if (one.from_state, one.from_authority) in desks]
    return rows.exclude(kind=FILE, payload__file__in=theirs) if theirs else rows


def timeline(exercise: Exercise, now: datetime) -> list[Mark]:
    """Return what came and what comes, the earliest first; what has no instant yet comes last.

    now  exercise time
    """
    marks = [
        *_injects(exercise),
        *_requests(exercise),
        *_milestones(exercise),
        *_expectations(exercise),
        *_deadlines(exercise, now),
    ]
    marks = [replace(one, is_to_come=one.at is None or one.at > now) for one in marks]
    return sorted(marks, key=lambda one: (one.at is None, one.at or now, one.kind, one.name))


def unanswered(exercise: Exercise) -> list[tuple[str, datetime]]:
    """Return the desks that wrote to control after control last wrote to them, with when; none after the end."""
    if exercise.ended:
        return []
    latest: dict[str, Message] = {}
    rows = Message.objects.filter(exercise=exercise).select_related("authority__state").order_by("number")
    for message in rows.defer("text"):
        latest[message.authority.desk] = message
    waiting = [(desk, one.at) for desk, one in latest.items() if not one.from_control]
    return sorted(waiting, key=lambda one: (one[1], one[0]))


def injects_in_time(exercise: Exercise) -> list[tuple[datetime | None, Inject]]:
    """Return the injects with when each came or comes (exercise time), in that order.

    Those of which nobody can say it come last: they wait for an act, or are left out.
    """
    rows = AgendaItem.objects.filter(exercise=exercise, kind=INJECT, status=OPEN)
    due = dict(rows.values_list("key", "due_at"))
    found = [
        (one.fired_at or (due.get(f"inject/{one.name}") if one.status != Inject.SKIPPED else None), one)
        for one in Inject.objects.filter(exercise=exercise)
    ]
    return sorted(found, key=lambda row: (row[0] is None, row[0] or exercise.ends_at, row[1].name))


def _injects(exercise: Exercise) -> list[Mark]:
    return [Mark(at, INJECT, one.name, one.title, one.status, False) for at, one in injects_in_time(exercise)]


def _requests(exercise: Exercise) -> list[Mark]:
    """Return the latest that were filed, and the earliest that the scenario is going to file at a known instant."""
    rows = AssistanceRequest.objects.filter(exercise=exercise, submitted_at__isnull=False)
    filed = rows.order_by("-submitted_at").values_list("submitted_at", "request_type", "pk", "reference")
    planned = rows_to_come(exercise).filter(kind=FILE).order_by("due_at")
    return [
        *(
            Mark(at, REQUEST, kind, rulebook().types[kind].name, "filed", False, request, reference)
            for at, kind, request, reference in filed[:MARKS_AT_MOST]
        ),
        *(
            Mark(at, REQUEST, payload[FILE], "", "planned", False)
            for at, payload in planned.values_list("due_at", "payload")[:MARKS_AT_MOST]
        ),
    ]


def _milestones(exercise: Exercise) -> list[Mark]:
    return [
        Mark(one.reached_at, MILESTONE, one.name, "", "reached" if one.reached_at else "open", False)
        for one in Milestone.objects.filter(exercise=exercise)
    ]


def _expectations(exercise: Exercise) -> list[Mark]:
    runs = not is_yet_to_start(exercise)
    return [
        Mark(
            at=one.decided_at or one.due_at,
            kind=EXPECTATION,
            name=one.name,
            title="",
            status=one.status if runs else Expectation.PENDING,
            is_to_come=False,
        )
        for one in Expectation.objects.filter(exercise=exercise)
    ]


def _deadlines(exercise: Exercise, now: datetime) -> list[Mark]:
    """Return the latest that are past and the earliest to come, so many of each at most."""
    rows = Deadline.objects.filter(request__exercise=exercise, due_at__isnull=False)
    rows = rows.exclude(status=Deadline.DROPPED)
    past = rows.filter(due_at__lte=now).order_by("-due_at")[:MARKS_AT_MOST]
    to_come = rows.filter(due_at__gt=now, status=Deadline.RUNNING).order_by("due_at")[:MARKS_AT_MOST]
    columns = ("due_at", "rule", "status", "request", "request__reference", "request__request_type")
    labels = rulebook().profiles[exercise.deadline_profile].labels
    return [
        Mark(due_at, DEADLINE, rule, labels.get((kind, rule), rule), status, False, request, reference)
        for some in (past, to_come)
        for due_at, rule, status, request, reference, kind in some.values_list(*columns)
    ]


def _reference(request_id: Any) -> str:
    found = (
        AssistanceRequest.objects.filter(pk=request_id) if request_id else AssistanceRequest.objects.none()
    )
    return found.values_list("reference", flat=True).first() or ""
