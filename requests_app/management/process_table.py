"""Processes by id and instant of start: an id alone may meanwhile be somebody else's."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
POLL_S = 0.05


class Known(NamedTuple):
    """A process that was started here, the leader of its own group."""

    name: str
    pid: int
    started: str


def started(pid: int) -> str:
    """Return when a process began, in the system's own words; empty where it is gone or a zombie."""
    if (PROC / "self").exists():
        fields = _stat(pid)
        return "" if not fields or fields[0] == "Z" else f"{_boot()}/{fields[19]}"
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return told.stdout.strip()


def is_alive(known: Known) -> bool:
    """Return whether this very process is still there."""
    return bool(known.started) and started(known.pid) == known.started


def is_left(known: Known) -> bool:
    """Return whether the process, or a member of its group, is still there."""
    now = started(known.pid)
    if now:
        return now == known.started
    return _group_is_left(known)


def end(known: Known, grace_s: float) -> bool:
    """End a process and its group: TERM, and KILL after the grace; return whether anything was there."""
    if not is_left(known):
        return False
    signal_group(known, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while is_left(known) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    if is_left(known):
        signal_group(known, signal.SIGKILL)
    return True


def signal_group(known: Known, number: int) -> None:
    """Signal what is left of a group; one that is gone is left alone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(known.pid, number)


def _group_is_left(known: Known) -> bool:
    """Return whether a group outlives its leader; its members began in the same boot, after the leader."""
    boot, _, ticks = known.started.partition("/")
    if not ticks or boot != _boot():
        return False
    for entry in PROC.iterdir():
        fields = _stat(int(entry.name)) if entry.name.isdigit() else []
        if fields and fields[0] != "Z" and int(fields[2]) == known.pid and int(fields[19]) >= int(ticks):
            return True
    return False


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; empty where there is no such process."""
    try:
        # The name before them may hold blanks and brackets.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
