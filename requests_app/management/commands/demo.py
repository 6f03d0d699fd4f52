"""The running application on one machine, by one command; Ctrl-C stops all that it started."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from requests_app.exercises import health, standstill
from requests_app.management import embedded_redis
from requests_app.management.base import ComityCommand
from requests_app.management.demo_exercises import DemoExercises
from requests_app.management.sign_ins import SignIn, sign_ins
from requests_app.management.supervisor import GaveUp, Program, Supervisor, end_leftovers, read_record
from requests_app.reports.outbox import folder_of
from requests_app.world.models import Exercise
from requests_app.world.present import wall_now

HOST = "127.0.0.1"
PORTS_TRIED = 50
READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.2
WORKER_LOOKED_AT_EVERY_S = 10.0
# A worker may stand there and take nothing any more: then it is started anew.
IDLE_AT_MOST_S = 60.0
STOPPED_BY_HAND = 0
ENDED_BADLY = 1
RUNS_ALREADY = 2


class Stopped(Exception):
    """Somebody asked for an end while the start was under way."""


class Command(ComityCommand):
    help = (
        "Start Comity on this machine: web, worker, beat and a Redis server of its own, with a finished "
        "exercise and a running one. Ctrl-C stops everything and pauses the clocks. EXERCISE."
    )
    needs_database = False  # prepared below, once it is clear that nobody else runs here

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="of the pages (default 8000)")

    def perform(self, **options: Any) -> int:
        self._refuse_production()
        if not 0 < options["port"] < 65_536:
            raise CommandError("--port: allowed: 1 to 65535")
        os.umask(0o077)  # the database and the logs are for their owner alone
        self._stop_asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self._var = Path(settings.VAR_DIR)
        self._var.mkdir(parents=True, exist_ok=True)
        with (self._var / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._tell_that_it_runs()
            return self._run(options["port"])

    # -- starting ----------------------------------------------------------------------------------------

    def _run(self, port: int) -> int:
        self._end_leftovers()
        supervisor: Supervisor | None = None
        with _short_folder() as folder, self._listening(port) as (web, address):
            try:
                finished = self._prepare()
                supervisor = self._supervisor(folder, address)
                self._start(supervisor, folder, web, address)
                running, ready = self._go_on()
                self._tell(address, sign_ins(self._sign_ins), finished, running, ready)
                self._watch(supervisor)
            except Stopped:
                pass
            except GaveUp as reason:
                self.say(str(reason))
                return ENDED_BADLY
            finally:
                if supervisor is not None:
                    self._stop(supervisor)
        return STOPPED_BY_HAND

    def _refuse_production(self) -> None:
        for name, value in (("DATABASE_URL", settings.DATABASE_URL), ("REDIS_URL", settings.REDIS_URL)):
            if value:
                raise CommandError(
                    f"{name} is set, and the demo brings its own: see docs/production.md, or unset it"
                )

    def _tell_that_it_runs(self) -> int:
        about, _ = read_record(self._record)
        where = f" at {about['address']}" if "address" in about else ""
        self.say(f"Comity is running already{where}: stop that first, or set COMITY_VAR to another folder")
        return RUNS_ALREADY

    def _end_leftovers(self) -> None:
        about, ended = end_leftovers(self._record)
        if ended:
            self.say(f"left over from a start that was killed, and ended now: {', '.join(ended)}")
        folder = Path(about.get("folder", ""))
        if about.get("folder") and folder.name.startswith("comity-"):
            shutil.rmtree(folder, ignore_errors=True)

    def _prepare(self) -> Exercise:
        """Bring database, people and the finished exercise about; return that exercise."""
        with self._step("preparing the database"):
            self._prepare_database()
            sign_ins(self._sign_ins)
        with self._step("playing an exercise of three months"):
            finished = self._exercises.finished(wall_now, lambda _: self._stop_if_asked())
        self._stop_if_asked()
        return finished

    def _supervisor(self, folder: Path, address: str) -> Supervisor:
        environment = {
            "COMITY_VAR": str(self._var),
            "REDIS_URL": embedded_redis.url(folder),
            "PYTHONUNBUFFERED": "1",
        }
        about = {"address": address, "folder": str(folder)}
        return Supervisor(Path(settings.BASE_DIR), self._logs, self._record, environment, about)

    def _start(self, supervisor: Supervisor, folder: Path, web: socket.socket, address: str) -> None:
        """Start everything in order, and wait until a worker has executed a task."""
        with self._step("starting redis, worker, beat and web"):
            supervisor.start(Program("redis", embedded_redis.command(folder)))
            self._wait(supervisor, lambda: embedded_redis.answers(folder), "redis")
            for program in _programs(folder, web):
                supervisor.start(program)
            began_s = time.monotonic()
            Celery(broker=embedded_redis.url(folder)).send_task("requests_app.tasks.canary", queue="urgent")
            self._wait(supervisor, lambda: _is_ready(address, time.monotonic() - began_s), "web and worker")

    def _wait(self, supervisor: Supervisor, is_so: Callable[[], bool], what: str) -> None:
        if supervisor.wait_until(is_so, READY_WITHIN_S, lambda: self._stop_asked):
            return
        self._stop_if_asked()
        raise GaveUp(f"{what} did not become ready within {READY_WITHIN_S:.0f} s; see {self._logs}")

    def _go_on(self) -> tuple[Exercise, Exercise]:
        """Let the clocks run again that the last stop paused; return what runs, and what waits to be started."""
        for handle, refusal in standstill.resume_all(wall_now):
            self.say(
                f"{handle} goes on where it was" if refusal is None else f"{handle} stands still: {refusal}"
            )
        return self._exercises.running(wall_now), self._exercises.ready(wall_now)

    # -- running -----------------------------------------------------------------------------------------

    def _watch(self, supervisor: Supervisor) -> None:
        looked_s = time.monotonic()
        while not self._stop_asked:
            for name, code in supervisor.restart_ended():
                self.say(f"{name} ended ({_why(code)}) and was started anew; see {supervisor.log_of(name)}")
            if time.monotonic() - looked_s > WORKER_LOOKED_AT_EVERY_S:
                looked_s = time.monotonic()
                self._look_at_worker(supervisor)
            time.sleep(LOOK_EVERY_S)

    def _look_at_worker(self, supervisor: Supervisor) -> None:
        age_s = health.pulse(wall_now()).canary_age_s or 0.0
        connection.close()
        worked_s = time.monotonic() - supervisor.running["worker"].began_s
        if min(age_s, worked_s) > IDLE_AT_MOST_S:
            self.say(f"the worker has done nothing for {age_s:.0f} s and is started anew")
            supervisor.restart("worker")

    # -- stopping ----------------------------------------------------------------------------------------

    def _ask_to_stop(self, *_: Any) -> None:
        self._stop_asked = True

    def _stop_if_asked(self) -> None:
        if self._stop_asked:
            raise Stopped

    def _stop(self, supervisor: Supervisor) -> None:
        """Pause the clocks while the worker still lives, then end everything."""
        self.say("\nstopping: the clocks are paused")
        try:
            for handle, refusal in standstill.pause_all(wall_now):
                if refusal is not None:
                    self.say(f"{handle} was not paused: {refusal}; the silence will count as a pause")
        finally:
            connection.close()
            killed = supervisor.stop()
        if killed:
            self.say(f"ended by force: {', '.join(killed)}")
        self.say("stopped; start again to go on from here")

    # -- places and words --------------------------------------------------------------------------------

    @property
    def _record(self) -> Path:
        return self._var / "demo-processes.json"

    @property
    def _sign_ins(self) -> Path:
        return self._var / "sign-ins.txt"

    @property
    def _logs(self) -> Path:
        return self._var / "log"

    @property
    def _exercises(self) -> DemoExercises:
        return DemoExercises(self._var / "demo.json")

    @contextmanager
    def _step(self, label: str) -> Iterator[None]:
        """Say what is being done, and for how long once it takes more than a moment."""
        if not self.stderr.isatty():
            self.say(label)
        with self.progress(label):
            yield

    @contextmanager
    def _listening(self, port: int) -> Iterator[tuple[socket.socket, str]]:
        """Give a socket that listens at the port, or at the next that is free; it is handed to web as it is."""
        for number in range(port, min(port + PORTS_TRIED, 65_536)):
            found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                found.bind((HOST, number))
                found.listen(128)
            except OSError:
                found.close()
                continue
            if number != port:
                self.say(f"port {port} is taken: the pages are at {number}")
            with found:
                yield found, f"http://{HOST}:{number}/"
            return
        raise CommandError(f"no port from {port} on is free: choose another with --port")

    def _tell(
        self, address: str, people: list[SignIn], finished: Exercise, running: Exercise, ready: Exercise
    ) -> None:
        running.refresh_from_db()
        report = folder_of(finished) / "report.html"
        stands = "has ended" if running.ended else "runs, a day a minute; its States act by themselves"
        lines = [
            "",
            "EXERCISE - training, no real case",
            "",
            f"  Comity is at   {address}",
            "",
            *(
                f"    {'sign in as' if not place else '':<12}{one.name:<9}  {one.password}"
                for place, one in enumerate(people)
            ),
            "    The trainer runs exercises, the trainee sits at a desk, the analyst looks on.",
            "",
            f"  To play        {ready.handle}: the trainer starts it, the trainee is at its 24/7 desk",
            f"  Now            {running.handle} {stands}",
            f"  Finished       {finished.handle}; report: {address}reports/{finished.handle}/report.html",
            f"                 and as a file: {report}",
            f"  Kept           passwords in {self._sign_ins}, logs in {self._logs}",
            "",
            "  Stop with Ctrl-C: the clocks are paused, and the next start goes on from there.",
        ]
        self.say("\n".join(lines))


def _programs(folder: Path, web: socket.socket) -> Iterator[Program]:
    celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
    # One process: SQLite lets one write at a time.
    yield Program(
        "worker", [*celery, "worker", "-Q", "urgent,exercises,ordinary", "-c", "1", "-l", "WARNING"]
    )
    yield Program("beat", [*celery, "beat", "-s", str(folder / "beat"), "--pidfile=", "-l", "WARNING"])
    gunicorn = [sys.executable, "-m", "gunicorn", "config.asgi:application", "-k", "asgi", "-w", "1"]
    # Longer than browsers and proxies keep a quiet line: who closes it first must not be the server.
    bound = ["--bind", f"fd://{web.fileno()}", "--graceful-timeout", "3", "--keep-alive", "75"]
    quiet = ["--no-control-socket", "--log-level", "warning"]
    yield Program("web", [*gunicorn, *bound, *quiet], (web.fileno(),))


@contextmanager
def _short_folder() -> Iterator[Path]:
    """Give a folder for the sockets, with a path as short as they need it."""
    with tempfile.TemporaryDirectory(prefix="comity-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _is_ready(address: str, at_most_s: float) -> bool:
    """Return whether a worker has executed a task in the last so many seconds, and web is ready."""
    age_s = health.pulse(wall_now()).canary_age_s
    if age_s is None or age_s > at_most_s:
        return False
    try:
        with urllib.request.urlopen(f"{address}readyz", timeout=5) as answer:  # noqa: S310
            return bool(json.load(answer)["ready"])
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _why(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"
