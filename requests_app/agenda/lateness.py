"""How late rows are performed, in seconds of wall time: the measure of the heartbeat's health."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from requests_app.agenda.models import Lateness
from requests_app.world.models import Exercise

# Upper limits in seconds; what is later falls into one bucket more.
LIMITS_S = (1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)


def note_lateness(exercise: Exercise, due: Sequence[datetime], wall: datetime) -> None:
    """Add the lateness of rows performed at a wall instant; they were due at these exercise instants."""
    clock = exercise.clock
    if clock is None:
        return
    count: Counter[int] = Counter()
    seconds: Counter[int] = Counter()
    for at in due:
        expected = clock.wall_at(at)
        late_s = max((wall - expected).total_seconds(), 0.0) if expected else 0.0
        bucket = bisect_left(LIMITS_S, late_s)
        count[bucket] += 1
        seconds[bucket] += int(late_s)
    table = connection.ops.quote_name(Lateness._meta.db_table)
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(count))
    key = exercise._meta.pk.get_db_prep_value(exercise.pk, connection)
    values = [v for bucket in sorted(count) for v in (key, bucket, count[bucket], seconds[bucket])]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (exercise_id, bucket, count, seconds) VALUES {rows} "  # noqa: S608
            f"ON CONFLICT (exercise_id, bucket) DO UPDATE SET "
            f"count = {table}.count + excluded.count, seconds = {table}.seconds + excluded.seconds",
            values,
        )
