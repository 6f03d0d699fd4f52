"""How a backlog is cleared by two workers, and how long a person who acts meanwhile waits.

    python -m tests.benchmarks.bench_backlog [--postgres] [--requests N] [--exercises N]

Real Celery workers, a real beat and a real Redis server. First one exercise with everything due at once, and
a person who acts in it again and again; then many exercises with as many rows due in the same minute.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from datetime import timedelta
from typing import Any

from tests.benchmarks.bench_engine import database
from tests.faults.installation import Installation, installed, url_of

WAIT_AT_MOST_S = 2.0
ROWS_DUE_AT_ONCE = 10_000
LIMITS_S = ("1", "2", "5", "10", "30", "60", "120", "300", "900", "3600", "more")


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of them does not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def live(text: str, name: str, seed: int) -> Any:
    """Return a live exercise of a scenario, given as text, at its first instant."""
    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario
    from requests_app.exercises import control
    from requests_app.world.present import wall_now

    scenario = read_scenario(text.encode(), f"{name}.yaml", rulebook(), behaviours().keys())
    return control.open_live(scenario, seed=seed, teams="typical", wall=wall_now())


def person(requests: int, installation: Installation) -> None:
    """Let a person act while the workers clear what a jump over two years made due."""
    from requests_app.agenda.models import AgendaItem
    from requests_app.exercises import control
    from requests_app.world.models import Exercise
    from requests_app.world.present import wall_now
    from tests.builders import busy_scenario

    exercise = live(busy_scenario("backlog", requests=requests), "backlog", 7)
    control.start(exercise.pk, wall_now(), 1)
    control.jump(exercise.pk, wall_now(), exercise.ends_at)
    began_s = time.monotonic()
    waits_s: list[float] = []
    answers: dict[str, int] = {}
    while not Exercise.objects.values_list("ended", flat=True).get(pk=exercise.pk):
        asked_s = time.monotonic()
        answer = act(exercise)
        if answer is None:
            time.sleep(0.05)
            continue
        waits_s.append(time.monotonic() - asked_s)
        answers[answer] = answers.get(answer, 0) + 1
        time.sleep(0.2)
    spent_s = time.monotonic() - began_s
    rows = AgendaItem.objects.filter(exercise=exercise, status="done").count()
    print(f"  one exercise: {rows:,} rows cleared in {spent_s:.1f} s = {rows / spent_s:.0f} a second")
    print(
        f"  a person acted {len(waits_s)} times ({', '.join(f'{n} {a}' for a, n in sorted(answers.items()))}): "
        f"waited p50 {statistics.median(waits_s):.2f} s, p95 {percentile(waits_s, 0.95):.2f} s, "
        f"max {max(waits_s):.2f} s (goal {WAIT_AT_MOST_S:.0f} s, or told that the exercise is catching up)"
    )


def act(exercise: Any) -> str | None:
    """Ask how some open request stands, as the seat that sent it; return the answer, None where there is none."""
    from cooperation.rulebook import rulebook
    from cooperation.words import Refused
    from requests_app.workflow import door
    from requests_app.workflow.models import AssistanceRequest
    from requests_app.world.models import Seat
    from requests_app.world.present import wall_now

    filed = AssistanceRequest.objects.filter(exercise=exercise).exclude(
        status__in=("draft", *rulebook().lifecycle.ends)
    )
    request = filed.order_by("-submitted_at").first()
    if request is None:
        return None
    seat = Seat.objects.select_related("authority__state").get(
        authority__state__exercise=exercise,
        authority__state__code=request.requesting_code,
        authority__kind=request.requesting_kind,
    )
    key = f"{time.monotonic()}"
    try:
        door.act(
            request.pk,
            by=seat,
            act="ask_status",
            contents={},
            version=request.version,
            key=key,
            now=wall_now(),
        )
    except Refused as refused:
        return refused.reason
    return "done"


def same_minute(exercises: int, installation: Installation) -> None:
    """Let so many exercises have their share of 10,000 rows due in one minute of wall time."""
    from django.db.models import Sum

    from requests_app.agenda.models import AgendaItem, Lateness
    from requests_app.exercises import control
    from requests_app.workflow.models import Event
    from requests_app.world.models import Exercise
    from requests_app.world.present import wall_now
    from tests.builders import desks_scenario

    each = ROWS_DUE_AT_ONCE // exercises
    told = json.loads(desks_scenario(name="minute"))
    told["injects"] = [
        {"id": f"news-{n}", "trigger": {"at": f"+{n * 60 // each}m"}, "to": ["XA"], "title": f"News {n}"}
        for n in range(1, each + 1)
    ]
    keys = [live(json.dumps(told), "minute", seed).pk for seed in range(exercises)]
    # An hour of exercise time in a minute of wall time, over now: all of it is due by then.
    wall = wall_now()
    for key in keys:
        control.start(key, wall, 60)
        control.jump(
            key, wall, Exercise.objects.values_list("starts_at", flat=True).get(pk=key) + timedelta(hours=1)
        )
    rows = AgendaItem.objects.filter(exercise__in=keys, kind="inject")
    due = rows.count()
    events_before = Event.objects.filter(exercise__in=keys).count()
    began_s = time.monotonic()
    installation.waits_for(lambda: not rows.filter(status="open").exists(), "the backlog is cleared", 600)
    spent_s = time.monotonic() - began_s
    events = Event.objects.filter(exercise__in=keys).count() - events_before
    late = Lateness.objects.filter(exercise__in=keys).order_by("bucket").values_list("bucket")
    buckets = ", ".join(f"up to {LIMITS_S[b]} s: {n:,}" for b, n in late.annotate(Sum("count")))
    aside = rows.filter(status="set_aside").count()
    print(
        f"  {exercises} exercises: {due:,} rows due in one minute cleared in {spent_s:.1f} s = "
        f"{events / spent_s:.0f} events a second, {aside} set aside; late {buckets}"
    )


def run(requests: int, exercises: int) -> None:
    from django.db import connection

    with installed(url_of(connection.settings_dict)) as installation:
        print(f"{connection.vendor}, two workers of one process each")
        installation.start_beat()
        for _ in range(2):
            installation.start_worker(processes=1)
        person(requests, installation)
        same_minute(exercises, installation)
        faults = re.findall(r"deadlock|database is locked|OperationalError", installation.logs(whole=True))
        print(f"  lock errors in the workers' logs: {len(faults)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--requests", type=int, default=900)
    parser.add_argument("--exercises", type=int, default=50)
    options = parser.parse_args()
    with database(options.postgres):
        run(options.requests, options.exercises)
