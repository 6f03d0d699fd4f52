"""Make a person who opens and runs exercises: the first of an installation, or one more."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from requests_app.exercises.find import exercise_named
from requests_app.exercises.seating import LETTERS, OPENS, seat_trainer
from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = (
        "Make a trainer, or let a person who is there be one. The password is asked for, or made and printed"
        " once; that of a person who is there stays."
    )
    needs_world = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="with which they sign in")
        parser.add_argument("--ask", action="store_true", help="ask for the password instead of making one")
        parser.add_argument(
            "--seat", action="append", default=[], metavar="HANDLE", help="an exercise to run"
        )

    def perform(self, **options: Any) -> None:
        name = options["name"]
        exercises = [exercise_named(handle) for handle in options["seat"]]
        password = "" if User.objects.filter(username=name).exists() else self._password(name, options["ask"])
        with transaction.atomic():
            user = _trainer(name, password)
            for exercise in exercises:
                seat_trainer(user, exercise)
        if password and not options["ask"]:
            self.stdout.write(password)
            self.say(f"{name} is a trainer; the password is printed this once")
        else:
            self.say(f"{name} is a trainer")

    def _password(self, name: str, ask: bool) -> str:
        if not ask:
            return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))
        if not sys.stdin.isatty():
            raise CommandError("--ask needs a terminal: leave it out, and a password is made")
        password = getpass.getpass(f"password of {name}: ")
        try:
            validate_password(password, User(username=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return password


def _trainer(name: str, password: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User(username=name)
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(f"NAME: {' '.join(error.messages)}") from None
        user.set_password(password)
        user.save()
    user.groups.add(Group.objects.get_or_create(name=OPENS)[0])
    return user
