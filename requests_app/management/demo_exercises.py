"""The exercises of the demonstration: one that has ended, one that runs, and one that waits to be started."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from cooperation.behaviour import behaviours
from cooperation.reports.response_times import response_times
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, find, read_scenario
from requests_app.exercises import control
from requests_app.exercises.run import make, play
from requests_app.exercises.seating import seat_at_desk, seat_observer, seat_trainer
from requests_app.management.sign_ins import NAMES
from requests_app.reports.outbox import folder_of
from requests_app.reports.source import columns_of_exercise
from requests_app.reports.write import FORMATS, publish
from requests_app.world.models import Exercise

FINISHED_SCENARIO, RUNNING_SCENARIO = "hospital-ransomware", "national-desk-year"
TEAMS = "typical"
READY_SCENARIO = "hospital-ransomware"
FINISHED_SEED, RUNNING_SEED, READY_SEED = 7, 8, 8
# Where the trainee of the demonstration sits.
TEAM, DESK = "XA", "contact_point_24_7"
# Exercise seconds for a second: a day a minute. On a busy desk that is an act or two every second.
RATE = 1_440


class DemoExercises:
    """The exercises named in a file; made where it names none that still stands."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept

    def finished(self, now: Callable[[], datetime], watch: Callable[[datetime], None]) -> Exercise:
        """Return the exercise that has ended, played first where it has not; its report is written."""
        scenario = _scenario(FINISHED_SCENARIO)
        exercise = self._named("finished")
        if exercise is None:
            exercise = make(scenario, seed=FINISHED_SEED, teams=TEAMS)
            self._keep("finished", exercise)
        if not exercise.ended:
            exercise = play(exercise, exercise.ends_at, watch=watch)
        folder = folder_of(exercise)
        if not all((folder / f"report.{form}").exists() for form in FORMATS):
            report = response_times(
                columns_of_exercise(exercise),
                exercise.present,
                generated_at=now(),
                filters={"exercise": exercise.handle},
            )
            publish(report, folder)
        _seat(exercise, now(), with_trainee=True)
        return exercise

    def running(self, now: Callable[[], datetime]) -> Exercise:
        """Return the live exercise, made and started where there was none; by now it may have ended."""
        exercise = self._named("running")
        if exercise is None:
            with transaction.atomic():
                exercise = control.open_live(
                    _scenario(RUNNING_SCENARIO), seed=RUNNING_SEED, teams=TEAMS, wall=now()
                )
                control.start(exercise.pk, now(), RATE)
            self._keep("running", exercise)
        _seat(exercise, now(), with_trainee=False)
        return exercise

    def ready(self, now: Callable[[], datetime]) -> Exercise:
        """Return the live exercise that the trainer may start, the trainee at a desk of its team."""
        exercise = self._named("ready")
        if exercise is None:
            with transaction.atomic():
                exercise = control.open_live(
                    _scenario(READY_SCENARIO), seed=READY_SEED, teams=TEAMS, wall=now()
                )
            self._keep("ready", exercise)
        _seat(exercise, now(), with_trainee=True)
        return exercise

    def _named(self, which: str) -> Exercise | None:
        return Exercise.objects.filter(handle=self._read().get(which, "")).first()

    def _keep(self, which: str, exercise: Exercise) -> None:
        draft = self._kept.with_suffix(".draft")
        draft.write_text(json.dumps({**self._read(), which: exercise.handle}))
        draft.replace(self._kept)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._kept.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _scenario(name: str) -> Scenario:
    path = find(name)
    return read_scenario(path, path.name, rulebook(), behaviours().keys())


def _seat(exercise: Exercise, wall: datetime, *, with_trainee: bool) -> None:
    """Seat the people of the demonstration: trainer, analyst as an observer, and the trainee at a desk."""
    people = {user.get_username(): user for user in User.objects.filter(username__in=NAMES)}
    if exercise.archived_at is not None or set(people) != set(NAMES):
        return
    seat_trainer(people["trainer"], exercise)
    seat_observer(people["analyst"], exercise)
    if with_trainee:
        seat_at_desk(people["trainee"], exercise, TEAM, DESK, wall)
