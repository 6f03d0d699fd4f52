"""Accounts: made by a code, looked at, given a new password, and a second factor."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from requests_app.api.parsing import Strict
from requests_app.api.seats import SeatOut
from requests_app.api.seats import shown as seat_shown
from requests_app.api.sign_in import TokenOut, new_token
from requests_app.exercises import accounts, people, second_factor
from requests_app.exercises.seating import may_open
from requests_app.world.models import Guest
from requests_app.world.present import wall_now

PASSWORD_AT_MOST = 200


def password_field(**said: Any) -> serializers.CharField:
    """Return a field for a password, taken as it is typed."""
    return serializers.CharField(max_length=PASSWORD_AT_MOST, trim_whitespace=False, **said)


class RegisterIn(Strict):
    """A code that somebody was given, and who they are."""

    code = serializers.CharField(max_length=60)
    username = serializers.CharField(default="", max_length=150, help_text="Without one a guest is made.")
    password = password_field(default="")
    email = serializers.EmailField(default="", allow_blank=True, max_length=254)


class RegisteredOut(TokenOut):
    """Who was let in, and where they sit."""

    username = serializers.CharField()
    password = serializers.CharField(allow_null=True, help_text="Of a guest, told once; null for others.")
    seat = SeatOut()


class MeOut(serializers.Serializer[Any]):
    """One's own account."""

    username = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    is_guest = serializers.BooleanField(help_text="Whether it goes with its exercise.")
    opens_exercises = serializers.BooleanField()
    has_second_factor = serializers.BooleanField()
    must_enrol_first = serializers.BooleanField(help_text="Whether nothing else is possible before.")


class AddressIn(Strict):
    """Where mail goes, and the password, because a new one can be asked for by mail."""

    email = serializers.EmailField(allow_blank=True, max_length=254)
    password = password_field()


class PasswordIn(Strict):
    """The password and the one that shall take its place."""

    old = password_field()
    new = password_field()


class ForgottenIn(Strict):
    """The address of an account."""

    email = serializers.EmailField(max_length=254)


class NewPasswordIn(Strict):
    """What the link in the mail said, and a password."""

    uid = serializers.CharField(max_length=40)
    token = serializers.CharField(max_length=100)
    password = password_field()


class SecretOut(serializers.Serializer[Any]):
    """What an app is given; told until it is confirmed."""

    secret = serializers.CharField(help_text="To be typed into an app.")
    uri = serializers.CharField(help_text="otpauth://, as an app reads it.")


class ProofIn(Strict):
    """The code that the app shows."""

    code = serializers.CharField(max_length=32)


class TurnOffIn(ProofIn):
    """Password and code."""

    password = password_field()


class BackupCodesOut(serializers.Serializer[Any]):
    """Codes for paper, told once; each opens once."""

    backup_codes = serializers.ListField(child=serializers.CharField())


class AccountView(APIView):
    """What a person may ask whether or not they still have to set up a second factor."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)
    throttle_classes: tuple[type[BaseThrottle], ...] = (ScopedRateThrottle,)
    throttle_scope = "account"


class OpenView(AccountView):
    """What somebody may ask who is not signed in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "register"


class RegisterView(OpenView):
    """An account by a code."""

    @extend_schema(operation_id="register", request=RegisterIn, responses={201: RegisteredOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Make an account, take the seat that the code opens, and sign in."""
        asked = _read(RegisterIn, request)
        name = asked.pop("username")
        made = people.register(asked.pop("code"), wall_now(), name=name, **asked)
        told = {
            **new_token(request, made.user),
            "username": made.user.get_username(),
            "password": made.password or None,
            "seat": seat_shown(made.seat),
        }
        return Response(told, status=status.HTTP_201_CREATED)


class MeView(AccountView):
    """One's own account."""

    throttle_classes = ()

    @extend_schema(operation_id="show_me", responses=MeOut)
    def get(self, request: Request) -> Response:
        """Show one's own account."""
        return Response(_me(request.user))

    @extend_schema(operation_id="change_address", request=AddressIn, responses={200: MeOut})
    def patch(self, request: Request) -> Response:
        """Change where one's mail goes; empty for nowhere."""
        accounts.change_address(request.user, **_read(AddressIn, request))
        return Response(_me(request.user))


class PasswordView(AccountView):
    """One's own password."""

    @extend_schema(operation_id="change_password", request=PasswordIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change one's password; every sign-in ends, this one too."""
        accounts.change_password(request.user, **_read(PasswordIn, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgottenView(OpenView):
    """A forgotten password."""

    @extend_schema(operation_id="ask_for_new_password", request=ForgottenIn, responses={202: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Have a link sent. The answer does not tell whether anybody has the address."""
        accounts.ask_for_new_password(_read(ForgottenIn, request)["email"], wall_now())
        return Response(status=status.HTTP_202_ACCEPTED)


class NewPasswordView(OpenView):
    """A new password by mail."""

    @extend_schema(operation_id="set_new_password", request=NewPasswordIn, responses={204: None}, auth=[])
    def post(self, request: Request) -> Response:
        """Set a password by the link of a mail, once; every sign-in ends."""
        asked = _read(NewPasswordIn, request)
        accounts.set_password_by_mail(asked["uid"], asked["token"], asked["password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecondFactorView(AccountView):
    """A second factor."""

    @extend_schema(operation_id="begin_second_factor", request=None, responses={201: SecretOut})
    def post(self, request: Request) -> Response:
        """Make a secret for an app; it holds once it is confirmed by a code."""
        made = second_factor.begin(request.user)
        return Response({"secret": made.text, "uri": made.uri}, status=status.HTTP_201_CREATED)


class ConfirmView(AccountView):
    """The proof that the app has the secret."""

    @extend_schema(operation_id="confirm_second_factor", request=ProofIn, responses={200: BackupCodesOut})
    def post(self, request: Request) -> Response:
        """Let the secret hold. Every sign-in ends: the next one needs a code."""
        return Response(
            {"backup_codes": second_factor.confirm(request.user, _read(ProofIn, request)["code"])}
        )


class TurnOffView(AccountView):
    """The end of a second factor."""

    @extend_schema(operation_id="turn_off_second_factor", request=TurnOffIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Take the second factor away, by password and code; every sign-in ends."""
        second_factor.turn_off(request.user, **_read(TurnOffIn, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _me(user: Any) -> dict[str, Any]:
    return {
        "username": user.get_username(),
        "email": user.email,
        "is_guest": Guest.objects.filter(user=user).exists(),
        "opens_exercises": may_open(user),
        "has_second_factor": second_factor.has_second_factor(user),
        "must_enrol_first": second_factor.must_enrol_first(user),
    }


def _read(shape: type[Strict], request: Request) -> dict[str, Any]:
    said = shape(data=request.data)
    said.is_valid(raise_exception=True)
    return dict(said.validated_data)
