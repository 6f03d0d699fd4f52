"""A whole installation of real processes: Redis, workers and beats, over the database of the test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from requests_app.management import embedded_redis
from tests.installation import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
RECOVERY_AT_MOST_S = 60.0
POLL_S = 0.1
# No proxy stands before it here, so it is asked without TLS.
PLAIN_HTTP = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}


@dataclass
class Installation:
    """What was started, and where it writes.

    folder    short, because a server's socket must fit in 108 bytes
    database  as DATABASE_URL spells it
    """

    folder: Path
    database: str
    started: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    # -- starting and ending -----------------------------------------------------------------------------

    def start_redis(self) -> subprocess.Popen[bytes]:
        """Start an empty Redis server, and wait until it answers."""
        process = self._start("redis", embedded_redis.command(self.folder), {})
        self.waits_for(lambda: embedded_redis.answers(self.folder), "Redis answers", 10)
        return process

    def start_worker(self, *, processes: int = 2, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker with a pool of so many processes."""
        number = len(self.started)
        pool = ["-c", str(processes), "-n", f"w{number}@test"]
        what = ["worker", "-Q", "urgent,exercises,ordinary", *pool, "-l", "WARNING"]
        return self._start(f"worker-{number}", [*_celery(), *what], environment)

    def start_beat(self) -> subprocess.Popen[bytes]:
        """Start a beat with a schedule of its own."""
        number = len(self.started)
        what = ["beat", "-s", str(self.folder / f"beat-{number}"), "--pidfile=", "-l", "WARNING"]
        return self._start(f"beat-{number}", [*_celery(), *what], {})

    def start_web(self, *, processes: int = 1, **environment: str) -> str:
        """Start the web server as an installation does, wait until it answers, and return its address.

        COMITY_FAULT_WEB in the environment names where its process kills itself, once (tests.faults.web).
        """
        port = free_port()
        gunicorn = [sys.executable, "-m", "gunicorn", "tests.faults.web:application", "-k", "asgi"]
        bound = [
            "--bind",
            f"127.0.0.1:{port}",
            "--no-control-socket",
            "--graceful-timeout",
            "3",
            "--keep-alive",
            "75",
        ]
        what = [*gunicorn, "-w", str(processes), *bound, "--log-level", "warning"]
        self._start(f"web-{len(self.started)}", what, {**PLAIN_HTTP, **environment})
        address = f"http://127.0.0.1:{port}"
        self.waits_for(lambda: _answers(address), "the web server answers")
        return address

    def start_script(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a Python module of the tests."""
        number = len(self.started)
        return self._start(f"script-{number}", [sys.executable, "-m", *arguments], environment)

    def keep_worker(self, worker: subprocess.Popen[bytes]) -> Callable[[], None]:
        """Return what starts a worker anew where it has ended, as every installation's supervisor does."""
        kept = [worker]

        def look() -> None:
            if kept[0].poll() is not None:
                kept[0] = self.start_worker()

        return look

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and its children outright."""
        _signal(process, signal.SIGKILL)
        process.wait()

    def kill_all(self) -> None:
        """Kill all that was started, the last first."""
        for _, process in reversed(self.started):
            self.kill(process)

    def end_all_but_redis(self) -> None:
        """End workers, beats and scripts. Nothing may be lost by a kill, and a worker takes seconds to end."""
        for name, process in reversed(self.started):
            if name != "redis":
                self.kill(process)

    @property
    def redis(self) -> subprocess.Popen[bytes]:
        """The Redis server that was started last."""
        return next(process for name, process in reversed(self.started) if name == "redis")

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group, so that it can be killed with its children, and a Ctrl-C is ours alone.
                start_new_session=True,
            )
        self.started.append((name, process))
        return process

    @property
    def environment(self) -> dict[str, str]:
        """What each process finds in its environment."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.database,
            "REDIS_URL": embedded_redis.url(self.folder),
            "COMITY_VAR": str(self.folder),
            "SECRET_KEY": "for-the-faults-only",
            "LOG_LEVEL": "WARNING",
        }

    # -- watching ----------------------------------------------------------------------------------------

    def waits_for(self, is_so: Callable[[], Any], what: str, at_most_s: float = RECOVERY_AT_MOST_S) -> float:
        """Wait until something is so; return after how many seconds. Else fail, with what the logs say."""
        began_s = time.monotonic()
        while time.monotonic() - began_s < at_most_s:
            if is_so():
                return time.monotonic() - began_s
            time.sleep(POLL_S)
        raise AssertionError(f"not within {at_most_s:.0f} s: {what}\n{self.logs()}")

    def waits_for_death(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until a process has died of a kill."""
        self.waits_for(lambda: process.poll() is not None, "the worker has killed itself")
        assert process.returncode == -signal.SIGKILL, self.logs()

    def logs(self, *, whole: bool = False) -> str:
        """Return the end of what each process wrote, or all of it."""
        texts = {log.name: log.read_text(errors="replace") for log in sorted(self.folder.glob("*.log"))}
        return "\n".join(f"--- {name}\n{text if whole else text[-2_000:]}" for name, text in texts.items())


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "tests.faults.worker"]


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


@contextmanager
def installed(database: str) -> Iterator[Installation]:
    """Give an installation with Redis running, and end all of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cf-"))
    installation = Installation(folder, database)
    try:
        installation.start_redis()
        yield installation
    finally:
        installation.kill_all()
        shutil.rmtree(folder, ignore_errors=True)


def url_of(settings: dict[str, Any]) -> str:
    """Return a connection's settings as DATABASE_URL spells them."""
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{settings['NAME']}"
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgres://{settings['USER']}@{port}/{quote(settings['HOST'])}/{settings['NAME']}"


# -- an exercise of a few days, and what must hold of it ------------------------------------------------


def chains(exercise: Any) -> list[tuple[str, str, int, bytes]]:
    """Return the bytes of every event on the chains of requests and desks."""
    from requests_app.workflow.models import Event

    rows = Event.objects.filter(exercise=exercise).exclude(request=None, desk="")
    found = rows.values_list("request__reference", "desk", "seq", "content")
    return sorted((reference or "", desk, seq, bytes(content)) for reference, desk, seq, content in found)


@dataclass
class Rehearsal:
    """A live exercise, and what happens in a headless run of the same seed."""

    key: Any
    expected: list[tuple[str, str, int, bytes]]

    @property
    def row(self) -> Any:
        """The exercise as it is stored."""
        from requests_app.world.models import Exercise

        return Exercise.objects.get(pk=self.key)

    def faults(self) -> list[str]:
        """Return what was lost, what came twice and what does not hold, once the exercise has ended."""
        from requests_app.agenda.models import AgendaItem
        from requests_app.workflow.verify import failures

        row = self.row
        found = [str(failure) for failure in failures(row)]
        happened = chains(row)
        if happened != self.expected:
            odd = [one for one in self.expected if one not in happened] or happened
            found.append(
                f"{len(happened)} events instead of {len(self.expected)}, the first odd one {odd[0]}"
            )
        aside = AgendaItem.objects.filter(exercise=row, status="set_aside").values_list("key", "error")
        found += [f"set aside: {key}: {error}" for key, error in aside]
        return found

    def untold(self) -> int:
        """Return how many items of the outbox were not taken out, or taken out in vain."""
        from requests_app.agenda.models import OutboxItem

        mine = OutboxItem.objects.filter(exercise=self.key)
        return mine.filter(processed_at=None).count() + mine.exclude(error="").count()


def rehearsed(seed: int, *, requests: int = 24, days: int = 3, opened_s_ago: float = 0) -> Rehearsal:
    """Return a live exercise that stands at its first instant, with its headless twin played and gone.

    opened_s_ago  its clock can be set going as of any instant from then on
    """
    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario
    from requests_app.exercises import control
    from requests_app.exercises.removal import remove
    from requests_app.exercises.run import make, play
    from requests_app.world.present import wall_now
    from tests.builders import busy_scenario

    text = busy_scenario("drill", requests=requests, states=4, days=days).encode()
    scenario = read_scenario(text, "drill.yaml", rulebook(), behaviours().keys())
    twin = make(scenario, seed=seed, teams="typical")
    play(twin, twin.ends_at)
    expected = chains(twin)
    remove(twin)
    opened_at = wall_now() - timedelta(seconds=opened_s_ago)
    return Rehearsal(control.open_live(scenario, seed=seed, teams="typical", wall=opened_at).pk, expected)


def runs(rehearsal: Rehearsal, *, started_s_ago: float = 0) -> None:
    """Set the clock going at a day a second, as of so many seconds ago."""
    from requests_app.exercises import control
    from requests_app.world.present import wall_now

    control.start(rehearsal.key, wall_now() - timedelta(seconds=started_s_ago), 86_400)
