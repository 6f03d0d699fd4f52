"""What a run of an exercise came to, in figures and in lines of its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count

from cooperation.eventlog import exported
from cooperation.rulebook import rulebook
from cooperation.words import DRAFT
from requests_app.exercises.models import Expectation
from requests_app.workflow.models import AssistanceRequest, Deadline, Event
from requests_app.workflow.verify import checkpoint_of
from requests_app.world.models import Exercise


def account(exercise: Exercise) -> dict[str, Any]:
    """Return the figures that `run_exercise --json` prints."""
    requests = AssistanceRequest.objects.filter(exercise=exercise).exclude(status=DRAFT)
    return {
        "handle": exercise.handle,
        "scenario": exercise.scenario,
        "seed": exercise.seed,
        "requests": requests.count(),
        "open_requests": requests.exclude(status__in=rulebook().lifecycle.ends).count(),
        "events": Event.objects.filter(exercise=exercise).count(),
        "deadlines": _deadlines(exercise),
        "expectations": _expectations(exercise),
        "checkpoint": checkpoint_of(exercise),
    }


def log_lines(exercise: Exercise) -> Iterator[bytes]:
    """Yield the events as an export writes them, sorted by at, request, desk, seq."""
    rows = Event.objects.filter(exercise=exercise).values_list(
        "at", "request__reference", "desk", "seq", "content", "hash"
    )
    # Sorted here and not by the database: collations order text differently from one to the other.
    ordered = sorted(rows.iterator(chunk_size=5_000), key=lambda r: (r[0], r[1] or "", r[2], r[3]))
    for *_, content, hash_ in ordered:
        yield exported(bytes(content), hash_)


def write_log(exercise: Exercise, path: Path) -> int:
    """Write the log of an exercise to a file, one event a line; return how many."""
    number = 0
    with path.open("wb") as stream:
        for line in log_lines(exercise):
            stream.write(line + b"\n")
            number += 1
    return number


def _deadlines(exercise: Exercise) -> dict[str, int]:
    counted = Deadline.objects.filter(request__exercise=exercise, kind__in=("maximum", "target"))
    found = dict(counted.values_list("status").annotate(Count("pk")))
    return {word: found.get(word, 0) for word in (Deadline.MET, Deadline.MISSED, Deadline.RUNNING)}


def _expectations(exercise: Exercise) -> dict[str, int]:
    rows = list(Expectation.objects.filter(exercise=exercise))
    return {
        "met": sum(row.status == Expectation.MET for row in rows),
        "missed": sum(row.status == Expectation.MISSED for row in rows),
        "points": sum(row.points_given for row in rows),
        "of": sum(row.points_possible for row in rows),
    }
