"""Bring in an exercise that was written by export_exercise, once all of it holds."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.evidence.bags import Hostile
from requests_app.exercises.archive import import_
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = "Bring in an exercise from a file. All of it is verified first; nothing is kept unless all holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.zip", type=Path)

    def perform(self, **options: Any) -> None:
        path: Path = options["file"]
        try:
            exercise = import_(path)
        except Hostile as hostile:
            mend = "give a file that export_exercise wrote"
            raise BadInput([Fault(str(path), 0, hostile.reason, str(hostile), mend)]) from None
        self.say(f"EXERCISE: {exercise.handle} is here, and holds")
