"""Say whether a scenario file can be played, and name every fault in it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, behaviours_shipped, find, read_scenario
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = "Check a scenario; each fault is one line: file, line, key, what is wrong, the mend."
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", metavar="FILE", help="a scenario file, or the id of one that ships")

    def perform(self, **options: Any) -> None:
        path = find(options["scenario"])
        self.say(
            f"{path.name} is sound: {_counted(read_scenario(path, str(path), rulebook(), behaviours_shipped()))}"
        )


def _counted(scenario: Scenario) -> str:
    points = sum(expectation.points for expectation in scenario.expectations)
    return (
        f"{len(scenario.states)} States, {len(scenario.cases)} cases, {len(scenario.requests)} requests, "
        f"{len(scenario.injects)} injects, {len(scenario.milestones)} milestones, "
        f"{len(scenario.expectations)} expectations of {points} points"
    )
