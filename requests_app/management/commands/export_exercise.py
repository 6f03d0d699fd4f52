"""Write a whole exercise to one file, for the archive or for another installation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from requests_app.exercises.archive import export
from requests_app.exercises.find import exercise_named
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = "Write everything of one exercise to a file; who sat where stays behind, and so do private keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE", help="of the exercise")
        parser.add_argument(
            "--out", metavar="FILE.zip", type=Path, required=True, help="a file that is not there yet"
        )

    def perform(self, **options: Any) -> None:
        exercise = exercise_named(options["handle"])
        out: Path = options["out"]
        if out.exists() or not out.absolute().parent.is_dir():
            mend = "name a file that is not there yet, in a folder that is"
            raise BadInput([Fault("--out", 0, "", f"{out} cannot be made", mend)])
        number = export(exercise, out)
        self.say(f"EXERCISE: {number} rows of {exercise.handle} in {out}")
