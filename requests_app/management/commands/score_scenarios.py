"""Play scenarios with their teams under several behaviours, and print the scores side by side."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from cooperation.behaviour import behaviours
from cooperation.document import BadInput, Fault
from cooperation.scenario import shipped
from requests_app.management.base import ComityCommand
from requests_app.reports.comparison import scored


def seeds(text: str) -> tuple[int, ...]:
    """Return the seeds in a text like "1,2,3"; raise ValueError if one is no whole number."""
    return tuple(int(number) for number in text.split(","))


class Command(ComityCommand):
    help = "Play scenarios with their teams under several behaviours, and print the scores side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="without any: all that ship")
        parser.add_argument("--teams", default="prompt,careless", metavar="A,B", help="behaviours to compare")
        parser.add_argument(
            "--seed",
            type=seeds,
            default=(2,),
            metavar="N,M",
            help="of all chance in the runs; one or several",
        )
        parser.add_argument("--json", action="store_true", help="print the scores as data")

    def perform(self, **options: Any) -> None:
        names = [name.strip() for name in options["teams"].split(",") if name.strip()]
        unknown = [name for name in names if name not in behaviours()]
        if unknown or not names:
            allowed = "allowed: " + ", ".join(behaviours())
            raise BadInput([Fault("", 0, "--teams", f"no such behaviour: {', '.join(unknown)}", allowed)])
        scenarios = options["scenarios"] or list(shipped())
        scores = []
        with self.progress("runs played", len(scenarios) * len(names) * len(options["seed"])) as work:
            for score in scored(scenarios, names, options["seed"]):
                scores.append(score)
                work.advance()
                self.say(
                    f"{score.scenario:32} seed {score.seed:<3} {score.behaviour:12} "
                    f"{score.points:4} of {score.of} points, "
                    f"{score.deadlines_met} deadlines met, {score.deadlines_missed} missed"
                )
        if options["json"]:
            self.data([asdict(score) for score in scores])
