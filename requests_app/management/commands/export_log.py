"""Write the event log of an exercise for other tools."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from requests_app.exercises.account import write_log
from requests_app.exercises.find import exercise_named
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = "Write the event log of an exercise for other tools: one event a line, canonical JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument("--format", choices=["jsonl"], default="jsonl")
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)

    def perform(self, **options: Any) -> None:
        exercise = exercise_named(options["handle"])
        out: Path = options["out"]
        if out.is_dir() or not out.absolute().parent.is_dir():
            raise BadInput([Fault("--out", 0, "", f"{out} is not a file that can be written", "name a file")])
        self.say(f"{write_log(exercise, out)} events in {out}")
