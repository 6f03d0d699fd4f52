"""People: let in by a code without an administrator, and erased while every chain stays whole."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any, NamedTuple

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cooperation.words import Refused
from requests_app.exercises.accounts import check_password_strength, end_sign_ins
from requests_app.exercises.seating import LETTERS, join, opened_by
from requests_app.world.models import TRAINER, Guest, JoinCode, Mail, SeatHolder

LETTERS_OF_A_GUEST = 6
NAME_AT_MOST = 150


class Registered(NamedTuple):
    """Who was let in, where they sit, and a guest's password, which is told once; empty for others."""

    user: User
    seat: SeatHolder
    password: str


def register(code: str, wall: datetime, *, name: str = "", password: str = "", email: str = "") -> Registered:
    """Make an account for somebody who has a code, and seat them.

    name  as they chose it, with its password; without one a guest is made, who belongs to the exercise of the
          code and goes with it

    Raises Refused: no_such_code, ended, password_needed, weak_password, bad_name, name_taken, no_guest_trainer,
    catching_up.
    """
    asked = opened_by(code, wall)
    user, told = _named(name, password, email) if name else _guest(asked, email)
    try:
        return Registered(user, join(user, code, wall), told)
    except Refused:
        # Nobody is left behind who has no seat and whose password nobody knows.
        erase(user)
        raise


def erase(user: Any) -> None:
    """Erase a person: account, seats held, sign-ins, mails and failed sign-ins. What they did stays.

    The log names seats and never persons, so every chain stays whole; their seats are given to nobody else.
    """
    with transaction.atomic():
        end_sign_ins(user)
        name, address = user.get_username(), user.email
        for model in (AccessAttempt, AccessFailureLog, AccessLog):
            model.objects.filter(username=name).delete()
        if address:
            Mail.objects.filter(to__iexact=address).delete()
        User.objects.get(pk=user.pk).delete()


def _named(name: str, password: str, email: str) -> tuple[User, str]:
    if not password:
        raise Refused("password_needed", "a name comes with a password", mend="choose one")
    user = User(username=name, email=email)
    check_password_strength(password, user)
    return _made(user, password), ""


def _guest(asked: JoinCode, email: str) -> tuple[User, str]:
    if asked.role == TRAINER:
        raise Refused(
            "no_guest_trainer",
            "a trainer has a name",
            article="exercise rule",
            mend="choose a name and a password",
        )
    name = "guest-" + "".join(secrets.choice(LETTERS) for _ in range(LETTERS_OF_A_GUEST))
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    with transaction.atomic():
        user = _made(User(username=name, email=email), password)
        Guest.objects.create(user=user, exercise_id=asked.exercise_id)
    return user, password


def _check_name(name: str) -> None:
    """Raise Refused `bad_name` for what is no name of an account, and say what is nearest to it."""
    try:
        User._meta.get_field("username").clean(name, None)
    except ValidationError:
        near = re.sub(r"\W+", ".", name).strip(".")[:NAME_AT_MOST]
        raise Refused(
            "bad_name",
            "a name has letters, digits and @ . + - _, and no blanks",
            mend=f"write it like {near}" if near else "choose one of letters and digits",
        ) from None


def _made(user: User, password: str) -> User:
    _check_name(user.username)
    user.set_password(password)
    taken = Refused(
        "name_taken", "somebody has this name already", mend="choose another one, or sign in and join"
    )
    if User.objects.filter(username=user.username).exists():
        raise taken
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise taken from None
    return user
