"""Starting programs in order, watching over them, and ending all that was started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from requests_app.management import process_table
from requests_app.management.process_table import Known

LEASH = Path(__file__).with_name("leash.py")
GRACE_S = 10.0
LOG_BYTES_AT_MOST = 5_000_000
RESTARTS_AT_MOST = 5
RESTARTS_WITHIN_S = 60.0
POLL_S = 0.05


class GaveUp(Exception):
    """A program ended again and again; its log says why."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is started: a name, a command, and the file descriptors that it takes over."""

    name: str
    command: Sequence[str]
    descriptors: tuple[int, ...] = ()


@dataclass(slots=True)
class Running:
    """A program that was started; when it was started anew, in seconds of the monotonic clock."""

    program: Program
    process: subprocess.Popen[bytes]
    known: Known
    began_s: float
    restarts_s: list[float] = field(default_factory=list)


class Supervisor:
    """Starts programs, keeps them running, and ends them in reverse order.

    folder       where they run
    logs         where each writes NAME.log
    record       a file that lists them, for the next start to clean up after a killed one
    environment  what they find in it beside ours
    about        what else the record holds
    """

    def __init__(
        self, folder: Path, logs: Path, record: Path, environment: Mapping[str, str], about: Mapping[str, str]
    ) -> None:
        self.running: dict[str, Running] = {}
        self._folder = folder
        self._logs = logs
        self._record = record
        self._environment = {**os.environ, **environment}
        self._about = dict(about)
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, program: Program) -> Running:
        """Start a program as the leader of a session of its own, so that a Ctrl-C reaches the supervisor alone."""
        log = self.log_of(program.name)
        if log.exists() and log.stat().st_size > LOG_BYTES_AT_MOST:
            log.replace(log.with_suffix(".log.1"))
        leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid())]
        with log.open("ab") as stream:
            process = subprocess.Popen(  # noqa: S603
                [*leash, *program.command],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                pass_fds=program.descriptors,
                start_new_session=True,
            )
        known = Known(program.name, process.pid, process_table.started(process.pid))
        before = self.running.get(program.name)
        self.running[program.name] = Running(
            program, process, known, time.monotonic(), before.restarts_s if before else []
        )
        self._write_record()
        return self.running[program.name]

    def restart_ended(self) -> list[tuple[str, int]]:
        """Start anew what has ended; return each name with its exit code.

        Raises GaveUp for a program that ends too often.
        """
        ended = [(one, one.process.poll()) for one in self.running.values()]
        told = []
        for one, code in ended:
            if code is not None:
                self.restart(one.program.name)
                told.append((one.program.name, code))
        return told

    def restart(self, name: str) -> None:
        """End what is left of a program, and start it anew; raise GaveUp where that happens too often."""
        one = self.running[name]
        now_s = time.monotonic()
        one.restarts_s[:] = [at_s for at_s in one.restarts_s if now_s - at_s < RESTARTS_WITHIN_S] + [now_s]
        if len(one.restarts_s) > RESTARTS_AT_MOST:
            raise GaveUp(f"{name} ended {len(one.restarts_s)} times within a minute; see {self.log_of(name)}")
        # A worker that was killed may leave its children behind, at work on what the new one will find.
        process_table.signal_group(one.known, signal.SIGKILL)
        one.process.wait()
        self.start(one.program)

    def wait_until(self, is_so: Callable[[], bool], at_most_s: float, is_stopped: Callable[[], bool]) -> bool:
        """Wait, with an eye on what has been started; return whether it came to be so."""
        deadline_s = time.monotonic() + at_most_s
        while not is_stopped() and time.monotonic() < deadline_s:
            if is_so():
                return True
            self.restart_ended()
            time.sleep(POLL_S)
        return False

    def stop(self, grace_s: float = GRACE_S) -> list[str]:
        """End everything, the last started first: TERM, and after the grace KILL; return what had to be killed."""
        killed = []
        for name, one in reversed(self.running.items()):
            if one.process.poll() is None:
                one.process.terminate()
            try:
                one.process.wait(grace_s)
            except subprocess.TimeoutExpired:
                killed.append(name)
            process_table.signal_group(one.known, signal.SIGKILL)
            one.process.wait()
        self.running.clear()
        self._record.unlink(missing_ok=True)
        return killed

    def log_of(self, name: str) -> Path:
        """Return where a program writes."""
        return self._logs / f"{name}.log"

    def _write_record(self) -> None:
        listed = [one.known for one in self.running.values()]
        draft = self._record.with_suffix(".draft")
        draft.write_text(json.dumps({**self._about, "processes": listed}))
        draft.replace(self._record)


def end_leftovers(record: Path, grace_s: float = GRACE_S) -> tuple[dict[str, str], list[str]]:
    """End what a killed supervisor left behind; return what else its record held, and the names of what was ended."""
    about, listed = read_record(record)
    ended = [one.name for one in reversed(listed) if process_table.end(one, grace_s)]
    record.unlink(missing_ok=True)
    return about, ended


def read_record(record: Path) -> tuple[dict[str, str], list[Known]]:
    """Return what a record holds: what it says about the start, and the processes; nothing where it is broken."""
    try:
        about = json.loads(record.read_text())
        return about, [Known(*one) for one in about.pop("processes")]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}, []
