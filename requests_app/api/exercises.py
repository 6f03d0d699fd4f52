"""Exercises: those one sits in, opened by trainers, and the clock in the trainer's hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.moments import moment
from requests_app.api.parsing import Strict
from requests_app.api.seated import PAGED, SeatedView, exercise_run_by
from requests_app.exercises import control
from requests_app.exercises.clock_face import STANDINGS, clock_face
from requests_app.exercises.library import open_from_shelf
from requests_app.world.models import Exercise, SeatHolder
from requests_app.world.present import wall_now

SEED_AT_MOST = 2**31 - 1
CLOCK_ACTS = ("start", "pause", "resume", "speed", "jump", "jump_to_next", "end")


class OpenIn(Strict):
    """A scenario that ships, to be run live."""

    scenario = serializers.CharField(max_length=150)
    seed = serializers.IntegerField(min_value=0, max_value=SEED_AT_MOST, default=1)
    teams = serializers.CharField(max_length=60, default="typical", help_text="How empty team seats behave.")


class ClockIn(Strict):
    """An act on the clock."""

    act = serializers.ChoiceField(CLOCK_ACTS)
    rate = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=control.RATE_AT_MOST,
        help_text="Exercise seconds for a second; for start, resume and speed.",
    )
    to = serializers.CharField(
        required=False, max_length=40, help_text="For jump: +3d from the start, or ISO with an offset."
    )


class ExerciseOut(serializers.Serializer[Any]):
    """An exercise as one seat sees it."""

    handle = serializers.CharField()
    scenario = serializers.CharField()
    standing = serializers.ChoiceField(STANDINGS)
    now = serializers.DateTimeField(help_text="Exercise time.")
    rate = serializers.IntegerField(
        help_text="Exercise seconds for a second; 0 while the clock stands still."
    )
    starts_at = serializers.DateTimeField(help_text="Exercise time.")
    ends_at = serializers.DateTimeField(help_text="Exercise time.")
    deadline_profile = serializers.CharField()
    role = serializers.CharField()
    desk = serializers.CharField(allow_null=True, help_text="Like XA/central_authority; null for control.")


class ExercisePageOut(serializers.Serializer[Any]):
    """A page of exercises."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ExerciseOut(many=True)


class ExercisesView(SeatedView):
    """The exercises in which one sits."""

    @extend_schema(operation_id="list_exercises", parameters=PAGED, responses=ExercisePageOut)
    def get(self, _: Request) -> Response:
        """List the exercises in which one sits."""
        wall = wall_now()
        return self.page(self.listed_seats(), lambda seat: shown(seat, wall))

    @extend_schema(operation_id="open_exercise", request=OpenIn, responses={201: ExerciseOut})
    def post(self, request: Request) -> Response:
        """Open an exercise and run it; for trainers."""
        said = OpenIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked, wall = dict(said.validated_data), wall_now()
        seat = open_from_shelf(request.user, asked.pop("scenario"), **asked, wall=wall)
        return Response(shown(seat, wall), status=status.HTTP_201_CREATED)


class ExerciseView(SeatedView):
    """One exercise."""

    @extend_schema(operation_id="show_exercise", responses=ExerciseOut)
    def get(self, _: Request, handle: str) -> Response:
        """Show an exercise in which one sits."""
        return Response(shown(self.seat(handle), wall_now()))


class ClockView(SeatedView):
    """The clock of an exercise."""

    @extend_schema(operation_id="move_clock", request=ClockIn, responses={200: ExerciseOut})
    def post(self, request: Request, handle: str) -> Response:
        """Start, pause, resume, speed or jump the clock, or end the exercise; for its trainer."""
        seat = self.seat(handle)
        exercise = exercise_run_by(seat)
        said = ClockIn(data=request.data)
        said.is_valid(raise_exception=True)
        move(exercise, wall_now(), **said.validated_data)
        return Response(shown(self.seat(handle), wall_now()))


def move(exercise: Exercise, wall: datetime, act: str, rate: int | None = None, to: str = "") -> None:
    """Do one act on a clock."""
    if act in ("start", "speed"):
        if rate is None:
            raise serializers.ValidationError({"rate": [f"to {act} names a rate"]})
        {"start": control.start, "speed": control.speed}[act](exercise.pk, wall, rate)
    elif act == "pause":
        control.pause(exercise.pk, wall)
    elif act == "resume":
        control.resume(exercise.pk, wall, rate)
    elif act == "jump":
        control.jump(exercise.pk, wall, moment_in(exercise, to))
    elif act == "jump_to_next":
        control.jump_to_next(exercise.pk, wall)
    else:
        control.end(exercise.pk, wall)


def shown(seat: SeatHolder, wall: datetime) -> dict[str, Any]:
    """Return an exercise as its seat sees it at a wall instant."""
    exercise = seat.exercise
    face = clock_face(exercise, wall)
    return {
        "handle": exercise.handle,
        "scenario": exercise.scenario,
        "standing": face.standing,
        "now": face.now,
        "rate": face.rate,
        "starts_at": exercise.starts_at,
        "ends_at": exercise.ends_at,
        "deadline_profile": exercise.deadline_profile,
        "role": seat.role,
        "desk": seat.seat.authority.desk if seat.seat else None,
    }


def moment_in(exercise: Exercise, text: str, field: str = "to") -> datetime:
    """Return an instant of an exercise, from `+3d` from its start or from ISO; or tell of the field."""
    try:
        return moment(text, exercise.starts_at)
    except (ValueError, OverflowError) as error:
        raise serializers.ValidationError({field: [f"{text!r} {error}"]}) from None
