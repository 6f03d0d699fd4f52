"""Write the event log of an exercise for other tools."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from requests_app.exercises.account import write_log
from requests_app.exercises.find import exercise_named
from requests_app.exercises.process_log import write_ocel, write_xes
from requests_app.management.base import ComityCommand

WRITERS = {"jsonl": write_log, "xes": write_xes, "ocel": write_ocel}


class Command(ComityCommand):
    help = (
        "Write the event log of an exercise for other tools: every chain as canonical JSON, one event a line; or "
        "what happened to requests as XES or OCEL 2.0 (JSON), for process mining."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument("--format", choices=list(WRITERS), default="jsonl")
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)

    def perform(self, **options: Any) -> None:
        exercise = exercise_named(options["handle"])
        out: Path = options["out"]
        if out.is_dir() or not out.absolute().parent.is_dir():
            raise BadInput([Fault("--out", 0, "", f"{out} is not a file that can be written", "name a file")])
        self.say(f"{WRITERS[options['format']](exercise, out)} events in {out}")
