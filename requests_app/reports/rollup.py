"""Response times as mergeable histograms: each closed interval is added once, none is read again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from requests_app.reports.models import RollUp
from requests_app.workflow.models import Interval

# Buckets 2 % wide: a quantile read from them is at most 1 % off.
STEP = math.log(1.02)


def bucket_of(seconds: float) -> int:
    """Return the bucket that a length of time falls into; 0 for a second and less."""
    return max(math.ceil(math.log(seconds) / STEP), 0) if seconds > 1 else 0


def seconds_of(bucket: int) -> float:
    """Return the length of time in the middle of a bucket."""
    return math.exp((bucket - 0.5) * STEP) if bucket else 1.0


def add_closed(ids: Collection[UUID]) -> None:
    """Add closed intervals to the histograms; the caller sees to it that each is added once."""
    rows = Interval.objects.filter(pk__in=ids, closed_at__isnull=False).select_related("request")
    count: Counter[tuple[str, str, str, int]] = Counter()
    due: Counter[tuple[str, str, str, int]] = Counter()
    on_time: Counter[tuple[str, str, str, int]] = Counter()
    for row in rows:
        assert row.closed_at is not None
        seconds = (row.closed_at - row.opened_at).total_seconds() - row.suspended_seconds
        key = (row.stage, row.request.request_type, f"{row.closed_at:%Y-%m}", bucket_of(seconds))
        count[key] += 1
        if row.due_at is not None:
            due[key] += 1
            on_time[key] += row.closed_at <= row.due_at
    _add((*key, count[key], due[key], on_time[key]) for key in sorted(count))


def _add(rows: Iterable[tuple[str | int, ...]]) -> None:
    values = [value for row in rows for value in row]
    if not values:
        return
    table = connection.ops.quote_name(RollUp._meta.db_table)
    places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * (len(values) // 7))
    with connection.cursor() as cursor:
        # In one order always, so that two workers adding to the same buckets do not wait for each other.
        cursor.execute(
            f"INSERT INTO {table} (stage, request_type, month, bucket, closed, with_due, on_time) "  # noqa: S608
            f"VALUES {places} ON CONFLICT (stage, request_type, month, bucket) DO UPDATE SET "
            f"closed = {table}.closed + excluded.closed, with_due = {table}.with_due + excluded.with_due, "
            f"on_time = {table}.on_time + excluded.on_time",
            values,
        )


def quantile(stage: str, share: float) -> float | None:
    """Return the seconds within which this share (0 to 1) of a stage's closed intervals closed."""
    found: Counter[int] = Counter()
    for bucket, closed in RollUp.objects.filter(stage=stage).values_list("bucket", "closed"):
        found[bucket] += closed
    wanted = share * sum(found.values())
    seen = 0
    for bucket in sorted(found):
        seen += found[bucket]
        if seen >= wanted:
            return seconds_of(bucket)
    return None
