"""Report over a million intervals from CSV, beside csv.DictReader with parsing: `python -m tests.benchmarks.bench_report`.

The yardstick reads the same file, parses every instant and number, and makes no report at all. The two take
turns in one process, so that noise of the machine falls on both.
"""

from __future__ import annotations

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from cooperation.intervals import latest_at
from cooperation.intervals.csv_file import HEADER, read_csv
from cooperation.reports.response_times import response_times

ROWS = 1_000_000
ROUNDS = 3
STAGES = ("acknowledge", "decide", "execute", "inform", "confirm", "keep", "whole")
TYPES = (
    ("mla_stored_data", "electronic_evidence"),
    ("preservation", "emergency_preservation"),
    ("extradition", "extradition_and_transfer"),
)
STATES = ("XA", "XB", "VN", "SG", "FR", "DE", "JP", "BR", "KE", "NZ")


def write_intervals(path: Path, rows: int, seed: int = 7, faulty_every: int = 0) -> None:
    """Write so many rows; one in `faulty_every` closes before it opens."""
    draw = np.random.default_rng(seed)
    opened_s = draw.integers(0, 360 * 86_400, rows).tolist()
    lasted_s = draw.lognormal(15, 1, rows).astype(int).tolist()
    pairs = draw.integers(0, len(STATES), (rows, 2)).tolist()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as stream:
        stream.write(",".join(HEADER) + "\n")
        for row in range(rows):
            opened = start + timedelta(seconds=opened_s[row])
            lasted = lasted_s[row]
            if faulty_every and row % faulty_every == faulty_every - 1:
                lasted = -60
            closed = (
                (opened + timedelta(seconds=lasted)).isoformat()[:19] + "Z" if lasted < 300 * 86_400 else ""
            )
            due = (opened + timedelta(days=30)).isoformat()[:19] + "Z" if row % 2 else ""
            kind, pillar = TYPES[row % 3]
            sender, receiver = (STATES[place] for place in pairs[row])
            suspended = max(lasted, 0) // 10 if closed and row % 3 == 0 else 0
            stream.write(
                f"{sender}-{receiver}-{row // 7:06d},{kind},{pillar},{sender},{receiver},{STAGES[row % 7]},"
                f"{opened.isoformat()[:19]}Z,{closed},{due},{suspended},{'answered' if closed else ''}\n"
            )


def with_dict_reader(path: Path) -> int:
    """Read and parse every row, and do nothing with it."""
    count = 0
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            datetime.fromisoformat(row["opened_at"])
            for column in ("closed_at", "due_at"):
                if row[column]:
                    datetime.fromisoformat(row[column])
            int(row["suspended_seconds"] or 0)
            count += 1
    return count


def with_comity(path: Path) -> int:
    """Read, check and report."""
    columns = read_csv(path).columns
    until = latest_at(columns) or datetime(2026, 1, 1, tzinfo=UTC)
    response_times(columns, until, generated_at=until).as_json()
    return len(columns)


def seconds(work: Callable[[Path], int], path: Path, expected: int) -> float:
    """Return how long the work takes, having made sure that it saw every row."""
    began = time.perf_counter()
    count = work(path)
    took = time.perf_counter() - began
    if count != expected:
        raise SystemExit(f"{work.__name__} saw {count} rows of {expected}")
    return took


def main(rows: int = ROWS) -> None:
    """Print the times, their ratio and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intervals.csv"
        write_intervals(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB", file=sys.stderr)
        ratios = []
        for _ in range(ROUNDS):
            ours = seconds(with_comity, path, rows)
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            theirs = seconds(with_dict_reader, path, rows)
            ratios.append(theirs / ours)
            print(
                f"csv.DictReader {theirs:.2f} s, report {ours:.2f} s: {theirs / ours:.1f}x, peak {peak_mb:.0f} MB"
            )
        print(f"median {sorted(ratios)[len(ratios) // 2]:.1f}x (goal 4x)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
