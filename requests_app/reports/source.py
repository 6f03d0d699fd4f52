"""The intervals of an exercise, as columns."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from cooperation.intervals import Columns, Interval, columns_of
from cooperation.rulebook import rulebook
from requests_app.workflow.models import Interval as Row
from requests_app.world.models import Exercise

FIELDS = (
    *("request__reference", "request__request_type", "request__requesting_code", "request__requested_code"),
    *("stage", "opened_at", "closed_at", "due_at", "suspended_seconds", "suspended_since", "outcome"),
)


def columns_of_exercise(exercise: Exercise) -> Columns:
    """Return every interval of an exercise as it stands at its present."""
    return columns_of_rows(Row.objects.filter(request__exercise=exercise), exercise.present)


def columns_of_rows(rows: QuerySet[Row], present: datetime) -> Columns:
    """Return these intervals as they stand at an instant of exercise time."""
    types = rulebook().types
    rows = rows.order_by("request__reference", "opened_at", "stage")
    return columns_of(
        Interval(
            request=row["request__reference"],
            request_type=row["request__request_type"],
            pillar=types[row["request__request_type"]].pillar,
            from_=row["request__requesting_code"],
            to=row["request__requested_code"],
            stage=row["stage"],
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            due_at=row["due_at"],
            suspended_seconds=row["suspended_seconds"] + _running(row["suspended_since"], present),
            outcome=row["outcome"],
        )
        for row in rows.values(*FIELDS).iterator()
    )


def _running(since: datetime | None, present: datetime) -> int:
    """Return the seconds of a suspension that has not ended."""
    return max(int((present - since).total_seconds()), 0) if since else 0
