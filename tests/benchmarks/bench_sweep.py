"""What a sweep with nothing due costs over a million agenda rows, beside `SELECT 1` and beside 10,000 rows.

python -m tests.benchmarks.bench_sweep [--postgres] [--rows N] [--exercises N]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.benchmarks.bench_engine import database

TIMES = 1_000
GOAL_OF_SELECT_1 = 3.0
GOAL_OF_FEW_ROWS = 1.5


def fill(rows: int, exercises: int) -> None:
    """Put this many rows on the agendas of so many running exercises, all due later."""
    from django.db import connection, transaction

    from requests_app.agenda.models import AgendaItem
    from requests_app.world.models import ClockSegment, Exercise
    from requests_app.world.present import wall_now
    from tests.builders import desks_scenario, made

    wall = wall_now()
    model = made(desks_scenario(name=f"model-{rows}"))
    copies = []
    for number in range(exercises):
        copy = Exercise.objects.get(pk=model.pk)
        copy.pk, copy.handle = None, f"sweep-{rows}-{number}"
        copy.id = Exercise._meta.get_field("id").get_default()
        copy.is_live, copy.wake_at = True, wall + timedelta(days=1, seconds=number)
        copies.append(copy)
    Exercise.objects.bulk_create(copies)
    segments = [
        ClockSegment(exercise=one, number=0, wall_at=wall, exercise_at=one.starts_at, rate=1)
        for one in copies
    ]
    ClockSegment.objects.bulk_create(segments)
    table = AgendaItem._meta.db_table
    columns = "id, exercise_id, kind, key, due_at, rank, seq, depth, payload, status, error"
    each = rows // exercises
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT gen_random_uuid(), e.id, 'note', 'row ' || n, "
                f"e.starts_at + n * interval '1 hour', 10, n, 0, '{{}}', 'open', '' "
                f"FROM requests_app_exercise e CROSS JOIN generate_series(1, %s) n WHERE e.handle LIKE %s",
                [each, f"sweep-{rows}-%"],
            )
        else:
            cursor.execute(
                f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) "
                f"INSERT INTO {table} ({columns}) SELECT lower(hex(randomblob(16))), e.id, 'note', 'row ' || n, "
                f"datetime(e.starts_at, '+' || n || ' hours'), 10, n, 0, '{{}}', 'open', '' "
                f"FROM requests_app_exercise e CROSS JOIN numbers WHERE e.handle LIKE %s",
                [each, f"sweep-{rows}-%"],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def costs_s(*works: Callable[[], Any]) -> list[float]:
    """Return the median time of one call of each, in seconds; in turns, so that noise touches all alike."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(TIMES):
        for work, times in zip(works, spent):
            began_s = time.perf_counter()
            work()
            times.append(time.perf_counter() - began_s)
    return [statistics.median(times) for times in spent]


def select_1() -> None:
    """Ask the database for nothing."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def sweep() -> None:
    """Sweep with nothing due."""
    from requests_app.exercises import heartbeat
    from requests_app.world.present import wall_now

    assert heartbeat.sweep(wall_now()) == []


def bare_read() -> None:
    """Read the one index by hand, with nothing noted of the beat."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM requests_app_exercise WHERE wake_at <= '2026-01-01 00:00:00' LIMIT 1")
        cursor.fetchone()


def run(rows: int, exercises: int) -> None:
    from django.db import connection

    from requests_app.agenda.models import AgendaItem
    from requests_app.exercises import heartbeat
    from requests_app.world.present import wall_now

    fill(10_000, 10)
    sweep()
    few_1_s, few_s = costs_s(select_1, sweep)
    began_s = time.perf_counter()
    fill(rows, exercises)
    # To fill takes longer than a silence may last; what an outage costs is not asked here.
    heartbeat.beat(heartbeat.BEAT, wall_now())
    print(
        f"{connection.vendor}: {AgendaItem.objects.count():,} agenda rows in {exercises + 10:,} exercises, "
        f"filled in {time.perf_counter() - began_s:.0f} s"
    )
    sweep()
    one_s, bare_s, many_s = costs_s(select_1, bare_read, sweep)
    print(f"  SELECT 1                    {one_s * 1e6:7.0f} us")
    print(
        f"  the one index read, bare    {bare_s * 1e6:7.0f} us = {bare_s / one_s:.1f} of it (goal {GOAL_OF_SELECT_1:.0f})"
    )
    print(
        f"  sweep, nothing due          {many_s * 1e6:7.0f} us = {many_s / one_s:.1f} of it (goal {GOAL_OF_SELECT_1:.0f})"
    )
    print(
        f"  sweep at 10,000 rows        {few_s * 1e6:7.0f} us = {few_s / few_1_s:.1f} of SELECT 1 then: "
        f"{many_s / few_s:.2f} of it (goal {GOAL_OF_FEW_ROWS})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--exercises", type=int, default=1_000)
    options = parser.parse_args()
    with database(options.postgres):
        run(options.rows, options.exercises)
