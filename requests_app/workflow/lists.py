"""Finding among the requests that a seat sees: by text, status, type, side, due date and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT

from cooperation.rulebook import rulebook
from cooperation.timetable import COUNTED
from cooperation.turn import statuses_with_turn, turn_of
from requests_app.workflow.models import AssistanceRequest, Deadline
from requests_app.world.models import Authority, SeatHolder

SENT, RECEIVED = "sent", "received"
OWN, ELSEWHERE, OTHER = TURNS = ("own", "elsewhere", "other")
STANDINGS = ("draft", "open", "ended")
SEARCHED = ("facts_summary", "subject_and_nature", "purpose")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are looked for; what is None does not matter.

    text        in the reference, the case or what the request says of its facts
    standing    draft, open or ended
    direction   sent or received, as the seat's State sees it
    due_before  exercise time: a deadline is running that ends before it, or has been missed and is still owed
    turn        own: the seat's own desk must act; elsewhere: another authority of its State must; other: the
                other State must. Control has no desk: there own is the State that asks, and elsewhere nobody
    """

    text: str | None = None
    status: str | None = None
    standing: str | None = None
    request_type: str | None = None
    direction: str | None = None
    due_before: datetime | None = None
    turn: str | None = None


def only(rows: QuerySet[AssistanceRequest], wanted: Wanted, seat: SeatHolder) -> QuerySet[AssistanceRequest]:
    """Return those of the visible requests that are looked for."""
    desk = seat.seat.authority if seat.seat is not None else None
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    if wanted.standing is not None:
        rows = rows.filter(_standing(wanted.standing))
    if wanted.request_type is not None:
        rows = rows.filter(request_type=wanted.request_type)
    if wanted.direction is not None and desk is not None:
        side = "requesting_code" if wanted.direction == SENT else "requested_code"
        rows = rows.filter(**{side: desk.state.code})
    if wanted.due_before is not None:
        rows = rows.filter(Exists(owed().filter(due_at__lt=wanted.due_before)))
    if wanted.turn is not None:
        rows = rows.filter(_turn(wanted.turn, desk))
    if wanted.text:
        rows = _saying(rows, wanted.text)
    return rows


def is_turn_of_state(desk: Authority, request: AssistanceRequest) -> bool:
    """Return whether an authority of the desk's State must act on a request."""
    side = turn_of(request.status)
    return side is not None and request.code_of(side) == desk.state.code


def is_turn_of(desk: Authority, request: AssistanceRequest) -> bool:
    """Return whether this desk must act on a request."""
    side = turn_of(request.status)
    return side is not None and is_turn_of_state(desk, request) and request.kind_of(side) == desk.kind


def with_due(rows: QuerySet[AssistanceRequest]) -> QuerySet[AssistanceRequest]:
    """Return the requests each with `due_at`, the earliest deadline that is still owed; null without one.

    Beside it stands its rule, `due_rule`: the two sides owe different ones.
    """
    earliest = owed().order_by().values("request").annotate(at=Min("due_at")).values("at")
    rule = owed().order_by("due_at", "rule").values("rule")[:1]
    return rows.annotate(due_at=Subquery(earliest), due_rule=Subquery(rule))


def earliest_due(request: AssistanceRequest) -> datetime | None:
    """Return the earliest deadline of one request that is still owed, by either side."""
    rows = request.deadlines.filter(ended_at=None, due_at__isnull=False, kind__in=COUNTED)
    found: datetime | None = rows.aggregate(at=Min("due_at"))["at"]
    return found


def counts(rows: QuerySet[AssistanceRequest], seat: SeatHolder, now: datetime) -> dict[str, object]:
    """Return how many of the visible requests there are, by status, and how many wait, in one query.

    now  exercise time
    """
    desk = seat.seat.authority if seat.seat is not None else None
    overdue = Exists(owed().filter(due_at__lt=now))
    found = (
        rows.order_by()
        .values("status")
        .annotate(
            number=Count("pk"),
            own_turn=Count("pk", filter=_turn(OWN, desk)),
            overdue=Count("pk", filter=overdue),
            sent=Count("pk", filter=Q(requesting_code=desk.state.code) if desk else Q()),
        )
    )
    by_status = {row["status"]: row for row in found}
    told = {name: by_status[name]["number"] for name in rulebook().lifecycle.statuses if name in by_status}
    return {
        "all": sum(told.values()),
        "by_status": told,
        "sent": sum(row["sent"] for row in by_status.values()),
        "own_turn": sum(row["own_turn"] for row in by_status.values()),
        "overdue": sum(row["overdue"] for row in by_status.values()),
    }


def owed() -> QuerySet[Deadline]:
    """Return the deadlines of a request of the outer query that are running, or missed and still owed."""
    return Deadline.objects.filter(
        request=OuterRef("pk"), ended_at=None, due_at__isnull=False, kind__in=COUNTED
    )


def _standing(standing: str) -> Q:
    ends = Q(status__in=rulebook().lifecycle.ends)
    if standing == "ended":
        return ends
    draft = Q(status="draft")
    return draft if standing == "draft" else ~ends & ~draft


def _turn(turn: str, desk: Authority | None) -> Q:
    if desk is None:
        asking = Q(status__in=statuses_with_turn("requesting", is_own=turn == OWN))
        return asking if turn != ELSEWHERE else Q(pk=None)
    return _turn_of_side("requesting", turn, desk) | _turn_of_side("requested", turn, desk)


def _turn_of_side(side: str, turn: str, desk: Authority) -> Q:
    acts = Q(status__in=statuses_with_turn(side, is_own=turn != OTHER))
    here = Q(**{f"{side}_kind": desk.kind})
    return Q(**{f"{side}_code": desk.state.code}) & acts & {OWN: here, ELSEWHERE: ~here, OTHER: Q()}[turn]


def _saying(rows: QuerySet[AssistanceRequest], text: str) -> QuerySet[AssistanceRequest]:
    found = Q(reference__icontains=text) | Q(case__title__icontains=text) | Q(case__name__icontains=text)
    for name in SEARCHED:
        found |= Q(**{f"said_{name}__icontains": text})
    return rows.alias(**{f"said_{name}": KT(f"contents__{name}") for name in SEARCHED}).filter(found)
