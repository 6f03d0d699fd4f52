"""What every command promises: exit codes, one line for each fault, no traceback, progress on a terminal."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper

from cooperation.document import BadInput, Fault
from cooperation.words import Refused
from requests_app.management.base import ComityCommand
from requests_app.management.progress import Progress

TWO_FAULTS = BadInput(
    [
        Fault("cases.yaml", 9, "states.XA.seat", "is not a seat", "write team"),
        Fault("cases.yaml", 3, "title", "is missing"),
    ]
)


class Probe(ComityCommand):
    help = "Does what a test tells it to."
    needs_database = False

    def __init__(self, work: Callable[[Probe], int | None]) -> None:
        super().__init__(stdout=io.StringIO(), stderr=io.StringIO())
        self.work = work

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--seed", type=int, default=1)

    def perform(self, **options: Any) -> int | None:
        return self.work(self)

    def run_with(self, *arguments: str) -> int:
        """Run as from the shell; return the exit code."""
        try:
            self.run_from_argv(["manage.py", "probe", *arguments])
        except SystemExit as stop:
            return int(stop.code or 0)
        return 0

    def told(self) -> list[str]:
        return self.stderr._out.getvalue().splitlines()  # type: ignore[attr-defined]

    def printed(self) -> str:
        return self.stdout._out.getvalue()  # type: ignore[attr-defined, no-any-return]


def raises(error: BaseException) -> Probe:
    def work(probe: Probe) -> int | None:
        raise error

    return Probe(work)


@pytest.mark.parametrize(
    ("answer", "code"), [(None, 0), (0, 0), (1, 1)], ids=["nothing said", "holds", "fails"]
)
def test_what_perform_returns_is_the_exit_code(answer, code):
    assert Probe(lambda probe: answer).run_with() == code


def test_bad_input_tells_every_fault_on_a_line_and_exits_2():
    probe = raises(TWO_FAULTS)

    assert probe.run_with() == 2
    assert probe.told() == [
        "cases.yaml:3: title: is missing",
        "cases.yaml:9: states.XA.seat: is not a seat (write team)",
    ]
    assert probe.printed() == ""


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (Refused("wrong_status", "it is closed", article="40"), 2, "it is closed (Art. 40)"),
        (CommandError("no such exercise"), 2, "no such exercise"),
        (PermissionError(13, "Permission denied", "/reports"), 2, "/reports: Permission denied"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
    ids=["refused", "command error", "a folder that cannot be written", "Ctrl-C"],
)
def test_what_stops_a_command_is_one_line(error, code, line):
    probe = raises(error)

    assert probe.run_with() == code
    assert probe.told() == [line]


def test_an_internal_error_is_one_line_that_says_where_the_traceback_is(own_folder):
    probe = raises(ValueError("seven\nand more"))

    assert probe.run_with() == 70
    log = own_folder / "errors.log"
    assert probe.told() == [f"internal error: ValueError: seven (where: {log}, or with --traceback)"]
    assert "Traceback (most recent call last)" in log.read_text()


def test_with_traceback_an_internal_error_is_raised():
    with pytest.raises(ValueError, match="seven"):
        raises(ValueError("seven")).run_from_argv(["manage.py", "probe", "--traceback"])


def test_called_from_python_an_internal_error_is_raised():
    with pytest.raises(ValueError, match="seven"):
        call_command(raises(ValueError("seven")))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--seed", "1x"], "argument --seed: invalid int value: '1x' (see --help)"),
        (["--colour"], "unrecognized arguments: --colour (see --help)"),
    ],
    ids=["no number", "unknown option"],
)
def test_a_wrong_option_is_one_line_and_exits_2(arguments, line):
    probe = Probe(lambda probe: None)

    assert probe.run_with(*arguments) == 2
    assert probe.told() == [line]


def test_data_is_json_on_standard_output_with_instants_in_utc():
    hanoi = timezone(timedelta(hours=7))
    probe = Probe(
        lambda probe: probe.data({"state": "Việt Nam", "at": datetime(2027, 1, 5, 9, tzinfo=hanoi)})
    )

    assert probe.run_with() == 0
    assert json.loads(probe.printed()) == {"state": "Việt Nam", "at": "2027-01-05T02:00:00Z"}
    assert "Việt Nam" in probe.printed()
    assert probe.told() == []


def test_a_reader_who_leaves_is_no_error():
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-c", WRITES_FOR_LONG],
        cwd=settings.BASE_DIR,
        stdout=writes,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writes)

    assert (done.returncode, done.stderr) == (141, "")


WRITES_FOR_LONG = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
from requests_app.management.base import ComityCommand
class Long(ComityCommand):
    needs_database = False
    def perform(self, **options):
        self.data(["line"])
Long().run_from_argv(["manage.py", "long"])
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_tells_how_far_and_how_long():
    assert Progress(io.StringIO(), "reading", 2000).line(3.4) == "reading 0 of 2,000 (0 %), 3 s"
    with Progress(io.StringIO(), "reading", 2000) as work:
        work.advance(500)
        work.advance()
    assert work.line(61.0) == "reading 501 of 2,000 (25 %), 61 s"
    work = Progress(io.StringIO(), "playing")
    work.reach(1200)
    assert work.line(2.0) == "playing 1,200, 2 s"


def test_progress_is_silent_where_there_is_no_terminal_or_the_work_is_short(monkeypatch):
    monkeypatch.setattr("requests_app.management.progress.QUIET_S", 0.0)
    file = io.StringIO()
    with Probe(lambda probe: None).progress("reading"):
        pass
    with Progress(file, "reading") as work:
        work.advance()
    assert file.getvalue() == ""

    monkeypatch.setattr("requests_app.management.progress.QUIET_S", 60.0)
    terminal = Terminal()
    with Progress(OutputWrapper(terminal), "reading"):
        pass
    assert terminal.getvalue() == ""


def test_progress_is_painted_on_a_terminal_and_wiped_at_the_end(monkeypatch):
    monkeypatch.setattr("requests_app.management.progress.QUIET_S", 0.0)
    monkeypatch.setattr("requests_app.management.progress.REPAINT_S", 0.001)
    terminal = Terminal()
    with Progress(OutputWrapper(terminal), "reading", 4) as work:
        work.advance()
        while "1 of 4" not in terminal.getvalue():
            pass
    assert terminal.getvalue().endswith("\r\033[K")


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (
            {"DATABASE_URL": "sqlite:////tmp/x.sqlite3"},
            "settings: SECRET_KEY must be set where DATABASE_URL is",
        ),
        (
            {"DATABASE_URL": "mysql://a@b/c", "SECRET_KEY": "k"},
            "settings: DATABASE_URL must begin with sqlite:/// or postgres://",
        ),
        ({"EMAIL_URL": "pigeon"}, "settings: EMAIL_URL must begin with smtp://, smtp+tls:// or smtp+ssl://"),
        ({"LOG_LEVEL": "loud"}, "settings: LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        (
            {"COMITY_VAR": "/dev/null/var"},
            "settings: /dev/null/var/secret_key: Not a directory; set COMITY_VAR to a folder that can be written",
        ),
        (
            {"TRUSTED_PROXIES": "the-proxy"},
            "settings: TRUSTED_PROXIES: 'the-proxy' does not appear to be an IPv4 or IPv6 network",
        ),
    ],
    ids=[
        "no secret",
        "another database",
        "no mail",
        "a log level that is none",
        "no folder",
        "a proxy by name",
    ],
)
def test_a_wrong_setting_is_one_line_and_exits_2(environment, line):
    done = manage("load_world", **environment)

    assert (done.returncode, done.stderr.splitlines(), done.stdout) == (2, [line], "")


def test_the_embedded_database_is_made_and_filled_by_the_first_command(tmp_path):
    first = manage("load_world", COMITY_VAR=str(tmp_path))

    assert (first.returncode, first.stderr) == (0, "the world is loaded\n")
    assert oct((tmp_path / "secret_key").stat().st_mode & 0o777) == "0o600"
    assert (tmp_path / "db.sqlite3").stat().st_size > 0


def test_a_database_of_ones_own_is_not_touched_before_it_is_migrated(tmp_path):
    file = tmp_path / "own.sqlite3"
    done = manage("load_world", DATABASE_URL=f"sqlite:///{file}", SECRET_KEY="k" * 60)

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "the database is not up to date: run `manage.py migrate`, then `manage.py load_world`"
    ]


@pytest.mark.parametrize("command", ["load_world", "migrate"], ids=["one of Comity's", "one of Django's"])
def test_a_database_that_does_not_answer_is_one_line(command):
    done = manage(
        command, DATABASE_URL="postgres://nobody@127.0.0.1:9/none?connect_timeout=2", SECRET_KEY="k" * 60
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("the database does not answer: ")


@pytest.mark.django_db(transaction=True)
def test_the_database_of_the_tests_has_the_settings_of_the_real_one():
    from django.db import connection, transaction

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            names = ("journal_mode", "foreign_keys")
            assert [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names] == ["wal", 1]
        another = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
        with transaction.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
            another.execute("BEGIN IMMEDIATE")  # nobody else may write, though nothing was written yet
        another.close()
    else:
        connection.ensure_connection()
        assert connection.connection.prepare_threshold is None


def test_the_time_of_a_command_is_utc():
    from requests_app.world.present import wall_now

    assert wall_now().tzinfo is UTC


def test_every_command_explains_itself():
    folder = Path(settings.BASE_DIR) / "requests_app" / "management" / "commands"
    commands = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert "load_world" in commands
    from django.core.management import load_command_class

    for name in commands:
        command = load_command_class("requests_app", name)
        assert isinstance(command, ComityCommand), name
        assert command.help, name
        assert "usage:" in command.create_parser("manage.py", name).format_help()
