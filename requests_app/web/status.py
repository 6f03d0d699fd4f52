"""The status page: which exercises there are, how far they are, and whether all works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app.exercises import health
from requests_app.exercises.listed import listed_for
from requests_app.reports.shown import STAGES
from requests_app.web.probes import CANARY_AGE_AT_MOST_S, readiness
from requests_app.web.report_files import published
from requests_app.world.models import Exercise, State
from requests_app.world.present import wall_now
from requests_app.world.timekeeping import exercise_now

EXERCISES_SHOWN = 50
EVENTS_LOOKED_AT = 2_000
LATELY = timedelta(minutes=1)
REFRESH_S = 10
ENDED = "ended"
# Who sees how busy the States are; to a trainee that would tell what another desk has in hand.
SEES_ALL_STATES = ("trainer", "analyst")
PACES = {
    1: "real time",
    60: "a minute a second",
    1_440: "a day a minute",
    3_600: "an hour a second",
    86_400: "a day a second",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One exercise as the page shows it."""

    handle: str
    standing: str
    exercise_time: datetime
    pace: str
    ends_at: datetime
    requests: int
    open_requests: int
    events_lately: int
    report: str
    states: list[dict[str, Any]]
    idle_states: int


@never_cache
@login_required
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show the exercises and the health; no contents of any desk."""
    wall = wall_now()
    sees_all = _sees_all_states(request.user)
    rows = listed_for(request.user).defer("scenario_text").order_by("ended", "-is_live", "handle")
    exercises = list(rows[:EXERCISES_SHOWN])
    found = _shown(exercises, wall, sees_all)
    refreshes = request.GET.get("refresh") != "off"
    shown = {
        "running": [one for one in found if one.standing != ENDED],
        "ended": [one for one in found if one.standing == ENDED],
        "stages": [(stage, STAGES[stage][0]) for stage in STAGES],
        "sees_all_states": sees_all,
        "health": _health(readiness()),
        "wall": wall,
        "refresh_s": REFRESH_S if refreshes else None,
    }
    return render(request, "web/status.html", shown)


def _sees_all_states(user: AbstractBaseUser | AnonymousUser) -> bool:
    groups = getattr(user, "groups", None)
    if getattr(user, "is_superuser", False):
        return True
    return groups is not None and groups.filter(name__in=SEES_ALL_STATES).exists()


def _shown(exercises: Sequence[Exercise], wall: datetime, sees_all: bool) -> list[Shown]:
    handles = [exercise.handle for exercise in exercises]
    requests = health.requests_by_exercise(handles)
    events = health.latest_events(wall - LATELY, EVENTS_LOOKED_AT)
    states = _states(exercises) if sees_all else {}
    return [
        Shown(
            exercise.handle,
            *_clock(exercise, wall),
            exercise.ends_at,
            *requests.get(exercise.handle, (0, 0)),
            events.get(exercise.handle, 0),
            published(exercise.handle),
            *states.get(exercise.handle, ([], 0)),
        )
        for exercise in exercises
    ]


def _clock(exercise: Exercise, wall: datetime) -> tuple[str, datetime, str]:
    """Return how the exercise stands, its present, and its pace."""
    if exercise.ended:
        return ENDED, exercise.advanced_to, ""
    now = exercise_now(exercise, wall)
    clock = exercise.clock if exercise.is_live else None
    if clock is None:
        return "played without a clock", now, ""
    rate = int(clock.segments[-1].rate)
    if rate == 0:
        return ("not started" if len(clock.segments) == 1 else "paused"), now, ""
    return "running", now, PACES.get(rate, f"{rate:,} times real time")


def _states(exercises: Sequence[Exercise]) -> dict[str, tuple[list[dict[str, Any]], int]]:
    """Return, for each exercise, how many requests wait for each State in each stage, and how many wait for none."""
    waiting: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for one in health.open_stages():
        waiting[one.exercise, one.state][one.stage] = one.requests
    running = [exercise.pk for exercise in exercises if not exercise.ended]
    rows = State.objects.filter(exercise__in=running).values_list("exercise__handle", "code", "name")
    busy: dict[str, list[dict[str, Any]]] = defaultdict(list)
    idle: dict[str, int] = defaultdict(int)
    for handle, code, name in rows.order_by("exercise__handle", "name"):
        counts = waiting.get((handle, code), {})
        if counts:
            busy[handle].append({"name": name, "counts": [counts.get(stage, 0) for stage in STAGES]})
        else:
            idle[handle] += 1
    return {handle: (busy[handle], idle[handle]) for handle in {*busy, *idle}}


def _health(found: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return what is looked at: its name, whether it is well, and what is seen."""
    canary, oldest = found["canary_age_s"], found["oldest_due_s"]
    works = canary is not None and canary <= CANARY_AGE_AT_MOST_S
    late = oldest is not None and oldest > CANARY_AGE_AT_MOST_S
    return [
        ("Database", found["database"], "answers" if found["database"] else "does not answer"),
        ("Redis", found["redis"], "answers" if found["redis"] else "does not answer"),
        ("Worker", works, "never seen" if canary is None else f"did its last test task {canary:.0f} s ago"),
        ("Timers", not late, f"the oldest is {oldest:.0f} s late" if oldest else "none is late"),
    ]
