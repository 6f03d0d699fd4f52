"""Accounts: ending every sign-in of a person, changing a password, and a new one by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.http import urlsafe_base64_decode
from knox.models import AuthToken

from cooperation.words import Refused
from requests_app.exercises.models import CalendarFeed
from requests_app.world.models import Mail, Session

BAD_PASSWORD = Refused(
    "bad_password", "this is not your password", mend="try again, or ask for a new one by mail"
)


def end_sign_ins(user: Any) -> None:
    """End all that a person is let in by, everywhere and at once: sessions, tokens, addresses of calendars."""
    with transaction.atomic():
        Session.objects.filter(user_id=user.pk).delete()
        AuthToken.objects.filter(user=user.pk).delete()
        CalendarFeed.objects.filter(holder__user=user.pk).delete()


def change_password(user: Any, old: str, new: str) -> None:
    """Give a person a new password and end all their sign-ins; raise Refused `bad_password`, `weak_password`."""
    if not user.check_password(old):
        raise BAD_PASSWORD
    _set_password(user, new)


def change_address(user: Any, email: str, password: str) -> None:
    """Change where a person's mail goes, by password: a new one is sent there. Raises Refused `bad_password`."""
    if not user.check_password(password):
        raise BAD_PASSWORD
    user.email = email
    user.save(update_fields=["email"])


def ask_for_new_password(address: str, wall: datetime) -> None:
    """Have a link for a new password sent to an address.

    What is done here, and how long it takes, is the same whether anybody has the address: the worker looks.
    """
    Mail.objects.create(kind=Mail.RESET, to=address, made_at=wall, next_try_at=wall)


def set_password_by_mail(uid: str, token: str, new: str) -> None:
    """Set a password by a link that came by mail, once; raise Refused `bad_link`, `weak_password`."""
    user = _named_by(uid)
    if user is None or not default_token_generator.check_token(user, token):
        raise Refused("bad_link", "this link holds no more", mend="ask for a new one")
    _set_password(user, new)


def check_password_strength(password: str, user: Any) -> None:
    """Raise Refused `weak_password` for one that is easily guessed, saying why."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(
            "weak_password", "; ".join(one.rstrip(".") for one in error.messages), mend="choose a longer one"
        ) from None


def _set_password(user: Any, new: str) -> None:
    check_password_strength(new, user)
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        end_sign_ins(user)


def _named_by(uid: str) -> User | None:
    try:
        key = int(urlsafe_base64_decode(uid).decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    return User.objects.filter(pk=key, is_active=True).first() if key < 2**63 else None
