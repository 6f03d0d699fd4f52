"""Play the same requests under each behaviour, and print what comes of it beside published figures."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from cooperation.behaviour import behaviours
from cooperation.calibration import calibration
from cooperation.document import BadInput, Fault
from cooperation.pages.behaviours import behaviours_page
from requests_app.management.base import ComityCommand
from requests_app.reports.comparison import measured

PAGE = Path("docs") / "behaviours.md"
REQUESTS, SEED = 80, 1
REQUESTS_AT_MOST = 2000


class Command(ComityCommand):
    help = (
        "Play the same requests under each behaviour, and print docs/behaviours.md: what comes of it, beside"
        " published figures; with --check only say whether the page is fresh. Nothing is kept in the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--requests", type=int, default=REQUESTS, help=f"of each type (default {REQUESTS})"
        )
        parser.add_argument("--seed", type=int, default=SEED, help=f"of all chance (default {SEED})")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 when the page is stale"
        )
        parser.add_argument("--out", metavar="FILE", type=Path, help=f"the page (default {PAGE})")
        parser.add_argument("--json", action="store_true", help="print the figures too")

    def perform(self, **options: Any) -> int | None:
        """Play, then write or compare."""
        requests, seed = options["requests"], options["seed"]
        if not 1 <= requests <= REQUESTS_AT_MOST or seed < 0:
            allowed = f"1 to {REQUESTS_AT_MOST} requests, a seed of 0 or more"
            raise BadInput([Fault("", 0, "--requests, --seed", "are out of bounds", allowed)])
        path = options["out"] or Path(settings.BASE_DIR) / PAGE
        found = []
        with self.progress("behaviours played", len(behaviours())) as work:
            for one in measured(requests, seed):
                found.append(one)
                work.advance()
        text = behaviours_page(found, behaviours(), calibration(), requests=requests, seed=seed)
        if options["json"]:
            self.data([asdict(one) for one in found])
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.say(f"{path} is written")
            return 0
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return 0
        self.say(f"{path.name} is stale: run `python manage.py compare_behaviours`")
        return 1
