"""Seats: one's own, the codes that open them, and joining."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from requests_app.api.parsing import Strict
from requests_app.api.seated import PAGED, SeatedView, exercise_run_by
from requests_app.exercises import seating
from requests_app.world.models import ROLES, SeatHolder
from requests_app.world.present import wall_now

HOURS_AT_MOST = 24 * 14


class CodeIn(Strict):
    """The seat that a code shall open."""

    role = serializers.ChoiceField(ROLES)
    state = serializers.CharField(default="", max_length=2, help_text="Of a trainee: like XA.")
    authority = serializers.CharField(default="", max_length=40, help_text="Of a trainee: its kind.")
    hours = serializers.IntegerField(default=24, min_value=1, max_value=HOURS_AT_MOST)


class CodeOut(serializers.Serializer[Any]):
    """A code, told once: only its digest is stored."""

    code = serializers.CharField()
    role = serializers.CharField()
    desk = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(help_text="Wall time.")


class JoinIn(Strict):
    """A code that somebody was given."""

    code = serializers.CharField(max_length=60)


class SeatOut(serializers.Serializer[Any]):
    """A seat of one's own."""

    id = serializers.UUIDField()
    exercise = serializers.CharField(help_text="Its handle.")
    role = serializers.ChoiceField(ROLES)
    desk = serializers.CharField(allow_null=True)
    seat = serializers.CharField(allow_null=True, help_text="As the log names it.")


class SeatPageOut(serializers.Serializer[Any]):
    """A page of seats."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SeatOut(many=True)


class SeatsView(SeatedView):
    """One's own seats."""

    @extend_schema(operation_id="list_seats", parameters=PAGED, responses=SeatPageOut)
    def get(self, _: Request) -> Response:
        """List one's own seats."""
        return self.page(self.own_seats(), shown)


class CodesView(SeatedView):
    """The codes of an exercise."""

    @extend_schema(operation_id="make_code", request=CodeIn, responses={201: CodeOut})
    def post(self, request: Request, handle: str) -> Response:
        """Make a code that opens a seat until it expires; for the exercise's trainer."""
        exercise = exercise_run_by(self.seat(handle))
        said = CodeIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = dict(said.validated_data)
        holds_for = timedelta(hours=asked.pop("hours"))
        code, made = seating.make_code(exercise, **asked, wall=wall_now(), holds_for=holds_for)
        told = {
            "code": code,
            "role": made.role,
            "desk": made.seat.authority.desk if made.seat else None,
            "expires_at": made.expires_at,
        }
        return Response(told, status=status.HTTP_201_CREATED)


class JoinView(SeatedView):
    """Taking a seat."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "join"

    @extend_schema(operation_id="join", request=JoinIn, responses={200: SeatOut})
    def post(self, request: Request) -> Response:
        """Take the seat that a code opens; who sits there already stays."""
        said = JoinIn(data=request.data)
        said.is_valid(raise_exception=True)
        return Response(shown(seating.join(request.user, said.validated_data["code"], wall_now())))


def shown(seat: SeatHolder) -> dict[str, Any]:
    """Return a seat as its holder sees it."""
    return {
        "id": seat.pk,
        "exercise": seat.exercise.handle,
        "role": seat.role,
        "desk": seat.seat.authority.desk if seat.seat else None,
        "seat": seat.seat.name if seat.seat else None,
    }
