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
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app.exercises import health
from requests_app.exercises.clock_face import clock_face
from requests_app.exercises.listed import listed_for
from requests_app.exercises.paces import pace_in_words
from requests_app.reports.shown import STAGES
from requests_app.web.place import run_of, standing_in_words, title_of
from requests_app.web.probes import CANARY_AGE_AT_MOST_S, readiness
from requests_app.web.report_files import published
from requests_app.world.languages import said
from requests_app.world.models import Exercise, SeatHolder, State
from requests_app.world.present import wall_now

EXERCISES_SHOWN = 50
EVENTS_LOOKED_AT = 2_000
LATELY = timedelta(minutes=1)
REFRESH_S = 10
# Who sees how busy the States are; to a trainee that would tell what another desk has in hand.
SEES_ALL_STATES = ("trainer", "analyst")


@dataclass(frozen=True, slots=True)
class Shown:
    """One exercise as the page shows it."""

    handle: str
    title: str
    run: str
    has_ended: bool
    standing: str
    exercise_time: datetime
    pace: str
    ends_at: datetime
    requests: int
    open_requests: int
    events_lately: int
    report: str
    sees_states: bool
    states: list[dict[str, Any]]
    idle_states: int


@never_cache
@login_required
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show the exercises and the health; no contents of any desk."""
    wall = wall_now()
    rows = listed_for(request.user).defer("scenario_text").order_by("ended", "-is_live", "handle")
    exercises = list(rows[:EXERCISES_SHOWN])
    found = _shown(exercises, wall, _seen_whole(request.user, exercises))
    # Only who asks for it: a page that changes by itself is taken from under those who read slowly.
    refreshes = request.GET.get("refresh") == "on"
    shown = {
        "running": [one for one in found if not one.has_ended],
        "ended": [one for one in found if one.has_ended],
        "stages": list(STAGES.values()),
        "shows_stages": any(one.states for one in found if not one.has_ended),
        "hides_states": any(not one.sees_states for one in found if not one.has_ended),
        "health": _health(readiness()),
        "wall": wall,
        "refresh_s": REFRESH_S if refreshes else None,
    }
    return render(request, "web/status.html", shown)


def _seen_whole(user: AbstractBaseUser | AnonymousUser, exercises: Sequence[Exercise]) -> set[str]:
    """Return the exercises of which a person sees how busy the States are: none in which they sit at a desk."""
    groups = getattr(user, "groups", None)
    may = getattr(user, "is_superuser", False) or (
        groups is not None and groups.filter(name__in=SEES_ALL_STATES).exists()
    )
    if not may:
        return set()
    desks = SeatHolder.objects.filter(user=user.pk, seat__isnull=False).values_list("exercise", flat=True)
    blind = set(desks)
    return {exercise.handle for exercise in exercises if exercise.pk not in blind}


def _shown(exercises: Sequence[Exercise], wall: datetime, seen_whole: set[str]) -> list[Shown]:
    handles = [exercise.handle for exercise in exercises]
    requests = health.requests_by_exercise(handles)
    events = health.latest_events(wall - LATELY, EVENTS_LOOKED_AT)
    states = _states([exercise for exercise in exercises if exercise.handle in seen_whole])
    return [
        Shown(
            exercise.handle,
            title_of(exercise),
            run_of(exercise),
            exercise.ended,
            *_clock(exercise, wall),
            exercise.ends_at,
            *requests.get(exercise.handle, (0, 0)),
            events.get(exercise.handle, 0),
            published(exercise.handle),
            exercise.handle in seen_whole,
            *states.get(exercise.handle, ([], 0)),
        )
        for exercise in exercises
    ]


def _clock(exercise: Exercise, wall: datetime) -> tuple[str, datetime, str]:
    """Return how the exercise stands, its present, and its pace."""
    face = clock_face(exercise, wall)
    return standing_in_words(face.standing), face.now, pace_in_words(face.rate)


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
            busy[handle].append(
                {
                    "name": said(name),
                    "counts": [(title, counts.get(stage, 0)) for stage, (title, *_) in STAGES.items()],
                }
            )
        else:
            idle[handle] += 1
    return {handle: (busy[handle], idle[handle]) for handle in {*busy, *idle}}


def _health(found: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return what is looked at: its name, whether it is well, and what is seen."""
    canary, oldest = found["canary_age_s"], found["oldest_due_s"]
    works = canary is not None and canary <= CANARY_AGE_AT_MOST_S
    late = oldest is not None and oldest > CANARY_AGE_AT_MOST_S
    return [
        (_("Database"), found["database"], _("answers") if found["database"] else _("does not answer")),
        ("Redis", found["redis"], _("answers") if found["redis"] else _("does not answer")),
        (_("Worker"), works, _last_seen(canary)),
        (
            _("Timers"),
            not late,
            _("the oldest is %(n)s s late") % {"n": f"{oldest:.0f}"} if oldest else _("none is late"),
        ),
    ]


def _last_seen(canary_age_s: float | None) -> str:
    if canary_age_s is None:
        return _("never seen")
    return _("did its last test task %(n)s s ago") % {"n": f"{canary_age_s:.0f}"}
