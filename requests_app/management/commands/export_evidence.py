"""Write the evidence of a request as a package that the tools of others accept."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from requests_app.exercises.find import exercise_named, request_named
from requests_app.management.base import ComityCommand
from requests_app.workflow.handing_out import export


class Command(ComityCommand):
    help = (
        "Write the evidence of a request as a BagIt bag with its custody record and a CASE/UCO description. "
        "EXERCISE: all of it is invented."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE", help="of the exercise")
        parser.add_argument("request", metavar="REQUEST", help="like VN-SG-0001")
        parser.add_argument(
            "--out", metavar="DIR", type=Path, required=True, help="a folder that is not there yet"
        )

    def perform(self, **options: Any) -> None:
        request = request_named(exercise_named(options["handle"]), options["request"])
        out: Path = options["out"]
        if out.exists() or not out.absolute().parent.is_dir():
            mend = "name a folder that is not there yet, in one that is"
            raise BadInput([Fault("--out", 0, "", f"{out} cannot be made", mend)])
        number = export(request, out)
        self.say(
            f"EXERCISE: {number} files of {request.reference} in {out}; README.txt tells how to check them"
        )
