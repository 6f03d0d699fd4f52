"""Control's hand on an exercise: injects, expectations, seats. Each is an act, like those on the clock."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.after_action import ExpectationOut
from requests_app.api.exercises import moment_in
from requests_app.api.parsing import Strict
from requests_app.api.seated import SeatedView, exercise_judged_by, exercise_run_by, exercise_seen_by
from requests_app.exercises import control
from requests_app.exercises.after_action import expectations_told
from requests_app.exercises.models import Inject
from requests_app.world.models import Authority, Exercise
from requests_app.world.present import wall_now

INJECT_ACTS = ("fire", "skip", "hold", "release", "edit", "add")
TAKE, GIVE_BACK = "take", "give_back"
POINTS_AT_MOST = 2**31 - 1


class InjectActIn(Strict):
    """An act on an inject; `edit` and `add` say what it will tell, and to whom."""

    act = serializers.ChoiceField(INJECT_ACTS)
    name = serializers.CharField(max_length=120, help_text="The scenario's id of it, or for add a new one.")
    title = serializers.CharField(required=False, max_length=300, allow_blank=True)
    body = serializers.CharField(required=False, max_length=20_000, allow_blank=True)
    to = serializers.ListField(
        required=False, child=serializers.CharField(max_length=2), max_length=30, help_text="States."
    )
    at = serializers.CharField(
        required=False,
        max_length=40,
        help_text="For add: +3d from the start, or ISO with an offset; at once without it.",
    )


class ControlInjectOut(serializers.Serializer[Any]):
    """An inject as control sees it."""

    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    to = serializers.ListField(child=serializers.CharField())
    status = serializers.CharField()
    fired_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")


class OverrideIn(Strict):
    """An evaluator's judgement in place of the count."""

    name = serializers.CharField(max_length=120)
    points = serializers.IntegerField(min_value=0, max_value=POINTS_AT_MOST)
    reason = serializers.CharField(max_length=2_000)


class DeskActIn(Strict):
    """Taking a desk from the simulation, or giving it back."""

    act = serializers.ChoiceField((TAKE, GIVE_BACK))
    desk = serializers.RegexField(r"^[A-Z]{2}/[a-z0-9_]{1,40}$", help_text="Like XB/central_authority.")


class DeskOut(serializers.Serializer[Any]):
    """A desk, and who acts there."""

    desk = serializers.CharField()
    simulated = serializers.BooleanField()


class InjectActsView(SeatedView):
    """Control's hand on the news."""

    @extend_schema(operation_id="move_inject", request=InjectActIn, responses={200: ControlInjectOut})
    def post(self, request: Request, handle: str) -> Response:
        """Fire, skip, hold, release, edit or add an inject; for the exercise's trainer."""
        exercise = exercise_run_by(self.seat(handle))
        said = InjectActIn(data=request.data)
        said.is_valid(raise_exception=True)
        move_inject(exercise, wall_now(), **said.validated_data)
        name = said.validated_data["name"]
        columns = ("name", "title", "body", "to", "status", "fired_at")
        return Response(Inject.objects.values(*columns).get(exercise=exercise, name=name))


class ExpectationsView(SeatedView):
    """What is expected of the teams."""

    @extend_schema(operation_id="list_expectations", responses=ExpectationOut(many=True))
    def get(self, _: Request, handle: str) -> Response:
        """List what is expected, and what happened so far; for control."""
        exercise = exercise_seen_by(self.seat(handle))
        return Response([asdict(one) for one in expectations_told(exercise)])

    @extend_schema(operation_id="override_expectation", request=OverrideIn, responses={200: ExpectationOut})
    def post(self, request: Request, handle: str) -> Response:
        """Let a judgement stand in place of the count, with its reason; for trainer and evaluator."""
        exercise = exercise_judged_by(self.seat(handle))
        said = OverrideIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        control.override_expectation(
            exercise.pk, wall_now(), asked["name"], points=asked["points"], reason=asked["reason"]
        )
        told = next(one for one in expectations_told(exercise) if one.name == asked["name"])
        return Response(asdict(told))


class DesksView(SeatedView):
    """Who acts at a desk: people, or the simulation."""

    @extend_schema(operation_id="move_desk", request=DeskActIn, responses={200: DeskOut})
    def post(self, request: Request, handle: str) -> Response:
        """Take a desk from the simulation, or give it back; for the exercise's trainer."""
        exercise = exercise_run_by(self.seat(handle))
        said = DeskActIn(data=request.data)
        said.is_valid(raise_exception=True)
        act, desk = said.validated_data["act"], said.validated_data["desk"]
        state, _, authority = desk.partition("/")
        move = {TAKE: control.take_seat, GIVE_BACK: control.give_back_seat}[act]
        move(exercise.pk, wall_now(), state, authority)
        row = Authority.objects.get(state__exercise=exercise, state__code=state, kind=authority)
        return Response({"desk": desk, "simulated": row.simulated})


def move_inject(exercise: Exercise, wall: datetime, act: str, name: str, **said: Any) -> None:
    """Do one act on an inject."""
    simple = {
        "fire": control.fire_inject,
        "skip": control.skip_inject,
        "hold": control.hold_inject,
        "release": control.release_inject,
    }
    if act in simple:
        _leave_out(act, said)
        simple[act](exercise.pk, wall, name)
        return
    missing = [field for field in ("title", "body", "to") if field not in said]
    if missing:
        raise serializers.ValidationError({field: [f"to {act} says it"] for field in missing})
    at = said.pop("at", None)
    if act == "edit":
        _leave_out(act, {"at": at} if at is not None else {})
        control.edit_inject(exercise.pk, wall, name, **said)
    else:
        instant = None if at is None else moment_in(exercise, at, "at")
        control.add_inject(exercise.pk, wall, name, **said, at=instant)


def _leave_out(act: str, said: dict[str, Any]) -> None:
    if said:
        raise serializers.ValidationError({field: [f"{act} does not say it"] for field in said})
