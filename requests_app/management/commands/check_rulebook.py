"""Check a folder of rule-book files, and name every fault with its line."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cooperation import world
from cooperation.behaviour import read_behaviour
from cooperation.calibration import read_calibration
from cooperation.document import BadInput, Fault
from cooperation.examination.advice import load_advice
from cooperation.examination.choosing import load_choosing
from cooperation.rulebook import DATA, RuleBook, load
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
        folder = Path(options["folder"]) if options["folder"] else DATA
        book = load(folder)
        _check_what_hangs_on_it(folder, book)
        deadlines = len({rule.id for profile in book.profiles.values() for rule in profile.deadlines})
        self.say(
            f"the rule book holds: {len(book.articles)} articles, {len(book.pillars)} pillars, "
            f"{len(book.types)} request types, {len(book.offences)} offences, "
            f"{len(book.lifecycle.transitions)} lifecycle rows, {len(book.profiles)} deadline profiles "
            f"with {deadlines} deadlines"
        )
        return 0


def _check_what_hangs_on_it(folder: Path, book: RuleBook) -> None:
    """Read the behaviours, the advice, the figures and the world of a folder, as far as it has them.

    Raises BadInput with the faults of all of them.
    """
    checks: list[tuple[Path, Callable[[Path], object]]] = [
        (folder / "advice", lambda path: load_advice(book, path)),
        (folder / "advice", lambda path: load_choosing(book, path)),
        (folder / "calibration" / "figures.yaml", read_calibration),
        (folder / "world", lambda path: world.load(path, book)),
        *((path, read_behaviour) for path in sorted((folder / "behaviours").glob("*.yaml"))),
    ]
    faults: list[Fault] = []
    for path, check in checks:
        try:
            if path.exists():
                check(path)
        except BadInput as bad:
            faults += bad.faults
    if faults:
        raise BadInput(faults)
