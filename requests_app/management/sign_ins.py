"""The three people of the demonstration: made once, their passwords kept where only their owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction

NAMES = ("trainer", "trainee", "analyst")
# Nothing that a person mistakes for something else.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SignIn(NamedTuple):
    """A name and its password."""

    name: str
    password: str


def sign_ins(path: Path) -> list[SignIn]:
    """Return the three sign-ins kept in a file; make them, or give new passwords, where it does not hold them."""
    kept = _read(path)
    missing = set(NAMES) - set(User.objects.filter(username__in=NAMES).values_list("username", flat=True))
    if not missing and [one.name for one in kept] == list(NAMES):
        return kept
    made = [SignIn(name, _password()) for name in NAMES]
    # The file first: a password that nobody knows would be of no use.
    _write(path, made)
    for one in made:
        _make(one)
    return made


def _make(one: SignIn) -> None:
    with transaction.atomic():
        user, _ = User.objects.get_or_create(username=one.name)
        # The trainer looks at everything; what a desk holds is not for the others to see.
        user.is_staff = one.name == "trainer"
        user.set_password(one.password)
        user.save()
        group, _ = Group.objects.get_or_create(name=one.name)
        user.groups.add(group)
        if user.is_staff:
            looks = Permission.objects.filter(
                content_type__app_label="requests_app", codename__startswith="view_"
            )
            group.permissions.add(*looks)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _read(path: Path) -> list[SignIn]:
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return []
    return [SignIn(*words) for words in lines if len(words) == 2]


def _write(path: Path, made: list[SignIn]) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.writelines(f"{one.name} {one.password}\n" for one in made)
    draft.replace(path)
