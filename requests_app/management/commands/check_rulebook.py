"""Check a folder of rule-book files, and name every fault with its line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cooperation.rulebook import DATA, load
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = (
        "Check the rule book that ships, or one in a folder of your own; every fault is told with its line."
    )
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", metavar="DIR", help="a folder of data files (default: the shipped)"
        )

    def perform(self, **options: Any) -> int | None:
        """Read all of it; faults are raised and told by the base."""
        book = load(Path(options["folder"]) if options["folder"] else DATA)
        deadlines = len({rule.id for profile in book.profiles.values() for rule in profile.deadlines})
        self.say(
            f"the rule book holds: {len(book.articles)} articles, {len(book.pillars)} pillars, "
            f"{len(book.types)} request types, {len(book.offences)} offences, "
            f"{len(book.lifecycle.transitions)} lifecycle rows, {len(book.profiles)} deadline profiles "
            f"with {deadlines} deadlines"
        )
        return 0
