"""Erase a person."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User

from cooperation.document import BadInput, Fault
from requests_app.exercises.people import erase
from requests_app.management.asked import check_meant
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = (
        "Erase a person: account, seats held, sign-ins, mails. What their seats did stays, and every chain"
        " stays whole, because the log names seats and never persons. Asks once."
    )
    needs_world = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="with which they sign in")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def perform(self, **options: Any) -> None:
        name = options["name"]
        user = User.objects.filter(username=name).first()
        if user is None:
            raise BadInput([Fault(name, 0, "", "nobody signs in with this name", "check how it is written")])
        check_meant(name, f"the person {name} will be erased", options["yes"])
        erase(user)
        self.say(f"{name} is erased")
