"""The control board."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.seated import SeatedView, exercise_seen_by
from requests_app.exercises.board import board
from requests_app.exercises.clock_face import STANDINGS
from requests_app.world.present import wall_now

HOURS_AT_MOST = 24 * 365


class BoardIn(serializers.Serializer[Any]):
    """When a desk counts as stuck."""

    stuck_after_hours = serializers.IntegerField(
        default=24, min_value=1, max_value=HOURS_AT_MOST, help_text="Exercise hours without an act."
    )


class ClockFaceOut(serializers.Serializer[Any]):
    """How the clock stands."""

    standing = serializers.ChoiceField(STANDINGS)
    now = serializers.DateTimeField(help_text="Exercise time.")
    wall_now = serializers.DateTimeField(help_text="Wall time.")
    rate = serializers.IntegerField(help_text="Exercise seconds for a second.")
    starts_at = serializers.DateTimeField(help_text="Exercise time.")
    ends_at = serializers.DateTimeField(help_text="Exercise time.")


class NextOut(serializers.Serializer[Any]):
    """The next thing that happens."""

    at = serializers.DateTimeField(help_text="Exercise time.")
    wall_at = serializers.DateTimeField(allow_null=True, help_text="Wall time; null while the clock stands.")
    kind = serializers.CharField()
    told = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class MarkOut(serializers.Serializer[Any]):
    """Something on the timeline."""

    at = serializers.DateTimeField(allow_null=True, help_text="Exercise time; null where nobody can say.")
    kind = serializers.ChoiceField(["inject", "request", "milestone", "deadline", "expectation"])
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    is_to_come = serializers.BooleanField()
    request_id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField(allow_blank=True)


class HeldOut(serializers.Serializer[Any]):
    """A request that waits for one authority."""

    request_id = serializers.UUIDField()
    reference = serializers.CharField()
    request_type = serializers.CharField()
    status = serializers.CharField()
    since = serializers.DateTimeField(help_text="Exercise time from which it is their turn.")
    is_under_way = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField()


class DeskLaneOut(serializers.Serializer[Any]):
    """An authority and what it holds."""

    desk = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    simulated = serializers.BooleanField()
    people = serializers.IntegerField(help_text="How many sit there.")
    last_act_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")
    idle_hours = serializers.FloatField(allow_null=True, help_text="Exercise hours.")
    is_stuck = serializers.BooleanField()
    held = HeldOut(many=True)


class LaneOut(serializers.Serializer[Any]):
    """A State with its authorities."""

    code = serializers.CharField()
    name = serializers.CharField()
    is_team = serializers.BooleanField()
    desks = DeskLaneOut(many=True)


class UnansweredOut(serializers.Serializer[Any]):
    """A desk that waits for control's answer."""

    desk = serializers.CharField()
    since = serializers.DateTimeField(help_text="Exercise time.")


class BoardOut(serializers.Serializer[Any]):
    """The board of the control room."""

    clock = ClockFaceOut()
    next = NextOut(allow_null=True)
    timeline = MarkOut(many=True)
    lanes = LaneOut(many=True)
    stuck = DeskLaneOut(many=True)
    stuck_after_hours = serializers.FloatField()
    unanswered = UnansweredOut(many=True)


class BoardView(SeatedView):
    """The board."""

    @extend_schema(operation_id="show_board", parameters=[BoardIn], responses=BoardOut)
    def get(self, request: Request, handle: str) -> Response:
        """Show the clock, what came and comes, who holds what for how long, and who is stuck; for control."""
        exercise = exercise_seen_by(self.seat(handle))
        said = BoardIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        stuck_after = timedelta(hours=said.validated_data["stuck_after_hours"])
        found = asdict(board(exercise, wall_now(), stuck_after))
        found["unanswered"] = [{"desk": desk, "since": since} for desk, since in found["unanswered"]]
        return Response(found)
