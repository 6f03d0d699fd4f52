"""A hundred people in eight teams ask forty times a second for a minute; and a list beside a bare Django view.

    python -m tests.benchmarks.bench_load [--postgres] [--users 100] [--rate 40] [--seconds 60] [--list]

Web, worker and beat are real processes, the load comes from the same machine. Goals: no answer of 500 and
above; p95 and p99 are reported. With --list also: a list of 50 beside a view that only says "alive", behind the
same server (goal 10x), and its 2,000th page beside the first (goal 2x).
"""

from __future__ import annotations

import argparse
import http.client
import json
import time
from statistics import median
from typing import Any
from urllib.parse import urlparse

from tests.benchmarks.bench_engine import database

ROUNDS, ASKED_A_ROUND = 5, 40
LISTED, PAGE, DEEP = 100_000, 50, 2_000


def load(address: str, people: Any, *, rate: float, for_s: float) -> None:
    from tests.faults.load import asks, within_s

    measured = asks(address, people, rate=rate, for_s=for_s)
    print(
        f"{len(people)} people, {measured.statuses.total()} answers in {for_s:.0f} s: {dict(measured.statuses)}"
    )
    print(f"without an answer: {dict(measured.unanswered) or 'none'}")
    for name, took_s in (("reads", measured.reads_s), ("acts", measured.acts_s)):
        p50, p95, p99 = (within_s(took_s, share) * 1_000 for share in (0.50, 0.95, 0.99))
        print(f"{name}: {len(took_s)}, p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms")


def lists(address: str, exercise: Any, person: tuple[str, str]) -> None:
    """Measure a page of a long list beside a bare view, one connection, rounds in turn."""
    from datetime import timedelta

    from requests_app.workflow.models import AssistanceRequest

    code, token = person
    AssistanceRequest.objects.bulk_create(
        (
            AssistanceRequest(
                exercise=exercise, reference=f"{code}-XZ-{number}", request_type="mla_stored_data",
                requesting_code=code, requested_code="XB", requesting_kind="central_authority",
                requested_kind="central_authority", status="closed", version=3,
                filed_at=exercise.starts_at + timedelta(seconds=number),
                submitted_at=exercise.starts_at + timedelta(seconds=number),
                received_at=exercise.starts_at + timedelta(seconds=number),
            )
            for number in range(LISTED)
        ),
        batch_size=1_000,
    )  # fmt: skip
    deep = f"/api/v1/requests/?page_size={PAGE}"
    for _ in range(DEEP // 4 - 1):
        deep = (
            _get(address, deep.replace(f"page_size={PAGE}", "page_size=200"), token)["next"] or ""
        ).partition(address.partition("://")[2])[2]
    deep = deep.replace("page_size=200", f"page_size={PAGE}")
    spent: dict[str, list[float]] = {"bare": [], "first": [], "deep": []}
    paths = {"bare": "/healthz", "first": f"/api/v1/requests/?page_size={PAGE}", "deep": deep}
    for _ in range(ROUNDS):
        for name, path in paths.items():
            spent[name].append(_pace(address, path, token))
    bare, first, far = (median(spent[name]) * 1_000 for name in paths)
    print(f"bare {bare:.2f} ms, a list of {PAGE} {first:.2f} ms: {first / bare:.1f}x (goal 10x)")
    print(f"page {DEEP:,} {far:.2f} ms: {far / first:.2f}x the first (goal 2x)")


def _get(address: str, path: str, token: str) -> Any:
    place = urlparse(address)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    return json.loads(line.getresponse().read())


def _pace(address: str, path: str, token: str) -> float:
    """Return the seconds for one answer, over one connection."""
    place = urlparse(address)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    began_s = time.perf_counter()
    for _ in range(ASKED_A_ROUND):
        line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    return (time.perf_counter() - began_s) / ASKED_A_ROUND


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--rate", type=float, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    with database(asked.postgres):
        from django.db import connection

        from tests.faults.installation import installed, url_of
        from tests.faults.load import seated

        with installed(url_of(connection.settings_dict)) as installation:
            exercise, people = seated(asked.users)
            installation.start_beat()
            installation.start_worker(processes=1)
            address = installation.start_web(processes=2 if asked.postgres else 1)
            print(connection.vendor)
            load(address, people, rate=asked.rate, for_s=asked.seconds)
            if asked.list:
                lists(address, exercise, people[0])


if __name__ == "__main__":
    main()
