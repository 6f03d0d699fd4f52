"""Play a whole exercise without waiting."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from cooperation.behaviour import behaviours
from cooperation.document import BadInput, Fault
from cooperation.moments import moment
from cooperation.reports.response_times import response_times
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, find, read_scenario
from requests_app.exercises.account import account, write_log
from requests_app.exercises.run import make, play
from requests_app.management.base import ComityCommand
from requests_app.reports.source import columns_of_exercise
from requests_app.reports.write import FORMATS, write_report
from requests_app.workflow.witness import signed_checkpoint
from requests_app.world.models import Exercise
from requests_app.world.present import wall_now

SEEDS = 2**63


class Command(ComityCommand):
    help = (
        "Play a whole exercise without waiting, every State simulated. EXERCISE: no real case, no real data."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "scenario", metavar="SCENARIO", help="a scenario file, or the id of one that ships"
        )
        parser.add_argument("--seed", type=int, default=1, help="of all chance in the run (default 1)")
        parser.add_argument(
            "--teams", metavar="BEHAVIOUR", default="typical", help="how team seats behave (default typical)"
        )
        parser.add_argument("--until", metavar="WHEN", help="stop at an instant: +30d from the start, or ISO")
        parser.add_argument("--events", metavar="FILE.jsonl", type=Path, help="write the event log here")
        parser.add_argument(
            "--checkpoint", metavar="FILE.json", type=Path, help="write the signed checkpoint here"
        )
        parser.add_argument("--report", metavar="DIR", type=Path, help="write the response-time report here")
        parser.add_argument("--json", action="store_true", help="print the figures of the run")

    def perform(self, **options: Any) -> None:
        self._check_options(options)
        path = find(options["scenario"])
        scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
        until = self._until(scenario, options["until"])
        exercise = make(scenario, seed=options["seed"], teams=options["teams"])
        length_days = max((until - scenario.starts_at).days, 1)
        with self.progress(f"playing {exercise.handle}, day", length_days) as work:
            play(exercise, until, watch=lambda at: work.reach((at - scenario.starts_at).days))
        if options["events"]:
            number = write_log(exercise, options["events"])
            self.say(f"{number} events in {options['events']}")
        if options["checkpoint"]:
            options["checkpoint"].write_bytes(signed_checkpoint(exercise))
            self.say(f"signed checkpoint: {options['checkpoint']}; keep it outside, for verify --against")
        if options["report"]:
            self._report(exercise, options["report"])
        found = account(exercise)
        if options["json"]:
            self.data(found)
        self.say(_summary(scenario, found))

    def _check_options(self, options: dict[str, Any]) -> None:
        faults = []
        if not 0 <= options["seed"] < SEEDS:
            faults.append(Fault("--seed", 0, "", f"must be a whole number from 0 to {SEEDS - 1}"))
        if options["teams"] not in behaviours():
            allowed = "allowed: " + ", ".join(behaviours())
            faults.append(Fault("--teams", 0, "", f"there is no behaviour {options['teams']}", allowed))
        for option in ("events", "checkpoint", "report"):
            path: Path | None = options[option]
            if path is not None and not path.absolute().parent.is_dir():
                mend = "make it first, or name another place"
                faults.append(
                    Fault(f"--{option}", 0, "", f"the folder {path.absolute().parent} is not there", mend)
                )
        for option in ("events", "checkpoint"):
            if options[option] is not None and options[option].is_dir():
                faults.append(Fault(f"--{option}", 0, "", f"{options[option]} is a folder", "name a file"))
        if options["report"] is not None and options["report"].is_file():
            faults.append(Fault("--report", 0, "", f"{options['report']} is a file", "name a folder"))
        if faults:
            raise BadInput(faults)

    def _until(self, scenario: Scenario, text: str | None) -> datetime:
        if text is None:
            return scenario.ends_at
        allowed = "allowed: +30m, +2h, +3d, +1w from the start, or ISO with an offset"
        try:
            at = moment(text, scenario.starts_at)
        except ValueError:
            raise BadInput([Fault("--until", 0, "", f"{text!r} is not an instant", allowed)]) from None
        if not scenario.starts_at <= at <= scenario.ends_at:
            span = f"{scenario.starts_at.isoformat()} to {scenario.ends_at.isoformat()}"
            raise BadInput([Fault("--until", 0, "", f"{text} lies outside the exercise", span)])
        return at

    def _report(self, exercise: Exercise, folder: Path) -> None:
        report = response_times(
            columns_of_exercise(exercise),
            exercise.present,
            generated_at=wall_now(),
            filters={"exercise": exercise.handle},
        )
        for path in write_report(report, list(FORMATS), folder):
            self.say(f"report: {path}")


def _summary(scenario: Scenario, found: dict[str, Any]) -> str:
    deadlines, expected = found["deadlines"], found["expectations"]
    return (
        f"EXERCISE {found['handle']}: {scenario.title}\n"
        f"  {found['requests']} requests, {found['open_requests']} still open, {found['events']} events\n"
        f"  deadlines: {deadlines['met']} met, {deadlines['missed']} missed, {deadlines['running']} running\n"
        f"  expectations: {expected['met']} met, {expected['missed']} missed, "
        f"{expected['points']} of {expected['of']} points\n"
        f"  checkpoint {found['checkpoint']}"
    )
