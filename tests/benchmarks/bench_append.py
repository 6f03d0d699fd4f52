"""What the chain costs: appending a linked event beside inserting the same row plain, in the same transactions.

    python -m tests.benchmarks.bench_append [--postgres]

The two alternate round by round, so that a machine whose speed drifts favours neither. Goal: at most 1.25x.
"""

from __future__ import annotations

import argparse
import time
from statistics import median

from tests.benchmarks.bench_engine import database

ROUNDS, EVENTS = 7, 300


def run() -> None:
    from django.db import connection, transaction

    from cooperation.behaviour import behaviours
    from cooperation.eventlog import FIRST, digest, link
    from cooperation.rulebook import rulebook
    from cooperation.scenario import find, read_scenario
    from requests_app.agenda.writing import insert
    from requests_app.exercises.run import make
    from requests_app.workflow.models import Event

    path = find("hospital-ransomware")
    scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
    exercise = make(scenario, seed=7, teams="typical")
    facts = {
        "exercise": exercise.log_name,
        "request": None,
        "desk": "XA/central_authority",
        "act": "draft",
        "actor": {"state": "XA", "authority": "central_authority", "seat": "XA/central_authority/1"},
        "at": "2027-03-01T01:00:00Z",
        "contents": {"request_type": "mla_stored_data", "to": "XB/central_authority", "case": "hospital"},
        "status": None,
    }

    def row(desk: str, seq: int, prev: str, hash_: str, content: bytes) -> Event:
        return Event(
            exercise=exercise, desk=desk, seq=seq, act="draft", at=exercise.starts_at,
            contents=facts["contents"], prev=prev, hash=hash_, content=content,
            recorded_at=exercise.starts_at,
        )  # fmt: skip

    content = link(FIRST, 1, facts).content
    hash_ = digest(content)

    def plain(desk: str) -> None:
        for seq in range(1, EVENTS + 1):
            with transaction.atomic():
                insert(Event, [row(desk, seq, FIRST, hash_, content)])

    def chained(desk: str) -> None:
        head = FIRST
        for seq in range(1, EVENTS + 1):
            with transaction.atomic():
                entry = link(head, seq, facts)
                head = entry.hash
                insert(Event, [row(desk, seq, entry.prev, entry.hash, entry.content)])

    ratios = []
    for number in range(ROUNDS):
        spent = []
        for name, append in (("plain", plain), ("chained", chained)):
            began = time.perf_counter()
            append(f"{name}/{number}")
            spent.append(time.perf_counter() - began)
        ratios.append(spent[1] / spent[0])
    print(
        f"{connection.vendor}: plain {spent[0] / EVENTS * 1e6:.0f} us, chained {spent[1] / EVENTS * 1e6:.0f} us; "
        f"ratio {median(ratios):.2f} (least {min(ratios):.2f}, most {max(ratios):.2f}; goal 1.25)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    with database(parser.parse_args().postgres):
        run()
