"""How the installation is doing: whether its heart beats, and how late it is. Pure reads, a query each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.db.models import Case, CharField, Count, F, Min, Q, Sum, When

from cooperation.rulebook import rulebook
from cooperation.words import DRAFT
from requests_app.agenda.lateness import LIMITS_S
from requests_app.agenda.models import OPEN, SET_ASIDE, AgendaItem, Lateness, OutboxItem
from requests_app.exercises.heartbeat import CANARY
from requests_app.workflow.models import AssistanceRequest, Event, Interval
from requests_app.world.models import Exercise, Heartbeat
from requests_app.world.timekeeping import BEAT, exercise_now

# Exercises that are late are few; where they are many, the oldest row says enough.
LATE_EXERCISES_COUNTED = 50
# Stages that wait for the State that asks; all others wait for the State that is asked.
WAIT_FOR_THE_REQUESTING = ("inform", "confirm")


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds since the beat and the canary were last seen; None where they never were."""

    beat_age_s: float | None
    canary_age_s: float | None


@dataclass(frozen=True, slots=True)
class Timers:
    """The agenda rows of all live exercises.

    waiting       rows that are due and not performed; counted in so many exercises at most
    oldest_s      wall seconds since the oldest of them became due, 0 where there is none
    fired         rows performed so far
    within        for each limit in seconds, how many were performed no later than that
    late_s        sum of the lateness of all, wall seconds
    set_aside     rows whose function or write failed; `verify` tells each with its error
    """

    waiting: int
    oldest_s: float
    fired: int
    within: tuple[tuple[int, int], ...]
    late_s: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the outbox under one kind: how many items, and since how many wall seconds."""

    kind: str
    items: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class OpenStage:
    """How many requests of one exercise wait in one stage for one State."""

    exercise: str
    state: str
    stage: str
    requests: int


def pulse(wall: datetime) -> Pulse:
    """Return when the beat and the canary were last seen, against a wall instant."""
    seen = dict(Heartbeat.objects.filter(name__in=(BEAT, CANARY)).values_list("name", "at"))
    ages = {name: max((wall - at).total_seconds(), 0.0) for name, at in seen.items()}
    return Pulse(ages.get(BEAT), ages.get(CANARY))


def oldest_due_s(wall: datetime) -> float:
    """Return the wall seconds since the oldest row that is not performed became due; 0 where none is due."""
    earliest: datetime | None = Exercise.objects.filter(wake_at__lte=wall).aggregate(at=Min("wake_at"))["at"]
    return max((wall - earliest).total_seconds(), 0.0) if earliest else 0.0


def timers(wall: datetime) -> Timers:
    """Return how many timers wait and fired, and how late, against a wall instant."""
    rows = Lateness.objects.values_list("bucket").annotate(Sum("count"), Sum("seconds"))
    by_bucket = {bucket: (count, seconds) for bucket, count, seconds in rows}
    counts = accumulate(by_bucket.get(bucket, (0, 0))[0] for bucket in range(len(LIMITS_S)))
    return Timers(
        waiting=_rows_waiting(wall),
        oldest_s=oldest_due_s(wall),
        fired=sum(count for count, _ in by_bucket.values()),
        within=tuple(zip(LIMITS_S, counts)),
        late_s=sum(seconds for _, seconds in by_bucket.values()),
        set_aside=AgendaItem.objects.filter(status=SET_ASIDE).count(),
    )


def _rows_waiting(wall: datetime) -> int:
    late = Exercise.objects.filter(wake_at__lte=wall).defer("scenario_text")
    due = Q()
    for exercise in late.order_by("wake_at")[:LATE_EXERCISES_COUNTED]:
        due |= Q(exercise=exercise, due_at__lte=exercise_now(exercise, wall))
    return AgendaItem.objects.filter(due, status=OPEN).count() if due else 0


def outbox(wall: datetime) -> list[Waiting]:
    """Return what waits in the outbox, by kind."""
    waiting = OutboxItem.objects.filter(processed_at=None).order_by("kind").values_list("kind")
    return [
        Waiting(kind, items, max((wall - put_at).total_seconds(), 0.0))
        for kind, items, put_at in waiting.annotate(Count("pk"), Min("put_at"))
    ]


def open_stages() -> list[OpenStage]:
    """Return the open stages of the live exercises that have not ended, by the State that each waits for."""
    waits_for = Case(
        When(stage__in=WAIT_FOR_THE_REQUESTING, then=F("request__requesting_code")),
        default=F("request__requested_code"),
        output_field=CharField(),
    )
    running = Interval.objects.filter(
        closed_at=None, request__exercise__is_live=True, request__exercise__ended=False
    )
    rows = running.values_list("request__exercise__handle", waits_for, "stage").annotate(Count("pk"))
    return sorted((OpenStage(*row) for row in rows), key=lambda one: (one.exercise, one.state, one.stage))


def requests_by_exercise(handles: list[str]) -> dict[str, tuple[int, int]]:
    """Return how many requests of each exercise were filed, and how many of them are open."""
    filed = AssistanceRequest.objects.filter(exercise__handle__in=handles).exclude(status=DRAFT)
    still_open = Count("pk", filter=~Q(status__in=rulebook().lifecycle.ends))
    rows = filed.values_list("exercise__handle").annotate(filed=Count("pk"), still_open=still_open)
    return {handle: (number, open_) for handle, number, open_ in rows}


def latest_events(since: datetime, at_most: int) -> dict[str, int]:
    """Return how many events of each exercise were recorded since a wall instant, among the latest so many."""
    latest = Event.objects.order_by("-pk").values_list("exercise__handle", "recorded_at")[:at_most]
    counts: dict[str, int] = {}
    for handle, recorded_at in latest:
        if recorded_at >= since:
            counts[handle] = counts.get(handle, 0) + 1
    return counts
