"""Faults by the hundred, on real processes: each round is an exercise, a fault in it, and all that must hold after.

Exits 0 when every round held, 1 when one did not; its folder with the logs is kept and named.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.bench_engine import database
from tests.faults.installation import Installation, Rehearsal, installed, rehearsed, runs, url_of
from tests.faults.worker import POINTS

Fault = Callable[[Installation, Rehearsal, random.Random], str]


def killed_at_a_point(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """A worker kills itself where it hurts."""
    point, reach = chance.choice(POINTS), chance.choice(["worker", "child"])
    after = chance.randrange(4)
    installation.start_beat()
    installation.start_worker(
        COMITY_FAULT_POINT=point, COMITY_FAULT_AFTER=str(after), COMITY_FAULT_REACH=reach
    )
    runs(rehearsal)
    time.sleep(chance.uniform(4, 7))
    return f"{reach} killed {point}, passed {after} times"


def killed_at_random(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """A worker is killed at any moment, again and again."""
    times = chance.randrange(2, 5)
    installation.start_beat()
    runs(rehearsal)
    for _ in range(times):
        worker = installation.start_worker()
        time.sleep(chance.uniform(1.5, 5))
        installation.kill(worker)
    return f"worker killed {times} times"


def redis_killed(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """Redis is killed and comes back empty, up to three times in as many seconds."""
    times = chance.randrange(1, 4)
    installation.start_beat()
    keep = installation.keep_worker(installation.start_worker())
    time.sleep(3)
    runs(rehearsal)
    for _ in range(times):
        time.sleep(chance.uniform(0.2, 1))
        installation.kill(installation.redis)
        installation.start_redis()
    for _ in range(4):
        time.sleep(1)
        keep()
    return f"Redis killed {times} times"


def two_of_everything(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """Two beats, two workers, and one host's clock ahead."""
    ahead_s = chance.choice([0.5, 2, 10])
    installation.start_beat()
    installation.start_beat()
    installation.start_worker()
    installation.start_worker(COMITY_CLOCK_AHEAD_S=str(ahead_s))
    runs(rehearsal)
    return f"two beats, two workers, one {ahead_s} s ahead"


def worker_frozen(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """A worker stands still for longer than an outage takes, and then goes on as if nothing had been."""
    for_s = chance.uniform(5, 30)
    installation.start_beat()
    worker = installation.start_worker()
    time.sleep(3)
    runs(rehearsal)
    time.sleep(chance.uniform(0.2, 2))
    os.killpg(worker.pid, signal.SIGSTOP)
    other = installation.start_worker() if chance.randrange(2) else None
    time.sleep(for_s)
    os.killpg(worker.pid, signal.SIGCONT)
    return f"worker frozen for {for_s:.0f} s{', another at work' if other else ''}"


def power_cut(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """Everything is killed at once, and stays dark for a while."""
    dark_s = chance.uniform(0, 25)
    installation.start_beat()
    installation.start_worker()
    time.sleep(2)
    runs(rehearsal)
    time.sleep(chance.uniform(0.5, 4))
    installation.kill_all()
    time.sleep(dark_s)
    installation.start_redis()
    return f"all killed, dark for {dark_s:.0f} s"


def sessions_dropped(installation: Installation, rehearsal: Rehearsal, chance: random.Random) -> str:
    """The server drops every session, again and again."""
    from django.db import connection

    installation.start_beat()
    installation.start_worker()
    time.sleep(2)
    runs(rehearsal)
    dropped = 0
    until_s = time.monotonic() + chance.uniform(3, 10)
    with connection.cursor() as cursor:
        while time.monotonic() < until_s:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            dropped += cursor.fetchone()[0]
            time.sleep(0.2)
    return f"{dropped} sessions dropped"


FAULTS: tuple[Fault, ...] = (
    *(killed_at_a_point, killed_at_a_point, killed_at_random),
    *(redis_killed, two_of_everything, worker_frozen, power_cut),
)


def play_round(installation: Installation, fault: Fault, chance: random.Random) -> tuple[str, list[str]]:
    """Let a fault happen in an exercise of its own; return what it was, and what does not hold after it."""
    from requests_app.exercises.removal import remove

    rehearsal = rehearsed(seed=chance.randrange(2**31), days=chance.randrange(2, 7))
    what = fault(installation, rehearsal, chance)
    installation.start_beat()
    keep = installation.keep_worker(installation.start_worker())

    def settled() -> bool:
        keep()
        return rehearsal.row.ended and rehearsal.untold() == 0

    try:
        # What is left of the exercise takes seconds; the rest is for recovering.
        installation.waits_for(settled, "the exercise has ended and all is told", 75)
    except AssertionError as error:
        return what, [str(error)]
    found = rehearsal.faults()
    installation.end_all_but_redis()
    if not found:
        remove(rehearsal.row)
    return what, found


def soak(minutes: float, seed: int, faults: tuple[Fault, ...]) -> int:
    """Play rounds for so many minutes; return how many did not hold."""
    from django.db import connection

    chance = random.Random(seed)  # noqa: S311 (which fault comes next is no secret)
    counts: Counter[str] = Counter()
    broken = 0
    until_s = time.monotonic() + minutes * 60
    while time.monotonic() < until_s:
        fault = chance.choice(faults)
        began_s = time.monotonic()
        with installed(url_of(connection.settings_dict)) as installation:
            what, found = play_round(installation, fault, chance)
            counts[fault.__name__] += 1
            word = "holds" if not found else "BROKEN"
            say(f"round {counts.total()}: {what}: {word}, {time.monotonic() - began_s:.0f} s")
            if found:
                broken += 1
                kept = Path.cwd() / "var" / f"soak-{seed}-{counts.total()}"
                shutil.copytree(installation.folder, kept, ignore=shutil.ignore_patterns("*.sock"))
                say("\n".join([*found, f"logs: {kept}"]))
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.most_common())
    say(f"{counts.total()} rounds ({told}): {broken} broken")
    return broken


@contextmanager
def chosen(postgres: bool) -> Iterator[None]:
    """Set up an empty database of the kind asked for."""
    if postgres and os.geteuid() == 0 and os.environ.get("COMITY_TEST_PG_AS_ROOT") != "1":
        sys.exit(
            "as root, PostgreSQL's wheel makes a system user and opens the folders above its own to all: "
            "run as an ordinary user, or allow it with COMITY_TEST_PG_AS_ROOT=1"
        )
    with database(postgres):
        yield


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL started for it, not SQLite")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of faults (default 1)")
    options = parser.parse_args()
    faults = (*FAULTS, sessions_dropped) if options.postgres else FAULTS
    with chosen(options.postgres):
        return 1 if soak(options.minutes, options.seed, faults) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
