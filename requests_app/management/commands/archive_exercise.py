"""Archive an exercise that has ended, or bring it back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from requests_app.exercises.archiving import archive, bring_back
from requests_app.exercises.find import exercise_named
from requests_app.management.base import ComityCommand
from requests_app.world.present import wall_now


class Command(ComityCommand):
    help = "Archive an exercise that has ended: only read, in no list, exported as before; --undo brings it back."
    needs_world = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument("--undo", action="store_true", help="bring it back into the lists")

    def perform(self, **options: Any) -> None:
        exercise = exercise_named(options["handle"])
        if options["undo"]:
            bring_back(exercise.pk)
        else:
            archive(exercise.pk, wall_now())
        self.say(f"{exercise.handle} is {'back in the lists' if options['undo'] else 'archived'}")
