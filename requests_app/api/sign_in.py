"""Signing in by name and password for a token, and out again, here or everywhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cooperation.words import Refused
from requests_app.api.bearer import BearerToken
from requests_app.api.parsing import Strict
from requests_app.api.problems import MEDIA_TYPE, refusal
from requests_app.exercises.accounts import end_sign_ins
from requests_app.exercises.second_factor import device_of_code, has_second_factor
from requests_app.world.present import wall_now

BAD_SIGN_IN = Refused("bad_sign_in", "name and password do not fit", mend="try again, or ask for a new one")
LOCKED_OUT = Refused("locked_out", "too many sign-ins have failed", mend="try again in a quarter of an hour")


class SignInIn(Strict):
    """Who signs in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    code = serializers.CharField(
        default="", max_length=32, help_text="Of the second factor, where there is one: from app or paper."
    )


class TokenOut(serializers.Serializer[Any]):
    """A token, told once: only its digest is stored."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField(help_text="Wall time.")


class TokenView(APIView):
    """A token for a name and password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="sign_in", request=SignInIn, responses={200: TokenOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in. The answer does not tell whether the name exists."""
        said = SignInIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = dict(said.validated_data)
        code = asked.pop("code")
        user = authenticate(request=request._request, **asked)
        if user is None:
            raise BAD_SIGN_IN
        if has_second_factor(user):
            if not code:
                raise Refused(
                    "code_needed", "this account needs its code", mend="send the code of the moment"
                )
            if device_of_code(user, code) is None:
                raise BAD_SIGN_IN
        return Response(new_token(request, user))


class RevokeView(APIView):
    """Sign out here."""

    authentication_classes = (BearerToken,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="sign_out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Revoke the token with which this is asked."""
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class RevokeAllView(APIView):
    """Sign out everywhere."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="sign_out_everywhere", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """End every token and every session of the person who asks."""
        end_sign_ins(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def new_token(request: Request, user: Any) -> dict[str, Any]:
    """Return a token of a person who has just signed in; raise Refused `too_many_tokens`."""
    mine = AuthToken.objects.filter(user=user, expiry__gt=wall_now())
    if mine.count() >= knox_settings.TOKEN_LIMIT_PER_USER:
        raise Refused("too_many_tokens", "you are signed in too often", mend="revoke tokens not in use")
    made, token = AuthToken.objects.create(user=user)
    user_logged_in.send(sender=type(user), request=request._request, user=user)
    return {"token": token, "expiry": made.expiry}


def locked_out(request: HttpRequest, _: Any, __: Any) -> HttpResponse:
    """Answer a sign-in that is locked after too many failures, on pages and in the API."""
    if request.path.startswith("/api/"):
        return JsonResponse(refusal(LOCKED_OUT), status=429, content_type=MEDIA_TYPE)
    return HttpResponse(f"{LOCKED_OUT.message}: {LOCKED_OUT.mend}\n", status=429, content_type="text/plain")
