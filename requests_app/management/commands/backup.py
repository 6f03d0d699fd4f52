"""Everything of this installation in one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from requests_app.management import archive
from requests_app.management.base import ComityCommand
from requests_app.world.present import wall_now


class Command(ComityCommand):
    help = (
        "Write the database, keys, evidence and reports to one file, while the installation runs. "
        "It holds private keys: keep it like them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", required=True, metavar="FILE.tar.gz", type=Path, help="a new file")

    def perform(self, **options: Any) -> None:
        path: Path = options["out"]
        if path.exists():
            raise CommandError(f"--out: {path} is there already: name a new file")
        if not path.absolute().parent.is_dir():
            raise CommandError(f"--out: the folder {path.absolute().parent} is not there")
        with self.progress("writing the backup"):
            number = archive.write(path, wall_now())
        self.say(f"{number} files in {path}, {path.stat().st_size:,} bytes; it holds private keys")
