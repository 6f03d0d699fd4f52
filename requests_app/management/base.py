"""What every command shares: its database, its exit codes, and how it talks."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from cooperation.document import BadInput
from cooperation.words import Refused
from requests_app.management.progress import Progress
from requests_app.world.present import wall_now

HOLDS, DOES_NOT_HOLD, BAD_INPUT, INTERNAL_ERROR, STOPPED, NOBODY_READS = 0, 1, 2, 70, 130, 141


class ComityCommand(BaseCommand):
    """A command that exits 0, 1 (what was checked does not hold) or 2 (bad input), without a traceback.

    A subclass gives `help`, `add_arguments` and `perform`. Data goes to standard output, talk to
    standard error. Called from Python (`call_command`) a code other than 0 is a SystemExit.
    """

    requires_system_checks: list[str] = []
    needs_database = True
    needs_world = True
    _called_from_command_line: bool = False  # Django sets it

    def perform(self, **options: Any) -> int | None:
        """Do the work; return 0 or None when all is well, 1 when what was checked does not hold."""
        raise NotImplementedError

    def needs_database_for(self, options: dict[str, Any]) -> bool:
        """Return whether this run needs the database; override where an option decides."""
        return self.needs_database

    def say(self, text: str) -> None:
        """Tell the person something, on standard error."""
        self.stderr.write(text, style_func=str)

    def data(self, value: Any) -> None:
        """Print `value` as JSON on standard output; instants as UTC with a Z."""
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=_plain))

    def progress(self, label: str, total: int | None = None) -> Progress:
        """Return a context that shows how far work has come: `with self.progress("reading", 9) as work`."""
        return Progress(self.stderr, label, total)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if self._called_from_command_line:
            # argparse would put its whole usage before the one line that matters.
            for one in (parser, *_parts_of(parser)):
                one.error = self._refuse_option
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        code = self._code_of(options)
        if code != HOLDS:
            raise SystemExit(code)

    def _code_of(self, options: dict[str, Any]) -> int:
        try:
            if self.needs_database_for(options):
                self._prepare_database()
            code = self.perform(**options) or HOLDS
            self.stdout.flush()
        except BadInput as bad:
            for fault in bad.faults:
                self.say(str(fault))
        except (Refused, CommandError) as refusal:
            self.say(str(refusal))
        except BrokenPipeError:
            # What Python still holds for standard output would fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return NOBODY_READS
        except KeyboardInterrupt:
            self.say("stopped")
            return STOPPED
        except Exception as error:
            if options.get("traceback") or not self._called_from_command_line:
                raise
            return self._explain(error)
        else:
            return code
        return BAD_INPUT

    def _explain(self, error: Exception) -> int:
        if isinstance(error, OSError) and error.filename:
            self.say(f"{error.filename}: {error.strerror}")
            return BAD_INPUT
        if isinstance(error, DatabaseError) and not _database_answers():
            self.say(f"the database does not answer: {_first_line(error)}")
            return BAD_INPUT
        self.say(f"internal error: {type(error).__name__}: {_first_line(error)} ({_keep_traceback()})")
        return INTERNAL_ERROR

    def _prepare_database(self) -> None:
        if settings.EMBEDDED:
            with _one_at_a_time():
                if _unapplied_migrations():
                    call_command("migrate", verbosity=0, interactive=False)
                if self.needs_world and not _world_is_loaded():
                    _load_world()
            return
        if _unapplied_migrations():
            raise CommandError(
                "the database is not up to date: run `manage.py migrate`, then `manage.py load_world`"
            )
        if self.needs_world and not _world_is_loaded():
            raise CommandError("the database has no world yet: run `manage.py load_world`")

    def _refuse_option(self, message: str) -> NoReturn:
        self.say(f"{message} (see --help)")
        raise SystemExit(BAD_INPUT)


def _parts_of(parser: CommandParser) -> Iterator[Any]:
    """Yield the parsers of a command's own sub-commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


def _load_world() -> None:
    from requests_app.world.load import load_world

    load_world()


def _world_is_loaded() -> bool:
    from requests_app.world.load import world_is_loaded

    return bool(world_is_loaded())


def _unapplied_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return connection.is_usable()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one command at a time prepare the embedded database: two first runs may start together."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep_traceback() -> str:
    """Append the traceback being handled to the error log; return the words that say where it is."""
    log = settings.VAR_DIR / "errors.log"
    try:
        with log.open("a") as stream:
            stream.write(f"{wall_now().isoformat()} {' '.join(sys.argv)}\n{traceback.format_exc()}\n")
    except OSError:
        return "--traceback shows where"
    return f"where: {log}, or with --traceback"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or "no message").splitlines()[0]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no form in JSON")
