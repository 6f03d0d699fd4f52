"""What a whole installation meets: Redis lost, too many beats or none, sessions dropped, clocks that differ."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from requests_app.exercises import heartbeat
from requests_app.exercises.heartbeat import CANARY
from requests_app.tasks import TICKS_WAITING_AT_MOST
from requests_app.web.broker import queue_lengths
from requests_app.world.models import Heartbeat
from requests_app.world.present import wall_now
from requests_app.world.timekeeping import BEAT
from tests.faults.installation import Installation, Rehearsal, rehearsed, runs

SESSIONS_DROPPED_FOR_S = 10.0
SESSIONS_DROPPED_EVERY_S = 0.2


def ends(installation: Installation, rehearsal: Rehearsal) -> None:
    """Wait until the exercise has ended; nothing may be missing or too much in it."""
    installation.waits_for(lambda: rehearsal.row.ended, "the exercise has ended")
    assert rehearsal.faults() == []


def seen(name: str) -> object:
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def test_redis_killed_and_restarted_empty_loses_nothing(installation: Installation) -> None:
    rehearsal = rehearsed(seed=7, days=5)
    installation.start_beat()
    # A worker that holds a task when Redis goes may end rather than connect again.
    keep = installation.keep_worker(installation.start_worker())
    installation.waits_for(lambda: seen(CANARY), "a worker executes tasks")
    runs(rehearsal)
    installation.waits_for(lambda: rehearsal.row.advanced_to > rehearsal.row.starts_at, "it runs")

    installation.kill(installation.redis)
    installation.start_redis()
    restarted_at = wall_now()

    def recovered() -> bool:
        keep()
        return Heartbeat.objects.filter(name=CANARY, at__gt=restarted_at).exists()

    installation.waits_for(recovered, "the canary was executed again")
    ends(installation, rehearsal)


def test_two_beats_do_nothing_twice(installation: Installation) -> None:
    rehearsal = rehearsed(seed=7)
    installation.start_beat()
    installation.start_beat()
    installation.start_worker()
    installation.start_worker()
    runs(rehearsal)

    ends(installation, rehearsal)
    installation.waits_for(lambda: rehearsal.untold() == 0, "the outbox is empty")


def test_ten_minutes_without_a_beat_become_a_pause(installation: Installation) -> None:
    rehearsal = rehearsed(seed=7, opened_s_ago=602)
    # It had run for two seconds when the last beat came, ten minutes ago.
    Heartbeat.objects.create(name=BEAT, at=wall_now() - timedelta(minutes=10))
    runs(rehearsal, started_s_ago=602)

    installation.start_beat()
    installation.start_worker()
    ends(installation, rehearsal)

    stopped, running, paused, resumed = rehearsal.row.segments.order_by("number")
    assert [segment.rate for segment in (stopped, running, paused, resumed)] == [0, 86_400, 0, 86_400]
    assert paused.exercise_at == resumed.exercise_at
    days_before_the_pause = (paused.exercise_at - stopped.exercise_at) / timedelta(days=1)
    assert 1.9 < days_before_the_pause < 2.1
    assert resumed.wall_at - paused.wall_at >= timedelta(minutes=10)


def test_what_no_worker_takes_does_not_pile_up_and_is_found_again(
    installation: Installation, settings: Any
) -> None:
    rehearsal = rehearsed(seed=7, opened_s_ago=30)
    runs(rehearsal, started_s_ago=30)
    settings.CELERY_BROKER_URL = installation.environment["REDIS_URL"]

    assert installation.start_script("tests.faults.sweep", "100").wait(60) == 0, installation.logs()
    assert (queue_lengths() or {})["exercises"] == TICKS_WAITING_AT_MOST

    installation.kill(installation.redis)
    installation.start_redis()
    assert installation.start_script("tests.faults.sweep", "1").wait(60) == 0, installation.logs()
    assert (queue_lengths() or {})["exercises"] == 1
    installation.start_worker()
    ends(installation, rehearsal)


def test_the_same_tick_ten_times_in_series_does_its_work_once(transactional_db: None) -> None:
    rehearsal = rehearsed(seed=7, opened_s_ago=30)
    runs(rehearsal, started_s_ago=30)
    for _ in range(10):
        heartbeat.tick(rehearsal.key, wall_now)

    assert rehearsal.row.ended
    assert rehearsal.faults() == []


def test_the_same_tick_ten_times_at_once_does_its_work_once(installation: Installation) -> None:
    rehearsal = rehearsed(seed=7, opened_s_ago=30)
    runs(rehearsal, started_s_ago=30)
    scripts = [
        installation.start_script("tests.faults.tick", str(rehearsal.key), str(time.time() + 4))  # noqa: TID251
        for _ in range(10)
    ]
    installation.waits_for(lambda: all(one.poll() is not None for one in scripts), "all ticks are done")

    assert [one.returncode for one in scripts] == [0] * 10, installation.logs()
    assert rehearsal.row.ended
    assert rehearsal.faults() == []


def test_workers_on_two_hosts_whose_clocks_differ_by_two_seconds_agree(installation: Installation) -> None:
    rehearsal = rehearsed(seed=7)
    installation.start_beat()
    installation.start_worker()
    installation.start_worker(COMITY_CLOCK_AHEAD_S="2")
    runs(rehearsal)

    ends(installation, rehearsal)
    walls = list(rehearsal.row.segments.order_by("number").values_list("wall_at", "exercise_at"))
    assert walls == sorted(walls)


@pytest.mark.postgres
def test_database_sessions_dropped_five_a_second_set_nothing_aside(installation: Installation) -> None:
    rehearsal = rehearsed(seed=7, days=5)
    installation.start_beat()
    installation.start_worker()
    installation.waits_for(lambda: seen(CANARY), "a worker executes tasks")
    runs(rehearsal)

    dropped = 0
    until_s = time.monotonic() + SESSIONS_DROPPED_FOR_S
    with connection.cursor() as cursor:
        while time.monotonic() < until_s:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            dropped += cursor.fetchone()[0]
            time.sleep(SESSIONS_DROPPED_EVERY_S)

    ends(installation, rehearsal)
    assert dropped > 0


def test_eight_writers_at_once_all_have_their_turn(installation: Installation) -> None:
    """Each acts through the door on a request of its own, forty times, in a process of its own."""
    from requests_app.workflow.models import Event
    from requests_app.workflow.verify import failures
    from tests.builders import day, seated

    table = seated()
    requests = []
    for _ in range(8):
        request = table.desk("Arvania").files("mla_stored_data", to="Borland", on=day(0))
        table.desk("Borland").acknowledges(request, on=day(1))
        requests.append(request)
    seat = table.seat("Borland")
    start_s = str(time.time() + 5)  # noqa: TID251

    writers = [
        installation.start_script("tests.faults.write", str(request.key), str(seat.pk), "40", start_s)
        for request in requests
    ]
    with ThreadPoolExecutor() as pool:
        codes = list(pool.map(lambda one: one.wait(timeout=60), writers))

    assert codes == [0] * 8, installation.logs()
    assert [request.row.version for request in requests] == [42] * 8
    assert Event.objects.filter(exercise=table.row, act="report_status").count() == 320
    assert list(failures(table.row)) == []
