"""Seats: one's own, the codes that open them, and joining."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from requests_app.api.parsing import Strict
from requests_app.api.seated import PAGED, SeatedView, exercise_run_by
from requests_app.exercises import seating
from requests_app.world.models import ROLES, JoinCode, SeatHolder
from requests_app.world.present import wall_now

HOURS_AT_MOST = 24 * 14


class CodeIn(Strict):
    """The seat that a code shall open."""

    role = serializers.ChoiceField(ROLES)
    state = serializers.CharField(default="", max_length=2, help_text="Of a trainee: like XA.")
    authority = serializers.CharField(default="", max_length=40, help_text="Of a trainee: its kind.")
    hours = serializers.IntegerField(default=24, min_value=1, max_value=HOURS_AT_MOST)


class CodeRowOut(serializers.Serializer[Any]):
    """What is stored of a code."""

    id = serializers.UUIDField()
    role = serializers.CharField()
    desk = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(help_text="Wall time.")
    revoked_at = serializers.DateTimeField(allow_null=True, help_text="Wall time.")
    joined = serializers.IntegerField(help_text="How many people took a seat by it.")


class CodeOut(CodeRowOut):
    """A code, told once: only its digest is stored."""

    code = serializers.CharField()


class CodePageOut(serializers.Serializer[Any]):
    """A page of codes."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CodeRowOut(many=True)


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
        return self.page(self.listed_seats(), shown)


class CodesView(SeatedView):
    """The codes of an exercise."""

    @extend_schema(operation_id="list_codes", parameters=PAGED, responses=CodePageOut)
    def get(self, _: Request, handle: str) -> Response:
        """List the codes that were made, never the words themselves; for the exercise's trainer."""
        exercise = exercise_run_by(self.seat(handle))
        return self.page(exercise.join_codes.select_related("seat__authority__state"), code_shown)

    @extend_schema(operation_id="make_code", request=CodeIn, responses={201: CodeOut})
    def post(self, request: Request, handle: str) -> Response:
        """Make a code that opens a seat until it expires; for the exercise's trainer."""
        exercise = exercise_run_by(self.seat(handle))
        said = CodeIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = dict(said.validated_data)
        holds_for = timedelta(hours=asked.pop("hours"))
        code, made = seating.make_code(exercise, **asked, wall=wall_now(), holds_for=holds_for)
        return Response({"code": code, **code_shown(made)}, status=status.HTTP_201_CREATED)


class CodeView(SeatedView):
    """One code of an exercise."""

    @extend_schema(operation_id="revoke_code", responses={204: None})
    def delete(self, _: Request, handle: str, code_id: UUID) -> Response:
        """Let a code open nothing from now on; who joined by it stays. For the exercise's trainer."""
        exercise = exercise_run_by(self.seat(handle))
        seating.revoke_code(exercise, code_id, wall_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


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


def code_shown(row: JoinCode) -> dict[str, Any]:
    """Return what is stored of a code, as the trainer sees it."""
    return {
        "id": row.pk,
        "role": row.role,
        "desk": row.seat.authority.desk if row.seat else None,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "joined": row.joined,
    }


def shown(seat: SeatHolder) -> dict[str, Any]:
    """Return a seat as its holder sees it."""
    return {
        "id": seat.pk,
        "exercise": seat.exercise.handle,
        "role": seat.role,
        "desk": seat.seat.authority.desk if seat.seat else None,
        "seat": seat.seat.name if seat.seat else None,
    }
