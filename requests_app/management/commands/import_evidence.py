"""Take in a package of evidence from outside, once all of it is verified."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.evidence.bags import Hostile
from requests_app.evidence.bag_reader import verified
from requests_app.exercises.find import exercise_named, request_named
from requests_app.management.base import ComityCommand
from requests_app.workflow.handing_out import keep_package, take_in
from requests_app.world.present import wall_now


class Command(ComityCommand):
    help = (
        "Verify a BagIt bag, ours or another's, and keep its files; nothing is kept unless all of it holds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("package", metavar="DIR|ZIP", type=Path)
        parser.add_argument(
            "--into", nargs=2, metavar=("HANDLE", "REQUEST"), help="put it on the desk that was asked"
        )

    def perform(self, **options: Any) -> None:
        path: Path = options["package"]
        request = None
        if options["into"]:
            handle, reference = options["into"]
            request = request_named(exercise_named(handle), reference)
        try:
            with verified(path) as bag:
                if request is not None:
                    items = take_in(bag, path.name, request)
                    self.say(f"EXERCISE: {len(items)} items of {request.reference}, from {path}")
                    return
                kept = keep_package(bag, path.name, wall_now())
                self.say(
                    f"EXERCISE: {len(kept.files)} files of {path} are kept as package {kept.digest[:16]}"
                )
        except Hostile as hostile:
            mend = "ask the sender for a whole package"
            raise BadInput([Fault(str(path), 0, hostile.reason, str(hostile), mend)]) from None
