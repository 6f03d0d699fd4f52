"""Make a live exercise of a scenario, standing at its first instant."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from cooperation.behaviour import behaviours
from cooperation.document import BadInput, Fault
from cooperation.rulebook import rulebook
from cooperation.scenario import find, read_scenario
from requests_app.exercises.control import check_rate, open_live, start
from requests_app.management.base import ComityCommand
from requests_app.world.present import wall_now


class Command(ComityCommand):
    help = "Make a live exercise of a scenario; `control HANDLE start` sets its clock going. EXERCISE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "scenario", metavar="SCENARIO", help="a scenario file, or the id of one that ships"
        )
        parser.add_argument("--seed", type=int, default=1, help="of all chance in the exercise (default 1)")
        parser.add_argument(
            "--teams", metavar="BEHAVIOUR", default="typical", help="how empty team seats behave"
        )
        parser.add_argument("--start", action="store_true", help="set the clock going at once")
        parser.add_argument(
            "--rate", type=int, help="exercise seconds for a second (default: the scenario's)"
        )

    def perform(self, **options: Any) -> None:
        rate = options["rate"]
        if rate is not None and not options["start"]:
            raise BadInput([Fault("--rate", 0, "", "says how fast to start", "give --start too")])
        if rate is not None:
            check_rate(rate)
        path = find(options["scenario"])
        scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
        exercise = open_live(scenario, seed=options["seed"], teams=options["teams"], wall=wall_now())
        if options["start"]:
            start(exercise.pk, wall_now(), scenario.rate if rate is None else rate)
        self.say(f"EXERCISE {exercise.handle}: {'running' if options['start'] else 'not started'}")
