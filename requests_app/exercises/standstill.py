"""Letting every live exercise stand still while the installation rests, and go on afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from cooperation.words import Refused
from requests_app.exercises import control
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise

SHUTDOWN = "shutdown"
_CLOCK_ACTS = ("start", "pause", "resume", "speed")


def pause_all(now: Callable[[], datetime], why: str = SHUTDOWN) -> Iterator[tuple[str, Refused | None]]:
    """Pause every running clock; yield each handle, with the reason where it was not possible.

    now  gives the wall instant
    """
    for exercise in _live():
        clock = exercise.clock
        if clock is not None and not clock.is_paused(now()):
            yield exercise.handle, _refused(partial(control.pause, exercise.pk, now(), why))


def resume_all(now: Callable[[], datetime], why: str = SHUTDOWN) -> Iterator[tuple[str, Refused | None]]:
    """Let those clocks run again that were paused for this reason and touched by nobody since."""
    for exercise in _live():
        if _paused_because(exercise) == why:
            yield exercise.handle, _refused(partial(control.resume, exercise.pk, now()))


def _live() -> list[Exercise]:
    rows = Exercise.objects.filter(is_live=True, ended=False).defer("scenario_text").order_by("handle")
    return list(rows.prefetch_related("segments"))


def _paused_because(exercise: Exercise) -> str | None:
    """Return why the clock was paused; None where its last move was no pause."""
    moves = Event.objects.filter(exercise=exercise, request=None, desk="", act__in=_CLOCK_ACTS)
    last = moves.order_by("-seq").values_list("act", "contents").first()
    return str(last[1].get("why")) if last is not None and last[0] == "pause" else None


def _refused(move: Callable[[], None]) -> Refused | None:
    try:
        move()
    except Refused as reason:
        return reason
    return None
