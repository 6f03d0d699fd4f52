"""The pure core by itself, with its goals: `python -m tests.benchmarks.bench_core`.

What is compared takes turns in one process, so that noise of the machine falls on both: the ratio is the
median over the rounds.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from cooperation.calendars import calendar
from cooperation.deadlines import Allowance, Pause, due_at
from cooperation.eventlog import FIRST, Entry, link, verify
from cooperation.lifecycle import Standing, decide
from cooperation.rulebook import rulebook

ROUNDS = 11
CALLS = 5_000
EVENTS = 20_000
START = datetime(2027, 3, 1, 8, tzinfo=UTC)
LOADS = "import time; a = time.perf_counter(); from cooperation.rulebook import load; b = time.perf_counter()"
LOADS += "; load(); print(b - a, time.perf_counter() - b)"


def rounds(*works: Callable[[], object]) -> list[tuple[float, ...]]:
    """Return the seconds that each work took, round by round."""
    found = []
    for _ in range(ROUNDS):
        took = []
        for work in works:
            began = time.perf_counter()
            work()
            took.append(time.perf_counter() - began)
        found.append(tuple(took))
    return found


def best(*works: Callable[[], object]) -> list[float]:
    """Return the best time of each work: noise only adds."""
    return [min(took) for took in zip(*rounds(*works), strict=True)]


def compared(yardstick: Callable[[], object], work: Callable[[], object]) -> tuple[float, float, float]:
    """Return the best time of each, and the median of how many times the yardstick the work took."""
    found = rounds(yardstick, work)
    ratio = median(second / first for first, second in found)
    return min(first for first, _ in found), min(second for _, second in found), ratio


def told(what: str, figure: float, unit: str, goal: str = "") -> None:
    print(f"{what:<44} {figure:8.2f} {unit:<3}{f' (goal {goal})' if goal else ''}")


def decisions() -> None:
    """A permitted act and a refused one, each on the whole table."""
    book = rulebook()
    acts = book.types["mla_stored_data"].acts
    standing = Standing("mla_stored_data", "in_execution", acts=acts)
    contents = {"items": ["traffic_data"]}

    def permitted() -> None:
        for _ in range(CALLS):
            decide(book.lifecycle, standing, side="requested", act="transmit", contents=contents)

    def refused() -> None:
        for _ in range(CALLS):
            try:
                decide(book.lifecycle, standing, side="requested", act="acknowledge", contents={})
            except Exception:
                continue

    for what, took in zip(("permitted", "refused"), best(permitted, refused), strict=True):
        told(f"decide, {what}", took / CALLS * 1e6, "µs", "< 50")


def due_dates() -> None:
    """Periods of each kind, from starts all over a year, so that no single answer is remembered."""
    office = calendar("DE")
    starts = [START + timedelta(hours=n * 365 * 24 / CALLS) for n in range(CALLS)]
    pause = timedelta(days=2), timedelta(days=5)
    for text, paused in (
        *(("8 hours", False), ("30 days", False), ("10 working days", False), ("90 days", True)),
        *(("90 working days", True), ("2 months", False)),
    ):
        allowance = Allowance.parse(text)

        def work(allowance: Allowance = allowance, paused: bool = paused) -> None:
            for start in starts:
                pauses = [Pause(start + pause[0], start + pause[1])] if paused else []
                due_at(start, allowance, office, pauses)

        (took,) = best(work)
        told(f"due_at, {text}{', a pause' if paused else ''}", took / CALLS * 1e6, "µs", "< 50")


def facts(number: int) -> dict[str, Any]:
    return {
        "exercise": "hospital-ransomware/7",
        "request": "XA-XB-0001",
        "desk": None,
        "act": "provide_information",
        "actor": {"state": "XA", "authority": "central_authority", "seat": "XA/central_authority/1"},
        "at": "2027-03-01T08:00:00Z",
        "contents": {
            "answers": {"purpose": f"Điều tra số {number}", "identifiers": "203.0.113.7"},
            "items": [1, 2],
        },
        "status": "in_execution",
    }


def appends_and_checks() -> None:
    """Writing a chain beside writing the same events down; checking it beside hashing its bytes."""
    events = [facts(number) for number in range(EVENTS)]
    chain: list[Entry] = []

    def plain() -> None:
        for seq, event in enumerate(events, start=1):
            json.dumps({**event, "seq": seq}).encode()

    def chained() -> None:
        chain.clear()
        prev = FIRST
        for seq, event in enumerate(events, start=1):
            entry = link(prev, seq, event)
            chain.append(entry)
            prev = entry.hash

    by_hand, linked, times = compared(plain, chained)
    told("an event written plainly", by_hand / EVENTS * 1e6, "µs")
    told("an event linked to its chain", linked / EVENTS * 1e6, "µs")
    told("linked, beside plainly", times, "x")

    def hashed() -> None:
        sha256 = hashlib.sha256
        for entry in chain:
            sha256(entry.content).hexdigest()

    bare, _, times = compared(hashed, lambda: verify(chain))
    size = sum(len(entry.content) for entry in chain) / len(chain)
    told(f"SHA-256 of an event of {size:.0f} bytes", bare / EVENTS * 1e6, "µs")
    told("verify, beside it", times, "x", "<= 1.5")


def rule_book() -> None:
    """In fresh processes, because a process reads it once."""
    imports, loads = [], []
    for _ in range(5):
        found = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
        import_s, load_s = map(float, found.stdout.split())
        imports.append(import_s * 1000)
        loads.append(load_s * 1000)
    told("rule book loaded", min(loads), "ms", "< 300")
    told("imports before it", min(imports), "ms")


if __name__ == "__main__":
    decisions()
    due_dates()
    appends_and_checks()
    rule_book()
