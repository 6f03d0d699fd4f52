"""Everything of a backup, back into an empty installation, and verified."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command

from requests_app.management import archive
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = (
        "Bring a backup back into an installation that holds no exercise and whose processes are stopped, "
        "then verify every exercise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.tar.gz", type=Path)

    def perform(self, **options: Any) -> None:
        with self.progress("restoring"):
            manifest = archive.restore(options["file"])
        self.say(f"restored as of {manifest['made_at']}; live clocks take the time since as a pause")
        call_command("verify", stderr=self.stderr._out, stdout=self.stdout._out)
