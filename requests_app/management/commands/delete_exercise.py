"""Delete an exercise whole."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from requests_app.exercises.find import exercise_named
from requests_app.management.asked import check_meant
from requests_app.management.base import ComityCommand
from requests_app.reports.removal import remove_whole


class Command(ComityCommand):
    help = (
        "Delete an exercise whole: events, seats, guests, reports. Asks once; only a backup brings it back."
    )
    needs_world = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def perform(self, **options: Any) -> None:
        exercise = exercise_named(options["handle"])
        check_meant(exercise.handle, f"{exercise.handle} and all its events will be deleted", options["yes"])
        remove_whole(exercise)
        self.say(f"{options['handle']} is deleted")
