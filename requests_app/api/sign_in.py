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
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cooperation.words import Refused
from requests_app.api.bearer import BearerToken
from requests_app.api.parsing import Strict
from requests_app.api.problems import MEDIA_TYPE, refusal
from requests_app.world.present import wall_now

LOCKED_OUT = Refused("locked_out", "too many sign-ins have failed", mend="try again in a quarter of an hour")


class SignInIn(Strict):
    """Who signs in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


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
        user = authenticate(request=request._request, **said.validated_data)
        if user is None:
            raise Refused(
                "bad_sign_in", "name and password do not fit", mend="try again, or ask for a new one"
            )
        if AuthToken.objects.filter(user=user, expiry__gt=wall_now()).count() >= (
            knox_settings.TOKEN_LIMIT_PER_USER
        ):
            raise Refused("too_many_tokens", "you are signed in too often", mend="revoke tokens not in use")
        made, token = AuthToken.objects.create(user=user)
        user_logged_in.send(sender=type(user), request=request._request, user=user)
        return Response({"token": token, "expiry": made.expiry})


class RevokeView(APIView):
    """Sign out here."""

    authentication_classes = (BearerToken,)

    @extend_schema(operation_id="sign_out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Revoke the token with which this is asked."""
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class RevokeAllView(APIView):
    """Sign out everywhere."""

    authentication_classes = (BearerToken,)

    @extend_schema(operation_id="sign_out_everywhere", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Revoke every token of the person who asks."""
        AuthToken.objects.filter(user=request.user).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def locked_out(request: HttpRequest, _: Any, __: Any) -> HttpResponse:
    """Answer a sign-in that is locked after too many failures, on pages and in the API."""
    if request.path.startswith("/api/"):
        return JsonResponse(refusal(LOCKED_OUT), status=429, content_type=MEDIA_TYPE)
    return HttpResponse(f"{LOCKED_OUT.message}: {LOCKED_OUT.mend}\n", status=429, content_type="text/plain")
