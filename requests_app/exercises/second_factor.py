"""The second factor: a code of six digits that an app shows, and codes on paper for when it is lost."""

from __future__ import annotations

from base64 import b32encode
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django_otp import devices_for_user, match_token, user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from cooperation.words import Refused
from requests_app.exercises.accounts import end_sign_ins
from requests_app.exercises.seating import may_open
from requests_app.world.models import TRAINER, SeatHolder

BACKUP_CODES = 10


class Secret(NamedTuple):
    """What an app is given: the secret as text, and the same as an address that an app reads."""

    text: str
    uri: str

    @property
    def grouped(self) -> str:
        """The text in groups of four, to be typed."""
        return " ".join(self.text[at : at + 4] for at in range(0, len(self.text), 4))


def has_second_factor(user: Any) -> bool:
    """Return whether a sign-in of this person needs a code."""
    return bool(user_has_device(user))


def must_enrol_first(user: Any) -> bool:
    """Return whether a person may do nothing else before they have a second factor.

    So it is for trainers, of the installation or of any exercise, where REQUIRE_TOTP_FOR_TRAINERS says so.
    """
    if not settings.REQUIRE_TOTP_FOR_TRAINERS or not user.is_authenticated or has_second_factor(user):
        return False
    return may_open(user) or SeatHolder.objects.filter(user=user.pk, role=TRAINER).exists()


def device_of_code(user: Any, code: str) -> Any:
    """Return the device whose code this is, None for none; too many wrong ones make it wait longer each time."""
    return match_token(user, code)


def begin(user: Any) -> Secret:
    """Return a new secret, which holds once a code of it is confirmed; raise Refused `enrolled_already`."""
    _check_not_enrolled(user)
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        return secret_of(TOTPDevice.objects.create(user=user, name="app", confirmed=False))


def begun(user: Any) -> Secret:
    """Return the secret that waits to be confirmed; a new one where none does."""
    _check_not_enrolled(user)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return secret_of(device) if device is not None else begin(user)


def confirm(user: Any, code: str) -> list[str]:
    """Let the secret hold from now on; return the codes for paper, told once, each of which opens once.

    Every sign-in of the person ends: the next one needs a code. Raises Refused: enrolled_already,
    nothing_to_confirm, bad_code.
    """
    _check_not_enrolled(user)
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None:
            raise Refused("nothing_to_confirm", "no secret waits to be confirmed", mend="ask for one first")
        fits = device.verify_is_allowed()[0] and device.verify_token(code)
        if fits:
            device.confirmed = True
            device.save()
            told = _new_backup_codes(user)
            end_sign_ins(user)
    # After the transaction, so that a failure is counted.
    if not fits:
        raise Refused("bad_code", "this is not the code of the moment", mend="wait for the next one")
    return told


def turn_off(user: Any, password: str, code: str) -> None:
    """Take the second factor away, by password and code; raise Refused `bad_sign_in`. Sign-ins end."""
    if not user.check_password(password) or device_of_code(user, code) is None:
        raise Refused("bad_sign_in", "password and code do not fit", mend="try again with the next code")
    with transaction.atomic():
        for device in list(devices_for_user(user, confirmed=None)):
            device.delete()
        end_sign_ins(user)


def secret_of(device: TOTPDevice) -> Secret:
    """Return the secret of a device as an app is given it."""
    return Secret(b32encode(device.bin_key).decode().rstrip("="), device.config_url)


def _check_not_enrolled(user: Any) -> None:
    if has_second_factor(user):
        raise Refused("enrolled_already", "you have a second factor", mend="turn it off first")


def _new_backup_codes(user: Any) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    paper = StaticDevice.objects.create(user=user, name="paper", confirmed=True)
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=paper, token=code) for code in codes)
    return codes
