"""Recompute what an exercise stores, and tell the first thing that does not hold."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from requests_app.exercises.find import exercise_named
from requests_app.management.base import DOES_NOT_HOLD, HOLDS, ComityCommand
from requests_app.workflow.verify import checkpoint_of, failures
from requests_app.world.models import Exercise

TOLD_AT_MOST = 20


class Command(ComityCommand):
    help = "Recompute the chains, statuses, intervals and deadlines of one exercise, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", nargs="?", metavar="HANDLE", help="one exercise; without it, each one")

    def perform(self, **options: Any) -> int:
        handle = options["handle"]
        exercises = [exercise_named(handle)] if handle else list(Exercise.objects.order_by("handle"))
        holds = True
        with self.progress("exercises verified", len(exercises)) as work:
            for number, exercise in enumerate(exercises, start=1):
                holds = self._verify(exercise) and holds
                work.reach(number)
        if not exercises:
            self.say("there is no exercise yet")
        return HOLDS if holds else DOES_NOT_HOLD

    def _verify(self, exercise: Exercise) -> bool:
        found = []
        for failure in failures(exercise):
            found.append(failure)
            if len(found) > TOLD_AT_MOST:
                break
        for failure in found[:TOLD_AT_MOST]:
            self.say(str(failure))
        if len(found) > TOLD_AT_MOST:
            self.say("... and more")
        if not found:
            self.say(f"{exercise.handle} holds; checkpoint {checkpoint_of(exercise)}")
        return not found
